package io.paritree.serving.stored;

import io.paritree.output.DamagedFileException;
import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.PartitionValue;
import io.paritree.output.StateDirectory;
import io.paritree.serving.stored.UnservedPartition.Reason;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads which partitions an output has now. Not thread-safe. */
final class OutputReader {
  private static final int MAX_ENTRIES = 100_000;

  /** Directories of partition columns in each other, and all that a look finds. */
  private static final int MAX_LEVELS = 32;

  private static final int MAX_DIRECTORIES = 200_000;
  private static final int MAX_BROKEN = 1_000;

  private final FileStore store;
  private final Location output;
  private final int partitions;
  private final TableLog log;
  private boolean isTable;
  private int directories; // that this look has found

  /**
   * A partition that is published.
   *
   * @param path its directory below the output
   * @param run the name of the directory of the run that published it
   * @param identity the identity that it was published with; empty if it is of a table
   * @param missing that its rows are not there as they were published; empty if they are
   */
  record Found(
      String path, String run, Optional<String> identity, Optional<UnservedPartition> missing) {
    /** Returns whether it was published with an identity, as far as that is known. */
    boolean isOf(String other) {
      return identity.isEmpty() || identity.get().equals(other);
    }
  }

  /**
   * @param partitions how many are wanted: the newest
   */
  OutputReader(FileStore store, Location output, int partitions) {
    this.store = store;
    this.output = output;
    this.partitions = partitions;
    this.log = new TableLog(store, output);
  }

  /**
   * Returns the newest published partitions, newest first.
   *
   * @param unserved receives what cannot be read, by its path
   */
  List<Found> newest(Map<String, UnservedPartition> unserved) throws IOException {
    List<Found> found = new ArrayList<>();
    directories = 0;
    isTable = log.exists();
    if (isTable) {
      Map<String, String> runs = runs(unserved);
      runs.keySet().stream()
          .sorted((one, other) -> PartitionValue.ORDER.compare(other, one))
          .limit(partitions)
          .forEach(
              path ->
                  found.add(new Found(path, runs.get(path), Optional.empty(), Optional.empty())));
    } else {
      add(output, "", found, unserved);
    }

    return found;
  }

  /**
   * Returns which runs' indexes belong to the newest version of the table. None do while it cannot
   * be found out, as a start would not find it out either.
   */
  private Map<String, String> runs(Map<String, UnservedPartition> unserved) throws IOException {
    try {
      TableLog.Version version = log.newest(StateDirectory.indexes(state()));
      version.refusal().ifPresent(why -> unserved.put("", why));
      return version.runs();
    } catch (DamagedFileException | UnfitFileException e) {
      unserved.put("", UnservedPartition.table(Reason.DAMAGED, e));
      return Map.of();
    }
  }

  private void add(
      Location directory, String path, List<Found> found, Map<String, UnservedPartition> unserved)
      throws IOException {
    Optional<PartitionManifest> published = published(directory, path, unserved);
    if (published.isPresent()) {
      PartitionManifest now = published.get();
      Optional<UnservedPartition> missing = missing(directory, path, now.files());
      found.add(new Found(path, now.directory(), Optional.of(now.identity()), missing));
      return;
    }

    if (unserved.size() > MAX_BROKEN) {
      throw new IOException(
          "it has more than %s partitions whose %s cannot be read, such as %s"
              .formatted(MAX_BROKEN, PartitionManifest.FILE, path));
    }

    List<String> names = new ArrayList<>();
    for (FileEntry entry : list(directory)) {
      if (entry.isDirectory() && PartitionValue.isPartitionName(entry.location().name())) {
        names.add(entry.location().name());
      }
    }

    directories += names.size();
    if (path.split("/", -1).length > MAX_LEVELS || directories > MAX_DIRECTORIES) {
      throw new IOException(
          "it has more than %s directories, or partitions of more than %s columns, such as %s"
              .formatted(MAX_DIRECTORIES, MAX_LEVELS, path));
    }

    names.sort(PartitionValue.ORDER.reversed());
    for (String name : names) {
      if (found.size() == partitions) {
        return;
      }

      add(directory.resolve(name), path.isEmpty() ? name : path + "/" + name, found, unserved);
    }
  }

  private Optional<PartitionManifest> published(
      Location directory, String path, Map<String, UnservedPartition> unserved) throws IOException {
    Location file = directory.resolve(PartitionManifest.FILE);
    UnservedPartition broken;
    try {
      byte[] content = store.readAtMost(file, PartitionManifest.MAX_BYTES);
      return Optional.of(PartitionManifest.fromJson(content, file.toString()));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (UnfitFileException | DamagedFileException e) {
      broken = UnservedPartition.partition(path, Reason.DAMAGED, e.getMessage());
    } catch (IOException e) {
      String why = "Cannot read %s: %s".formatted(file, e.getMessage());
      broken = UnservedPartition.partition(path, Reason.UNREADABLE, why);
    }

    unserved.put(path, broken);
    return Optional.empty();
  }

  /** Returns the entries of a directory of the output or of its state; none if it is not there. */
  List<FileEntry> list(Location directory) throws IOException {
    return store.listOrNone(directory, MAX_ENTRIES);
  }

  private Optional<UnservedPartition> missing(
      Location directory, String path, List<DataFile> files) {
    if (files.isEmpty()) {
      return Optional.empty();
    }

    Map<String, Long> lengths = new HashMap<>();
    try {
      list(directory).forEach(entry -> lengths.put(entry.location().name(), entry.bytes()));
    } catch (IOException e) {
      String why = "Cannot read %s: %s".formatted(directory, e.getMessage());
      return Optional.of(UnservedPartition.partition(path, Reason.UNREADABLE, why));
    }

    return files.stream()
        .filter(file -> file.bytes() != lengths.getOrDefault(file.name(), -1L))
        .map(DataFile::name)
        .min(Comparator.naturalOrder())
        .map(
            name ->
                UnservedPartition.partition(
                    path,
                    Reason.INCOMPLETE,
                    "Cannot use the partition: its file %s is missing or has another length"
                        .formatted(name)));
  }

  /** Returns whether the output that was read last is a table. */
  boolean isTable() {
    return isTable;
  }

  /** Returns whether older partitions than these are not wanted. */
  boolean isFull(List<Found> found) {
    return found.size() >= partitions;
  }

  /** Returns the directory of the index that the job has built of a partition, if it has. */
  Location index(Found found) throws IOException {
    return StateDirectory.index(state(), found.run(), found.path());
  }

  /** Returns whether a run on the output has not ended, so that a partition may be on its way. */
  boolean isBeingPublished() throws IOException {
    return list(state()).stream().anyMatch(StateDirectory::isUnfinishedRun);
  }

  private Location state() {
    return StateDirectory.of(output);
  }
}
