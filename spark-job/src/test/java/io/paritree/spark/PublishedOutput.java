package io.paritree.spark;

import io.paritree.spark.publish.DataFile;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PartitionManifest;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** An output and its state on a local disk, looked at by one who knows what may lie where. */
final class PublishedOutput {
  private final Path output;
  private final Path state;
  private final OutputPlace place;

  PublishedOutput(Path output) throws IOException {
    Location location = Location.of(output);
    this.output = output;
    this.place = new OutputPlace(FileStore.of(location), location);
    this.state = place.state().toPath();
  }

  /** Returns what is wrong with a partition that is to be published by a run. */
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
    Set<String> found = new TreeSet<>(names(output.resolve(partition)));
    if (!found.equals(named)) {
      faults.add("%s holds %s, and its manifest names %s".formatted(partition, found, named));
    }

    return faults;
  }

  /** Returns whether a run lies there that was killed between the two renames of a partition. */
  boolean isBetweenRenames(String partition) throws IOException {
    for (String run : place.unfinished()) {
      Path directory = state.resolve(run);
      if (Files.exists(directory.resolve("swapping"))
          && Files.exists(directory.resolve("old").resolve(partition))
          && Files.exists(directory.resolve("new").resolve(partition))) {
        return true;
      }
    }

    return false;
  }

  /** Returns all that must not be there when no run lives or is to be finished. */
  List<String> garbage(List<String> partitions) throws IOException {
    List<String> garbage = new ArrayList<>();
    for (String name : names(output)) {
      if (!partitions.contains(name)) {
        garbage.add(name);
      }
    }

    for (String name : names(state)) {
      if (!Set.of("runs", "running", "lock").contains(name)) {
        garbage.add("state/" + name);
      }
    }

    names(state.resolve("running")).forEach(name -> garbage.add("state/running/" + name));
    for (String name : names(state.resolve("lock"))) {
      if (!name.equals("held")) {
        garbage.add("state/lock/" + name);
      }
    }

    for (String name : names(state.resolve("runs"))) {
      if (!Files.exists(state.resolve("runs").resolve(name).resolve("report.json"))) {
        garbage.add("state/runs/%s without a report".formatted(name));
      }
    }

    return garbage;
  }

  /** Returns the names in a directory; none if there is no such directory. */
  static List<String> names(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }

    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
