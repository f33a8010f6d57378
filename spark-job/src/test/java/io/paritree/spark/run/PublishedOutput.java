package io.paritree.spark.run;

import io.paritree.Sha256;
import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.LookupIndex;
import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.StateDirectory;
import io.paritree.output.StoredProfile;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Path;
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
    if (!place.look().isPublished(partition, manifest.get().identity())) {
      faults.add("%s lacks files that its manifest names".formatted(partition));
    }

    Set<String> named = new TreeSet<>(Set.of("_SUCCESS", PartitionManifest.FILE));
    manifest.get().files().stream().map(DataFile::name).forEach(named::add);
    Set<String> found = new TreeSet<>(names(place.partition(partition)));
    if (!found.equals(named)) {
      faults.add("%s holds %s, and its manifest names %s".formatted(partition, found, named));
    }

    for (DataFile file : manifest.get().files()) {
      Location location = place.partition(partition).resolve(file.name());
      if (found.contains(file.name())
          && !file.sha256().equals(Optional.of(Sha256.hex(store.read(location))))) {
        faults.add("%s is not what the run has written".formatted(location));
      }
    }

    return faults;
  }

  /**
   * Returns what is wrong with the index of a partition in which keys were published.
   *
   * @param keys integers
   */
  List<String> indexFaults(String partition, Iterable<Long> keys) throws IOException {
    String run = place.manifest(partition).orElseThrow().directory();
    Path directory = StateDirectory.index(place.state(), run, partition).toPath();
    List<String> faults = new ArrayList<>();
    try {
      LookupIndex.verify(directory);
      try (LookupIndex index = LookupIndex.open(directory)) {
        KeyBytes bytes = new KeyBytes();
        for (long key : keys) {
          bytes.clear();
          bytes.putLong(key);
          if (index.find(bytes).isEmpty()) {
            faults.add("the index of %s lacks key %s".formatted(partition, key));
          }
        }
      }
    } catch (IOException e) {
      faults.add("the index of %s: %s".formatted(partition, e));
    }

    return faults;
  }

  /** Returns the indexes that belong to no published partition. */
  List<String> unusedIndexes(List<String> partitions) throws IOException {
    List<String> used = new ArrayList<>();
    for (String partition : partitions) {
      used.add(place.manifest(partition).orElseThrow().directory() + "/" + partition);
    }

    List<String> unused = new ArrayList<>();
    Location all = StateDirectory.indexes(place.state());
    for (String run : names(all)) {
      for (String partition : names(all.resolve(run))) {
        if (!used.contains(run + "/" + partition)) {
          unused.add("state/lookup/%s/%s".formatted(run, partition));
        }
      }
    }

    return unused;
  }

  /** Returns what is wrong with the profiles of partitions: each must have its own one. */
  List<String> profileFaults(List<String> partitions) throws IOException {
    List<String> faults = new ArrayList<>();
    for (String partition : partitions) {
      String identity = place.manifest(partition).orElseThrow().identity();
      List<String> found = names(StateDirectory.profiles(place.state(), partition));
      if (!found.equals(List.of(identity + ".json"))) {
        faults.add("%s with identity %s has the profiles %s".formatted(partition, identity, found));
        continue;
      }

      Location file = StateDirectory.profile(place.state(), partition, identity);
      long rows = StoredProfile.fromJson(store.read(file), file.toString()).profile().rows();
      if (rows != place.manifest(partition).orElseThrow().read()) {
        faults.add("the profile of %s is one of %s rows".formatted(partition, rows));
      }
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
      if (!Set.of("runs", "running", "lock", "lookup", "profiles").contains(name)) {
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
