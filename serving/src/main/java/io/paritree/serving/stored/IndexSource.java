package io.paritree.serving.stored;

import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.LookupIndex;
import io.paritree.output.DamagedFileException;
import io.paritree.output.StateDirectory;
import io.paritree.serving.stored.OutputReader.Found;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the indexes of an output's partitions on a disk of this machine: where the job has built
 * them, if that is on one, and otherwise in the server's own directory, into which it fetches them.
 *
 * <p>Not thread-safe.
 */
final class IndexSource {
  private static final Logger LOG = LoggerFactory.getLogger(IndexSource.class);
  private static final int MAX_FILES = 2_000; // at most 1,024 are shards

  private final String output;
  private final OutputReader reader;
  private final IndexDirectory own;
  private final OpenFiles files;
  private final IndexFetcher fetcher;
  private final LongSupplier nanos;

  /**
   * @param store the output's
   * @param nanos a monotonic clock, in nanoseconds
   */
  IndexSource(
      String output,
      FileStore store,
      OutputReader reader,
      IndexDirectory own,
      OpenFiles files,
      LongSupplier nanos) {
    this.output = output;
    this.reader = reader;
    this.own = own;
    this.files = files;
    this.fetcher = new IndexFetcher(store, reader, own, nanos);
    this.nanos = nanos;
  }

  /**
   * Returns what answers for a partition that is open, or was damaged: the open index while its
   * files are those that were opened, and otherwise what a start would open. Files are read whole
   * only once they have changed, or a part of them was damaged, or after a while.
   *
   * @param old the open index; null if there is none
   * @param beforeLongRead is called before all of the index is read, if it is
   * @throws NoSuchFileException if a start would find no index
   * @throws DamagedFileException if a start could not open it
   */
  OpenPartition current(Found one, OpenPartition old, Runnable beforeLongRead) throws IOException {
    Path directory = directory(one);
    List<FileEntry> now = files(directory);
    long began = nanos.getAsLong();
    if (old != null && old.isKnownIn(now, began)) {
      return old;
    }

    beforeLongRead.run();
    try {
      LookupIndex.verify(directory);
    } catch (DamagedFileException | NoSuchFileException e) { // of a copy, something was removed
      if (isFetchedAgain(directory)) {
        return open(one);
      } else if (e instanceof NoSuchFileException) {
        throw e;
      }

      OpenPartition damaged = open(one, directory, now);
      damaged.foundDamaged(
          DamagedReading.of(now.toString(), began, nanos.getAsLong()), e.getMessage());
      return damaged;
    }

    return open(one, directory, now); // files that change from now on are read again
  }

  private static List<FileEntry> files(Path directory) throws IOException {
    return FileStore.of(Location.of(directory)).list(Location.of(directory), MAX_FILES);
  }

  /** Returns whether an index is on a disk of this machine already. */
  boolean isHere(Found one) throws IOException {
    Location built = reader.index(one);
    return built.isLocal() && Files.exists(built.toPath().resolve(IndexManifest.FILE))
        || Files.exists(kept(one.run(), one.path()).toPath().resolve(IndexManifest.FILE));
  }

  /**
   * Opens the index of a partition, which is fetched now if it has to be.
   *
   * @throws NoSuchFileException if the job has built none
   * @throws DamagedFileException if what was fetched is not what was written
   * @throws IOException if there is no room for it
   */
  OpenPartition open(Found one) throws IOException {
    Path directory = directory(one);
    try {
      return open(one, directory, files(directory));
    } catch (DamagedFileException | NoSuchFileException e) {
      if (!isFetchedAgain(directory)) {
        throw e;
      }

      Path again = directory(one);
      return open(one, again, files(again));
    }
  }

  private OpenPartition open(Found one, Path directory, List<FileEntry> now) throws IOException {
    IndexManifest manifest = LookupIndex.manifest(directory);
    if (!manifest.directory().equals(one.run())
        || !one.isOf(manifest.identity())
        || !manifest.partition().equals(one.path())) {
      throw new DamagedFileException(
          "Cannot use the index in %s: it is of another run or partition, %s of %s"
              .formatted(directory, manifest.partition(), manifest.directory()));
    }

    return open(directory, manifest, now);
  }

  private OpenPartition open(Path directory, IndexManifest manifest, List<FileEntry> now)
      throws IOException {
    int shards = manifest.shards().size();
    files.take(shards);
    try {
      return new OpenPartition(LookupIndex.open(directory, manifest), now);
    } catch (IOException | RuntimeException | Error e) {
      files.giveBack(shards);
      throw e;
    }
  }

  private Path directory(Found one) throws IOException {
    Location built = reader.index(one);
    if (built.isLocal()) {
      return built.toPath();
    }

    own.open();
    Location kept = kept(one.run(), one.path());
    if (!Files.exists(kept.toPath().resolve(IndexManifest.FILE))) {
      fetcher.fetch(built, kept);
    }

    return kept.toPath();
  }

  private Location kept(String run, String partition) {
    return StateDirectory.index(own.of(output), run, partition);
  }

  /** Returns whether the server's own directory has the index, where a start would find it. */
  boolean isKept(IndexManifest index) {
    Location kept = kept(index.directory(), index.partition());
    return Files.exists(kept.toPath().resolve(IndexManifest.FILE));
  }

  /**
   * Opens what the server's own directory still has of partitions that cannot answer as they are
   * published now: the publications that answered before a restart, by their paths.
   */
  Map<String, OpenPartition> earlier(List<Found> published, Map<String, UnservedPartition> unserved)
      throws IOException {
    Set<String> paths = new TreeSet<>();
    for (Found one : published) {
      if (!isHere(one)) {
        paths.add(one.path());
      }
    }

    unserved.values().stream()
        .filter(one -> !one.isTable())
        .map(UnservedPartition::path)
        .forEach(paths::add);
    Map<String, OpenPartition> open = new HashMap<>();
    for (String run : paths.isEmpty() ? List.<String>of() : own.runs(output)) {
      for (String path : paths) {
        Path directory = kept(run, path).toPath();
        if (Files.exists(directory.resolve(IndexManifest.FILE))) {
          openEarlier(directory, run, path, open);
        }
      }
    }

    return open;
  }

  private void openEarlier(
      Path directory, String run, String path, Map<String, OpenPartition> open) {
    try {
      List<FileEntry> now = files(directory);
      IndexManifest manifest = LookupIndex.manifest(directory);
      OpenPartition other = open.get(path);
      boolean isNewest =
          other == null || manifest.scoredAt().compareTo(other.manifest().scoredAt()) > 0;
      if (isNewest && manifest.directory().equals(run) && manifest.partition().equals(path)) {
        open.put(path, open(directory, manifest, now));
        if (other != null) {
          files.giveBack(other.fileCount());
          other.close();
        }
      }
    } catch (IOException e) {
      LOG.warn("Scores {}, {}: an earlier index is not used: {}", output, path, e.getMessage());
    }
  }

  /** Returns whether a damaged index was the server's copy: it is removed, and is fetched again. */
  private boolean isFetchedAgain(Path directory) throws IOException {
    Location place = Location.of(directory);
    return own.of(output).holds(place) && own.discard(place);
  }

  /**
   * Removes copies of the indexes of other partitions.
   *
   * @param open the partitions in service
   * @param published the partitions that are to be
   */
  void keepOnly(List<OpenPartition> open, List<Found> published) throws IOException {
    Set<Location> places = new HashSet<>();
    for (Found one : published) {
      places.add(kept(one.run(), one.path()));
    }

    for (OpenPartition partition : open) {
      IndexManifest manifest = partition.manifest();
      places.add(kept(manifest.directory(), manifest.partition()));
    }

    own.keepOnly(output, places);
    fetcher.keepOnly(places);
  }
}
