package io.paritree.spark;

import io.paritree.spark.publish.DataFile;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PartitionManifest;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Checks an output and its state, with knowledge of what may be where. */
final class PublishedOutput {
  private final OutputPlace place;
  private final FileStore store;

  PublishedOutput(Location output) throws IOException {
    this.store = FileStore.of(output);
    this.place = new OutputPlace(store, output);
  }

  /** Returns what is wrong with a partition that a run must have published. */
  List<String> faults(String partition, String run) throws IOException {
    Optional<PartitionManifest> manifest = place.manifest(partition);
    if (manifest.isEmpty() || !manifest.get().run().equals(run)) {
      return List.of("%s is not published by %s: %s".formatted(partition, run, manifest));
    }

    List<String> faults = new ArrayList<>();
    if (!place.isPublished(partition, manifest.get().identity())) {
      faults.add("%s lacks files that its manifest names".formatted(partition));
    }

    Set<String> named = new TreeSet<>(Set.of("_SUCCESS", PartitionManifest.FILE));
    manifest.get().files().stream().map(DataFile::name).forEach(named::add);
    Set<String> found = new TreeSet<>(names(place.partition(partition)));
    if (!found.equals(named)) {
      faults.add("%s holds %s, and its manifest names %s".formatted(partition, found, named));
    }

    return faults;
  }

  /** Returns whether an unfinished run was killed between the two renames of a partition. */
  boolean isBetweenRenames(String partition) throws IOException {
    for (String run : place.unfinished()) {
      Location directory = place.state().resolve(run);
      if (exists(directory.resolve("swapping"))
          && exists(directory.resolve("old").resolve(partition))
          && exists(directory.resolve("new").resolve(partition))) {
        return true;
      }
    }

    return false;
  }

  /** Returns everything that must not exist when no run is alive and none must be finished. */
  List<String> garbage(List<String> partitions) throws IOException {
    List<String> garbage = new ArrayList<>();
    for (String name : names(place.output())) {
      if (!partitions.contains(name)) {
        garbage.add(name);
      }
    }

    Location state = place.state();
    for (String name : names(state)) {
      if (!Set.of("runs", "running", "lock").contains(name)) {
        garbage.add("state/" + name);
      }
    }

    names(state.resolve("running")).forEach(name -> garbage.add("state/running/" + name));
    for (String name : names(state.resolve("lock"))) {
      if (!name.matches("held|[0-9]+(\\.(beat|free))?")) {
        garbage.add("state/lock/" + name);
      }
    }

    for (String name : names(state.resolve("runs"))) {
      if (!exists(state.resolve("runs").resolve(name).resolve("report.json"))) {
        garbage.add("state/runs/%s without a report".formatted(name));
      }
    }

    return garbage;
  }

  /** Returns each file of a partition, with its content's hash and its modification time. */
  Map<String, String> files(String partition) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (FileEntry entry : entries(place.partition(partition))) {
      files.put(
          entry.location().name(),
          Arrays.hashCode(store.read(entry.location())) + " " + entry.modifiedMillis());
    }

    return files;
  }

  /** Returns the names in the output. */
  List<String> names() throws IOException {
    return names(place.output());
  }

  private boolean exists(Location location) throws IOException {
    return store.find(location).isPresent();
  }

  private List<String> names(Location directory) throws IOException {
    return entries(directory).stream().map(entry -> entry.location().name()).toList();
  }

  private List<FileEntry> entries(Location directory) throws IOException {
    return exists(directory) ? store.list(directory) : List.of();
  }
}
