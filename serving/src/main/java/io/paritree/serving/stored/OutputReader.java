package io.paritree.serving.stored;

import io.paritree.lookup.PublishedPartition;
import io.paritree.lookup.StateDirectory;
import io.paritree.output.PartitionValue;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads which partitions an output has now. Not thread-safe. */
final class OutputReader {
  private static final Set<String> SHARED = Set.of("runs", "running", "lock", "lookup");

  private final FileStore store;
  private final Location output;
  private final int partitions;
  private final TableLog log;
  private boolean isTable;
  private Location state; // since the output was last read

  /** A partition's directory below the output, and what is published there. */
  record Found(String path, PublishedPartition published) {}

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
  List<Found> newest(Map<String, Unserved> unserved) throws IOException {
    List<Found> found = new ArrayList<>();
    state = null;
    isTable = log.exists();
    if (isTable) {
      TableLog.Version version = log.newest(StateDirectory.indexes(state()));
      version
          .refusal()
          .ifPresent(
              why ->
                  unserved.put("", new Unserved("", true, Unserved.Reason.FOREIGN_VERSION, why)));
      Map<String, String> runs = version.runs();
      runs.keySet().stream()
          .sorted((one, other) -> PartitionValue.ORDER.compare(other, one))
          .limit(partitions)
          .forEach(path -> found.add(new Found(path, PublishedPartition.ofTable(runs.get(path)))));
    } else {
      add(output, "", found, unserved);
    }

    return found;
  }

  private void add(
      Location directory, String path, List<Found> found, Map<String, Unserved> unserved)
      throws IOException {
    Optional<PublishedPartition> published = published(directory, path, unserved);
    if (published.isPresent()) {
      found.add(new Found(path, published.get()));
      return;
    }

    List<String> names = new ArrayList<>();
    for (FileEntry entry : list(directory)) {
      if (entry.isDirectory() && entry.location().name().indexOf('=') > 0) {
        names.add(entry.location().name());
      }
    }

    names.sort(PartitionValue.ORDER.reversed());
    for (String name : names) {
      if (found.size() == partitions) {
        return;
      }

      add(directory.resolve(name), path.isEmpty() ? name : path + "/" + name, found, unserved);
    }
  }

  private Optional<PublishedPartition> published(
      Location directory, String path, Map<String, Unserved> unserved) throws IOException {
    Location file = directory.resolve(PublishedPartition.FILE);
    byte[] content;
    try {
      content = store.read(file, 64 << 20);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (IOException e) {
      String why = "Cannot read %s: %s".formatted(file, e.getMessage());
      unserved.put(path, Unserved.partition(path, Unserved.Reason.UNREADABLE, why));
      return Optional.empty();
    }

    try {
      return Optional.of(PublishedPartition.fromJson(content, file.toString()));
    } catch (IOException e) {
      unserved.put(path, Unserved.partition(path, Unserved.Reason.DAMAGED, e.getMessage()));
      return Optional.empty();
    }
  }

  private List<FileEntry> list(Location directory) throws IOException {
    try {
      return store.list(directory);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /**
   * Returns why the rows of a partition are not there as they were published; empty if they are.
   */
  Optional<String> missing(Found found) throws IOException {
    if (found.published().files().isEmpty()) {
      return Optional.empty();
    }

    Map<String, Long> lengths = new HashMap<>();
    for (FileEntry entry : list(directory(found))) {
      lengths.put(entry.location().name(), entry.bytes());
    }

    return found.published().files().entrySet().stream()
        .filter(file -> !file.getValue().equals(lengths.get(file.getKey())))
        .map(Map.Entry::getKey)
        .min(Comparator.naturalOrder())
        .map(name -> "its file %s is missing or has another length".formatted(name));
  }

  /** Returns whether the output that was read last is a table. */
  boolean isTable() {
    return isTable;
  }

  /** Returns whether older partitions than these are not wanted. */
  boolean isFull(List<Found> found) {
    return found.size() >= partitions;
  }

  /** Returns the directory of a partition. */
  Location directory(Found found) {
    Location directory = output;
    for (String name : found.path().isEmpty() ? new String[0] : found.path().split("/")) {
      directory = directory.resolve(name);
    }

    return directory;
  }

  /** Returns the directory of the index that the job has built of a partition, if it has. */
  Location index(Found found) throws IOException {
    return StateDirectory.index(state(), found.published().directory(), found.path());
  }

  /** Returns whether a run on the output has not ended, so that a partition may be on its way. */
  boolean isBeingPublished() throws IOException {
    return list(state()).stream()
        .anyMatch(entry -> entry.isDirectory() && !SHARED.contains(entry.location().name()));
  }

  /** Returns the state directory of the output. */
  Location state() throws IOException {
    if (state == null) {
      state = StateDirectory.of(output, StateDirectory.recorded(store, output));
    }

    return state;
  }
}
