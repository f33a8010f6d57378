package io.paritree.lookup.parquet;

import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.build.BuiltShard;
import io.paritree.lookup.build.BuiltShards;
import io.paritree.lookup.build.ShardSizes;
import io.paritree.lookup.build.ShardWriter;
import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.StateDirectory;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Builds the index of a published partition from its Parquet files and the files of its run's
 * quarantine, as the job would have built it.
 *
 * <p>First all rows are written to a file of their own, in the order of the shards as far as memory
 * allows; then shard by shard is built from it. The heap holds a row group, and then a shard; of
 * all partitions that are built at the same time, only one builds a shard.
 */
public final class PartitionIndexing {
  private static final ReentrantLock SHARDS = new ReentrantLock(true);
  private static final long MAX_ROWS = 1L << 40;
  private static final long HEAP_PER_SHARD = 10;

  private final FileStore store;
  private final Location directory;
  private final Location state;
  private final String partition;
  private final PartitionManifest published;

  /**
   * @param directory the partition's
   * @param state the state directory of the output
   * @param partition the directory's path below the output
   * @throws UnusableRowsException if the run has not recorded what the columns are, or has no keys
   */
  public PartitionIndexing(
      FileStore store,
      Location directory,
      Location state,
      String partition,
      PartitionManifest published)
      throws UnusableRowsException {
    this.store = store;
    this.directory = directory;
    this.state = state;
    this.partition = partition;
    this.published = published;
    if (published.scores().isEmpty()) {
      throw unusable(
          "run %s has not recorded which columns are keys and scores; its version is too old for that"
              .formatted(published.directory()));
    } else if (published.keys().isEmpty()) {
      throw unusable(
          "run %s had no keys, or only partition columns (scripts/score --keys)"
              .formatted(published.directory()));
    }
  }

  private UnusableRowsException unusable(String why) {
    return new UnusableRowsException("Cannot index %s: %s".formatted(directory, why));
  }

  /** Returns whether Parquet's reader is on the class path. */
  public static boolean isPossible() {
    try {
      return RowFiles.isThere();
    } catch (LinkageError e) {
      return false;
    }
  }

  /**
   * Builds the index.
   *
   * @param to an empty directory; after a failure its files are no index
   * @throws UnusableRowsException if trying again does not help
   */
  public void build(Path to, Room room) throws IOException {
    if (published.scored() > MAX_ROWS || published.quarantined() > MAX_ROWS) {
      throw unusable("more than %s rows are said to be published".formatted(MAX_ROWS));
    }

    List<StoredFile> files = new ArrayList<>();
    long uncompressed = 0;
    Comparator<DataFile> byName = Comparator.comparing(DataFile::name);
    for (DataFile each : published.files().stream().sorted(byName).toList()) {
      StoredFile file = new StoredFile(store, directory.resolve(each.name()), each.bytes());
      files.add(file);
      uncompressed += RowFiles.uncompressed(file);
    }

    long expected = published.scored() + published.quarantined();
    int buckets = ShardSizes.buckets(expected, uncompressed);
    try (RowSpool spool =
        new RowSpool(to.resolve("rows"), room, buckets, published.scores().size(), expected)) {
      ScoredRows scored = new ScoredRows(published.keys(), published.scores(), spool.batch());
      for (StoredFile file : files) {
        RowFiles.read(file, scored, () -> addedScored(spool));
      }

      if (spool.rows() != published.scored()) {
        throw unusable(
            "its files have %s rows, but %s were published"
                .formatted(spool.rows(), published.scored()));
      }

      long notKept = quarantined(scored, spool);
      spool.write();
      BuiltShards shards = shards(to, room, spool, buckets);
      shards
          .manifest(partition, published, scored.form(), spool.withoutKey() + notKept)
          .write(FileStore.of(Location.of(to)), Location.of(to));
    }
  }

  private void addedScored(RowSpool spool) throws IOException {
    if (spool.rows() > published.scored()) {
      throw new UnusableRowsException(
          "its files have more rows than the %s that were published".formatted(published.scored()));
    }

    spool.added();
  }

  /** Adds the quarantined rows; returns how many are not kept any more. */
  private long quarantined(ScoredRows scored, RowSpool spool) throws IOException {
    List<StoredFile> files = published.quarantined() == 0 ? List.of() : quarantine();
    if (files.isEmpty()) {
      return published.quarantined();
    }

    QuarantinedRows quarantined =
        new QuarantinedRows(scored.form(), any -> any.equals(partition) ? spool.batch() : null);
    for (StoredFile file : files) {
      RowFiles.read(file, quarantined, spool::added);
    }

    long read = spool.rows() - published.scored();
    if (read != published.quarantined()) {
      throw new IOException(
          "Cannot index %s: the quarantine of its run has %s rows of it, expected %s"
              .formatted(directory, read, published.quarantined()));
    }

    return 0;
  }

  /** Returns the files of the run's quarantine; none if it is not kept any more. */
  private List<StoredFile> quarantine() throws IOException {
    List<StoredFile> files = new ArrayList<>();
    for (Location place : StateDirectory.quarantine(state, published.directory())) {
      for (FileEntry entry : store.listOrNone(place)) {
        if (entry.location().name().endsWith(".parquet")) {
          files.add(new StoredFile(store, entry.location(), entry.bytes()));
        }
      }

      if (!files.isEmpty()) {
        return files;
      }
    }

    if (store.listOrNone(state).stream()
        .anyMatch(entry -> entry.location().name().startsWith(published.directory()))) {
      throw new IOException(
          "Cannot index %s yet: its run is just ending, and its quarantine on its way"
              .formatted(directory));
    }

    return files;
  }

  private BuiltShards shards(Path to, Room room, RowSpool spool, int buckets) throws IOException {
    long perShard =
        Math.min(ShardSizes.BYTES_PER_SHARD, Runtime.getRuntime().maxMemory() / HEAP_PER_SHARD);
    int shards = ShardSizes.shards(spool.bytes(), buckets, perShard);
    int bucketsOfEach = buckets / shards;
    List<BuiltShard> built = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      lock();
      try {
        long seal = IndexManifest.seal(published.directory(), partition, shard);
        ShardWriter writer = new ShardWriter(seal, published.scores().size(), perShard);
        spool.addTo(writer, shard * bucketsOfEach, (shard + 1) * bucketsOfEach);
        built.add(write(writer, "shard-" + shard, to, room));
      } finally {
        SHARDS.unlock();
      }
    }

    return new BuiltShards(built);
  }

  private static void lock() throws InterruptedIOException {
    try {
      SHARDS.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("The server is being stopped");
    }
  }

  private static BuiltShard write(ShardWriter shard, String name, Path to, Room room)
      throws IOException {
    try (FileChannel file =
            FileChannel.open(
                to.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = counted(Channels.newOutputStream(file), room)) {
      BuiltShard built = shard.write(name, out);
      file.force(true);
      return built;
    }
  }

  private static OutputStream counted(OutputStream to, Room room) {
    return new FilterOutputStream(to) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        room.take(length);
        out.write(bytes, offset, length);
      }
    };
  }
}
