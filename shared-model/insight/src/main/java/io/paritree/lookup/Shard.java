package io.paritree.lookup;

import io.paritree.lookup.StoredEntry.Quarantined;
import io.paritree.lookup.StoredEntry.Repeated;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.output.DamagedFileException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * An open file of a shard. Looking a key up takes two or three positional reads, and nothing is
 * kept in memory.
 *
 * <p>Read by position and not mapped: a file that is cut while it is mapped ends a later method
 * with an {@code InternalError}, and JDK 17 cannot unmap one that others read. Thread-safe.
 */
final class Shard implements AutoCloseable {
  private static final int KEPT_BYTES = 1 << 16;

  /** How many buckets are searched for a key; almost always the first has one. */
  private static final int SOUGHT_BUCKETS = 16;

  /** Outside of the heap: otherwise, the JDK would copy what it reads once more. */
  private static final ThreadLocal<ByteBuffer> BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(KEPT_BYTES));

  private final Path file;
  private final long seal;
  private final int scores;
  private final int buckets;
  private final long bucketsAt;
  private final long bucketBytes;
  private final long rowsAt;
  private final long rowBytes;
  private volatile FileChannel channel;
  private volatile boolean isClosed;

  /**
   * Opens a file, and reads its header.
   *
   * @throws DamagedFileException if it is not this shard, or does not have this length
   */
  Shard(Path file, long length, long seal, int scores) throws IOException {
    this.file = file;
    this.seal = seal;
    this.scores = scores;
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    if (!found.isRegularFile() || found.size() != length) { // to open a pipe may take for ever
      throw damaged("it has %s bytes, expected %s".formatted(found.size(), length));
    }

    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      ByteBuffer header = read(0, ShardLayout.HEADER);
      int checksum =
          ShardLayout.checksum(
              seal, 0, header.duplicate().limit(ShardLayout.HEADER - ShardLayout.CRC));
      if (header.getLong(0) != ShardLayout.MAGIC
          || header.getInt(8) != ShardLayout.FORMAT
          || header.getLong(12) != seal
          || header.getInt(20) != scores
          || header.getInt(44) != checksum) {
        throw damaged("its header is not that of this shard");
      }

      this.buckets = header.getInt(24);
      this.bucketBytes = header.getLong(28);
      this.rowBytes = header.getLong(36);
      this.bucketsAt = ShardLayout.HEADER + (buckets + 1L) * Integer.BYTES;
      this.rowsAt = bucketsAt + bucketBytes;
      if (buckets < 1 || bucketBytes < 0 || rowBytes < 0) {
        throw damaged("its header has a size that is negative, or no bucket");
      } else if (channel.size() != length || rowsAt + rowBytes != length) {
        throw damaged("it has %s bytes, expected %s".formatted(channel.size(), length));
      }
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Looks a key up.
   *
   * @throws DamagedFileException if what would answer is not what was written
   */
  Optional<StoredEntry> find(byte[] key, int length, long hash) throws IOException {
    int bucket = ShardLayout.bucket(hash, buckets);
    ByteBuffer content = bucket(bucket);
    try {
      return entry(content, ByteBuffer.wrap(key, 0, length));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw unended(bucket, e);
    }
  }

  /**
   * Returns a key of one scored row, the first of its bucket; empty if the first buckets have none.
   *
   * @param maxBytes of the key
   * @throws DamagedFileException if what was read is not what was written
   */
  Optional<byte[]> someKey(int maxBytes) throws IOException {
    for (int bucket = 0; bucket < Math.min(buckets, SOUGHT_BUCKETS); bucket++) {
      ByteBuffer content = bucket(bucket);
      try {
        while (content.hasRemaining()) {
          long head = var(content);
          byte[] key = new byte[keyLength(head, content)];
          content.get(key);
          if (kind(head) == ShardLayout.SCORED && key.length <= maxBytes) {
            return Optional.of(key);
          }

          skip(kind(head), content);
        }
      } catch (BufferUnderflowException | IllegalArgumentException e) {
        throw unended(bucket, e);
      }
    }

    return Optional.empty();
  }

  private void skip(int kind, ByteBuffer content) {
    if (kind == ShardLayout.REPEATED) {
      var(content);
      return;
    }

    content.position(content.position() + (kind == ShardLayout.SCORED ? scores * Float.BYTES : 0));
    if (var(content) != 0) {
      var(content);
    }
  }

  private DamagedFileException unended(int bucket, RuntimeException e) {
    return new DamagedFileException(
        "Cannot read %s: the entries of bucket %s do not end with it".formatted(file, bucket), e);
  }

  /** Reads the entries of a bucket. */
  private ByteBuffer bucket(int bucket) throws IOException {
    ByteBuffer ends = read(ShardLayout.HEADER + (long) bucket * Integer.BYTES, 2 * Integer.BYTES);
    int begin = ends.getInt(0);
    int bytes = ends.getInt(Integer.BYTES) - begin;
    if (begin < 0
        || bytes < ShardLayout.CRC
        || bytes > ShardLayout.MAX_READ
        || begin + (long) bytes > bucketBytes) {
      throw damaged("its directory leads to no bucket");
    }

    return checked(bucketsAt + begin, bytes, bucket);
  }

  private static int kind(long head) {
    return (int) head & (1 << ShardLayout.KIND_BITS) - 1;
  }

  private static int keyLength(long head, ByteBuffer content) {
    int length = (int) (head >>> ShardLayout.KIND_BITS);
    if (length < 0 || length > content.remaining()) { // leads back: to read on would have no end
      throw new IllegalArgumentException("an entry has a key of %s bytes".formatted(length));
    }

    return length;
  }

  private Optional<StoredEntry> entry(ByteBuffer content, ByteBuffer key) throws IOException {
    while (content.hasRemaining()) {
      long head = var(content);
      int kind = kind(head);
      int keyLength = keyLength(head, content);
      int keyAt = content.position();
      content.position(keyAt + keyLength);
      boolean isFound = key.equals(content.slice(keyAt, keyLength));
      if (kind == ShardLayout.REPEATED) {
        long rows = var(content);
        if (isFound) {
          return Optional.of(new Repeated(rows));
        }

        continue;
      }

      int scoresAt = content.position();
      content.position(scoresAt + (kind == ShardLayout.SCORED ? scores * Float.BYTES : 0));
      int rest = (int) var(content);
      long place = rest == 0 ? 0 : var(content);
      if (isFound) {
        float[] found = new float[kind == ShardLayout.SCORED ? scores : 0];
        content.slice(scoresAt, found.length * Float.BYTES).asFloatBuffer().get(found);
        byte[] members = rest == 0 ? new byte[0] : row(place, rest);
        return Optional.of(
            kind == ShardLayout.SCORED ? new Scored(found, members) : new Quarantined(members));
      }
    }

    return Optional.empty();
  }

  private static long var(ByteBuffer content) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = content.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private byte[] row(long place, int length) throws IOException {
    if (place < 0
        || length < 0
        || length > ShardLayout.MAX_READ
        || place + ShardLayout.CRC + length > rowBytes) {
      throw damaged("an entry leads to no row of at most %s bytes".formatted(ShardLayout.MAX_READ));
    }

    ByteBuffer content = checked(rowsAt + place, ShardLayout.CRC + length, place);
    byte[] row = new byte[length];
    content.get(row);
    return row;
  }

  /** Reads a part of the file that begins with its checksum, and returns the rest of it. */
  private ByteBuffer checked(long at, int bytes, long place) throws IOException {
    ByteBuffer content = read(at, bytes);
    int written = content.getInt();
    if (ShardLayout.checksum(seal, place, content.duplicate()) != written) {
      throw damaged("the checksum of its bytes %s to %s differs".formatted(at, at + bytes));
    }

    return content;
  }

  private ByteBuffer read(long at, int bytes) throws IOException {
    ByteBuffer buffer =
        bytes <= KEPT_BYTES ? BUFFER.get().clear().limit(bytes) : ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      int read = readOpen(buffer, at + buffer.position());
      if (read < 0) {
        throw damaged(
            "it ends at %s, before byte %s".formatted(at + buffer.position(), at + bytes));
      }
    }

    return buffer.flip();
  }

  /** Reads. Any thread that is interrupted while it reads closes the channel of all others. */
  private int readOpen(ByteBuffer buffer, long at) throws IOException {
    while (true) {
      FileChannel open = channel;
      try {
        return open.read(buffer, at);
      } catch (ClosedChannelException e) {
        if (isClosed || Thread.currentThread().isInterrupted()) {
          throw e;
        }

        reopen(open);
      }
    }
  }

  private synchronized void reopen(FileChannel closed) throws IOException {
    if (channel == closed && !isClosed) {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    }
  }

  private DamagedFileException damaged(String why) {
    return new DamagedFileException("Cannot read %s: %s".formatted(file, why));
  }

  @Override
  public synchronized void close() throws IOException {
    isClosed = true;
    channel.close();
  }
}
