package io.paritree.serving.indexes;

import io.paritree.Sha256;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.lookup.parquet.PartitionIndexing;
import io.paritree.lookup.parquet.UnusableRowsException;
import io.paritree.output.DamagedFileException;
import io.paritree.serving.indexes.OutputReader.Found;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
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
  private static final int CHUNK = 1 << 18;

  private final String output;
  private final FileStore store;
  private final OutputReader reader;
  private final IndexDirectory own;
  private final LongSupplier nanos;
  private final Map<Location, Refused> refused = new HashMap<>();

  /** How many bytes each index would have that there was no room for. */
  private final Map<Location, Long> tooLarge = new HashMap<>();

  /** Why an index cannot be made from these files. */
  private record Refused(DamagedReading look, IOException why) {}

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
    return one.identity().isPresent() && PartitionIndexing.isPossible();
  }

  /**
   * Makes the index of a partition.
   *
   * @param built where the job's is, if it has built one
   * @param to where it is to be
   * @throws NoSuchFileException if the job has built none, and the server cannot
   */
  void make(Found one, Location built, Location to) throws IOException {
    MessageDigest files = Sha256.digest();
    for (Location place : List.of(built, reader.directory(one))) {
      files.update((byte) '/');
      reader
          .list(place)
          .forEach(file -> files.update(file.toString().getBytes(StandardCharsets.UTF_8)));
    }

    String digest = Sha256.hex(files);
    Refused before = refused.get(to);
    long began = nanos.getAsLong();
    if (before != null && before.look().isStillTrueOf(digest, began)) {
      throw before.why();
    }

    try {
      makeNow(one, built, to);
      refused.remove(to);
    } catch (DamagedFileException | UnusableRowsException e) {
      refused.put(to, new Refused(DamagedReading.of(digest, began, nanos.getAsLong()), e));
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

  /** Forgets all indexes but these. */
  void keepOnly(Set<Location> places) {
    refused.keySet().retainAll(places);
    tooLarge.keySet().retainAll(places);
  }

  private void build(Found one, Location to) throws IOException {
    PartitionIndexing indexing =
        new PartitionIndexing(
            store, reader.directory(one), reader.state(), one.path(), reader.published(one));
    MadeIndex made = own.begin(tooLarge.getOrDefault(to, 0L));
    try (made) {
      LOG.info("Scores {}, {}: building the index", output, one.path());
      indexing.build(made.path(), made);
      made.finish(to);
      LOG.info("Scores {}, {}: the index is built", output, one.path());
      tooLarge.remove(to);
    } catch (IOException e) {
      tooLarge.put(to, made.wanted()); // the next one is refused before it reads the files
      throw e;
    }
  }

  private void fetch(Location from, Location to) throws IOException {
    Location file = from.resolve(IndexManifest.FILE);
    byte[] json = IndexManifest.content(store, file);
    byte[] digests = IndexManifest.content(store, from.resolve(IndexManifest.DIGESTS));
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
