package io.paritree.serving.stored;

import io.paritree.Sha256;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.output.DamagedFileException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Fetches indexes that the job has built into the server's own directory.
 *
 * <p>One that is damaged is fetched again when its files have changed, and otherwise only after a
 * while. Not thread-safe.
 */
final class IndexFetcher {
  private static final int CHUNK = 1 << 18;

  private final FileStore store;
  private final OutputReader reader;
  private final IndexDirectory own;
  private final LongSupplier nanos;
  private final Map<Location, Refused> refused = new HashMap<>();

  /** Why an index cannot be fetched from these files. */
  private record Refused(DamagedReading look, IOException why) {}

  /**
   * @param store the output's
   * @param nanos a monotonic clock, in nanoseconds
   */
  IndexFetcher(FileStore store, OutputReader reader, IndexDirectory own, LongSupplier nanos) {
    this.store = store;
    this.reader = reader;
    this.own = own;
    this.nanos = nanos;
  }

  /**
   * Fetches an index.
   *
   * @param from where the job has built it
   * @param to where it is to be
   * @throws NoSuchFileException if the job has built none
   * @throws DamagedFileException if it is not what was written
   */
  void fetch(Location from, Location to) throws IOException {
    String files = reader.list(from).toString();
    Refused before = refused.get(to);
    long began = nanos.getAsLong();
    if (before != null && before.look().isStillTrueOf(files, began)) {
      throw before.why();
    }

    try {
      fetchNow(from, to);
      refused.remove(to);
    } catch (DamagedFileException e) {
      refused.put(to, new Refused(DamagedReading.of(files, began, nanos.getAsLong()), e));
      throw e;
    }
  }

  /** Forgets all indexes but these. */
  void keepOnly(Set<Location> places) {
    refused.keySet().retainAll(places);
  }

  private void fetchNow(Location from, Location to) throws IOException {
    Location file = from.resolve(IndexManifest.FILE);
    byte[] json = IndexManifest.content(store, file);
    byte[] digests = IndexManifest.content(store, from.resolve(IndexManifest.DIGESTS));
    IndexManifest manifest = IndexManifest.fromJson(json, digests, file.toString());
    try (IndexCopy copy = own.begin(length(manifest, json.length + digests.length, file))) {
      for (ShardFile shard : manifest.shards()) {
        copy(from.resolve(shard.name()), copy, shard);
      }

      FileStore local = FileStore.of(to);
      copy.wrote(json.length + digests.length);
      local.create(Location.of(copy.path().resolve(IndexManifest.DIGESTS)), digests);
      local.create(Location.of(copy.path().resolve(IndexManifest.FILE)), json);
      copy.finish(to);
    }
  }

  private static long length(IndexManifest manifest, long own, Location file)
      throws DamagedFileException {
    try {
      return manifest.shards().stream().mapToLong(ShardFile::bytes).reduce(own, Math::addExact);
    } catch (ArithmeticException e) {
      throw new DamagedFileException(
          "Cannot use %s: no disk has room for shards as long as it says".formatted(file), e);
    }
  }

  /** Copies a file, and compares its digest; never more bytes than it was written with. */
  private void copy(Location from, IndexCopy to, ShardFile shard) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] chunk = new byte[CHUNK];
    long left = shard.bytes();
    Path file = to.path().resolve(shard.name());
    store.regular(from);
    try (InputStream in = store.open(from);
        FileChannel out =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        left -= read;
        if (left < 0) {
          break;
        }

        to.wrote(read);
        digest.update(chunk, 0, read);
        for (ByteBuffer rest = ByteBuffer.wrap(chunk, 0, read); rest.hasRemaining(); ) {
          out.write(rest);
        }
      }

      out.force(true);
    }

    if (left != 0 || !Sha256.hex(digest).equals(shard.sha256())) {
      throw new DamagedFileException(
          "Cannot use %s: its length or digest differs from the one in %s"
              .formatted(from, IndexManifest.FILE));
    }
  }
}
