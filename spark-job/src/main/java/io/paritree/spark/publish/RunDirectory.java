package io.paritree.spark.publish;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/**
 * The directory in which one group of one run stages its partitions: {@code S/<run>-<random>/}.
 *
 * <pre>
 *   tasks/       what tasks write; only files that a counted result names are taken from here
 *   new/P/       staged partitions
 *   old/P/       where replaced partitions go; deleted with the directory
 *   kept/        report and quarantine, moved to S/runs/ at the end
 *   prepared     the list of partitions; from then on anyone may finish the run, if nothing else was published
 *   swapping     the list of partitions that are being moved; from then on anyone must
 * </pre>
 */
public final class RunDirectory {
  private static final String WHOLE = "whole";

  private final OutputPlace place;
  private final String name;
  private final Location directory;

  RunDirectory(OutputPlace place, String name) {
    this.place = place;
    this.name = name;
    this.directory = place.state().resolve(name);
  }

  /** Returns the directory's name, unique among all runs of the output. */
  public String name() {
    return name;
  }

  /** Returns the directory itself. */
  public Location location() {
    return directory;
  }

  /** Returns where tasks write. */
  public Location tasks() {
    return directory.resolve("tasks");
  }

  /** Returns where the new files of a partition are staged. */
  public Location fresh(String partition) {
    return directory.resolve("new").resolve(partition.isEmpty() ? WHOLE : partition);
  }

  /** Returns what is kept when the run has ended: report and quarantine. */
  public Location kept() {
    return directory.resolve("kept");
  }

  /** Returns where report and quarantine go at the end. */
  public Location keptAtEnd() {
    return place.runs().resolve(name);
  }

  Location old(String partition) {
    return directory.resolve("old").resolve(partition.isEmpty() ? WHOLE : partition);
  }

  void writePrepared(List<PreparedPartition> partitions) throws IOException {
    place.store().create(directory.resolve("prepared"), PreparedPartitions.toJson(partitions));
  }

  void writeSwapping(List<PreparedPartition> partitions) throws IOException {
    // All parents are made before the swap: a swap that was taken over must find none of them.
    FileStore store = place.store();
    for (PreparedPartition partition : partitions) {
      store.createDirectories(old(partition.partition()).parent());
      store.createDirectories(place.partition(partition.partition()).parent());
    }

    store.create(directory.resolve("swapping"), PreparedPartitions.toJson(partitions));
  }

  boolean exists() throws IOException {
    return place.store().find(directory).isPresent();
  }

  boolean isPrepared() throws IOException {
    return place.store().find(directory.resolve("prepared")).isPresent();
  }

  boolean isSwapping() throws IOException {
    return place.store().find(directory.resolve("swapping")).isPresent();
  }

  List<PreparedPartition> prepared() throws IOException {
    return PreparedPartitions.fromJson(place.store().read(directory.resolve("prepared")));
  }

  List<PreparedPartition> swapping() throws IOException {
    return PreparedPartitions.fromJson(place.store().read(directory.resolve("swapping")));
  }

  /** Moves report and quarantine to the directory of runs, if they are still here. */
  void moveKept() throws IOException {
    FileStore store = place.store();
    if (store.find(kept()).isEmpty()) {
      return;
    }

    store.createDirectories(place.runs());
    try {
      store.rename(kept(), keptAtEnd());
    } catch (NoSuchFileException e) {
      if (store.find(keptAtEnd()).isEmpty()) {
        throw e;
      }
    }
  }

  /** Removes the directory and all in it, first what would let others finish it. */
  void delete() throws IOException {
    FileStore store = place.store();
    for (String part : List.of("prepared", "new", "tasks", "old")) {
      store.delete(directory.resolve(part));
    }

    store.delete(directory);
  }
}
