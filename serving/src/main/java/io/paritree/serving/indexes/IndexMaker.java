package io.paritree.serving.indexes;

import io.paritree.Sha256;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.lookup.parquet.PartitionIndexing;
import io.paritree.lookup.parquet.UnusableRowsException;
import io.paritree.output.DamagedFileException;
import io.paritree.serving.indexes.OutputReader.Found;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes indexes in the server's own directory: fetches indexes that the job has built, and builds
 * others from the published files.
 *
 * <p>What cannot be made is tried again when its files have changed, and otherwise only after a
 * while. Not thread-safe.
 */
final class IndexMaker {
  private static final Logger LOG = LoggerFactory.getLogger(IndexMaker.class);
  private static final int MAX_ENTRIES = 100_000;
  private static final int CHUNK = 1 << 18;

  private final String output;
  private final FileStore store;
  private final OutputReader reader;
  private final IndexDirectory own;
  private final LongSupplier nanos;
  private final Map<String, Refused> refused = new HashMap<>();
  private final Map<String, Wanted> wanted = new HashMap<>();

  /** Why an index cannot be made from these files. */
  private record Refused(String run, DamagedReading look, IOException why) {}

  /** How many bytes an index would have that there was no room for. */
  private record Wanted(String run, long bytes) {}

  /**
   * @param store the output's
   * @param nanos a monotonic clock, in nanoseconds
   */
  IndexMaker(
      String output, FileStore store, OutputReader reader, IndexDirectory own, LongSupplier nanos) {
    this.output = output;
    this.store = store;
    this.reader = reader;
    this.own = own;
    this.nanos = nanos;
  }

  /** Returns whether the server can build the index of a partition. */
  static boolean canBuild(Found one) {
    return one.manifest().isPresent() && PartitionIndexing.isPossible();
  }

  /**
   * Makes the index of a partition.
   *
   * @param built where the job's is, if it has built one
   * @param to where it is to be
   * @throws NoSuchFileException if the job has built none, and the server cannot
   */
  void make(Found one, Location built, Location to) throws IOException {
    String files = digest(entries(built), entries(reader.directory(one)));
    Refused before = refused.get(one.path());
    String run = one.run();
    long began = nanos.getAsLong();
    if (before != null && before.run().equals(run) && before.look().isStillTrueOf(files, began)) {
      throw before.why();
    }

    try {
      makeNow(one, built, to);
      refused.remove(one.path());
    } catch (DamagedFileException | UnusableRowsException e) {
      refused.put(
          one.path(), new Refused(run, DamagedReading.of(files, began, nanos.getAsLong()), e));
      throw e;
    }
  }

  private void makeNow(Found one, Location built, Location to) throws IOException {
    if (!built.isLocal()) {
      try {
        fetch(built, to);
        return;
      } catch (NoSuchFileException e) {
        if (!canBuild(one)) {
          throw e;
        }
      }
    }

    build(one, to);
  }

  private List<FileEntry> entries(Location directory) throws IOException {
    try {
      return store.list(directory, MAX_ENTRIES);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Returns what differs if any of these files does. */
  private static String digest(List<FileEntry> built, List<FileEntry> published) {
    MessageDigest digest = Sha256.digest();
    Stream.concat(built.stream(), published.stream())
        .forEach(file -> digest.update(file.toString().getBytes(StandardCharsets.UTF_8)));
    return Sha256.hex(digest);
  }

  /** Forgets partitions that are not published any more. */
  void keepOnly(List<Found> published) {
    Set<String> paths = published.stream().map(Found::path).collect(Collectors.toSet());
    refused.keySet().retainAll(paths);
    wanted.keySet().retainAll(paths);
  }

  private void build(Found one, Location to) throws IOException {
    PartitionIndexing indexing =
        new PartitionIndexing(
            store, reader.directory(one), reader.state(), one.path(), reader.published(one));
    String run = one.run();
    Wanted before = wanted.get(one.path());
    MadeIndex made = own.begin(before != null && before.run().equals(run) ? before.bytes() : 0);
    try (made) {
      LOG.info("Scores {}, {}: building the index", output, one.path());
      indexing.build(made.path(), made);
      made.finish(to);
      LOG.info("Scores {}, {}: the index is built", output, one.path());
      wanted.remove(one.path());
    } catch (IOException e) {
      wanted.put(
          one.path(),
          new Wanted(run, made.wanted())); // the next one is refused before it reads the files
      throw e;
    }
  }

  private void fetch(Location from, Location to) throws IOException {
    Location file = from.resolve(IndexManifest.FILE);
    byte[] json = manifest(file);
    byte[] digests = manifest(from.resolve(IndexManifest.DIGESTS));
    IndexManifest manifest = IndexManifest.fromJson(json, digests, file.toString());
    try (MadeIndex made = own.begin(length(manifest, json.length + digests.length, file))) {
      for (ShardFile shard : manifest.shards()) {
        copy(from.resolve(shard.name()), made, shard);
      }

      FileStore local = FileStore.of(to);
      made.take(json.length + digests.length);
      local.create(Location.of(made.path().resolve(IndexManifest.DIGESTS)), digests);
      local.create(Location.of(made.path().resolve(IndexManifest.FILE)), json);
      made.finish(to);
    }
  }

  private byte[] manifest(Location file) throws IOException {
    try {
      return store.readAtMost(file, IndexManifest.MAX_BYTES);
    } catch (UnfitFileException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }
  }

  private static long length(IndexManifest manifest, long own, Location file)
      throws DamagedFileException {
    try {
      long bytes = own;
      for (ShardFile shard : manifest.shards()) {
        bytes = Math.addExact(bytes, shard.bytes());
      }

      return bytes;
    } catch (ArithmeticException e) {
      throw new DamagedFileException(
          "Cannot use %s: no disk has room for shards as long as it says".formatted(file), e);
    }
  }

  /** Copies a file, and compares its digest; never more bytes than it was written with. */
  private void copy(Location from, MadeIndex made, ShardFile shard) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] chunk = new byte[CHUNK];
    long left = shard.bytes();
    Path to = made.path().resolve(shard.name());
    store.regular(from);
    try (InputStream in = store.open(from);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        left -= read;
        if (left < 0) {
          break;
        }

        made.take(read);
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
