package io.paritree.spark.score;

import io.paritree.lookup.ShardLayout;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.task.WrittenFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;

/**
 * The hashes of the keys that one task attempt has scored, in a file next to its rows.
 *
 * <p>The file is a sequence of chunks. A chunk begins with one int per bucket, the number of the
 * bucket's hashes in the chunk; then the hashes follow, bucket by bucket, 8 bytes each, big-endian.
 * A hash's first bits are its bucket, so equal hashes are in the same bucket, and each bucket can
 * be checked separately. If the output is encrypted, so are the hashes, each by itself with a key
 * that is only in memory, so that they cannot be compared with the hashes of guessed keys; a secret
 * seed would not do, since XXH64 of one known key gives it away. It needs memory for two chunks,
 * for any number of rows. Not thread-safe.
 */
public final class KeyHashes {
  private static final int BLOCK_BYTES = 16; // of AES
  private static final int MIN_CHUNK = 1 << 18;

  /** With fewer hashes per bucket in a chunk, reading would be mostly seeking. */
  private static final int CHUNK_PER_BUCKET = 256;

  private final Configuration hadoop;
  private final Path path;
  private final int buckets;
  private final long[] chunk;
  private final Cipher cipher;
  private final int[] ends;
  private final ByteBuffer bytes;
  private OutputStream file;
  private int held;
  private long written;

  /**
   * @param path the file; it is created only if there is a hash
   * @param buckets a power of two
   * @param secret the same {@link #secret} for all hashes of a run; null if they are not encrypted
   */
  public KeyHashes(Configuration hadoop, Path path, int buckets, byte[] secret) {
    this.cipher = secret == null ? null : cipher(secret);
    this.hadoop = hadoop;
    this.path = path;
    this.buckets = buckets;
    this.ends = new int[buckets];
    this.chunk = new long[Math.max(MIN_CHUNK, buckets * CHUNK_PER_BUCKET)];
    this.bytes = ByteBuffer.allocate(buckets * Integer.BYTES + chunk.length * Long.BYTES);
  }

  /** Returns a new secret to encrypt the hashes of a run with. */
  public static byte[] secret() {
    byte[] secret = new byte[BLOCK_BYTES];
    new SecureRandom().nextBytes(secret);
    return secret;
  }

  private static Cipher cipher(byte[] secret) {
    try {
      Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(secret, "AES"));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has AES", e);
    }
  }

  public void add(long hash) {
    chunk[held++] = hash;
    if (held == chunk.length) {
      write();
    }
  }

  /**
   * Encrypts the hashes in the chunk. Each becomes the first half of its block, so equal ones stay
   * equal, and different ones become equal as rarely as hashes do.
   */
  private void encrypt() {
    ByteBuffer blocks = ByteBuffer.allocate(held * BLOCK_BYTES);
    for (int index = 0; index < held; index++) {
      blocks.putLong(index * BLOCK_BYTES, chunk[index]);
    }

    try {
      ByteBuffer encrypted = ByteBuffer.wrap(cipher.doFinal(blocks.array()));
      for (int index = 0; index < held; index++) {
        chunk[index] = encrypted.getLong(index * BLOCK_BYTES);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot encrypt the hashes of keys", e);
    }
  }

  private void write() {
    if (cipher != null) {
      encrypt();
    }

    Arrays.fill(ends, 0);
    for (int index = 0; index < held; index++) {
      ends[ShardLayout.shard(chunk[index], buckets)]++;
    }

    int end = buckets * Integer.BYTES;
    for (int bucket = 0; bucket < buckets; bucket++) {
      bytes.putInt(bucket * Integer.BYTES, ends[bucket]);
      end += ends[bucket] * Long.BYTES;
      ends[bucket] = end;
    }

    for (int index = 0; index < held; index++) { // each bucket from its end
      int bucket = ShardLayout.shard(chunk[index], buckets);
      ends[bucket] -= Long.BYTES;
      bytes.putLong(ends[bucket], chunk[index]);
    }

    try {
      if (file == null) {
        file = HadoopPaths.withoutChecksums(path, hadoop).create(path, false);
      }

      file.write(bytes.array(), 0, end);
    } catch (IOException | FSError e) {
      throw failure(e);
    }

    written += held;
    held = 0;
  }

  private UncheckedIOException failure(Throwable cause) {
    return new UncheckedIOException(
        new IOException("Cannot write %s: %s".formatted(path, cause.getMessage()), cause));
  }

  /** Closes the file, if there is one. */
  public List<WrittenFile> close(String attempt) {
    if (held > 0) {
      write();
    }

    if (file == null) {
      return List.of();
    }

    try {
      file.close();
    } catch (IOException | FSError e) {
      throw failure(e);
    }

    return List.of(new WrittenFile(attempt + "/" + path.getName(), "", written, ""));
  }
}
