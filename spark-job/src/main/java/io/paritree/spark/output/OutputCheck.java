package io.paritree.spark.output;

import io.paritree.output.PartitionManifest;
import io.paritree.output.PartitionValue;
import io.paritree.spark.input.Input;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.publish.OutputLook;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Checks whether a run may publish to an output.
 *
 * @param problems receives the problems found
 */
public record OutputCheck(OutputPlace place, List<String> problems) {
  private static final String DEVICE = "unix:dev";
  private static final String STATE_ELSEWHERE = ".paritree-state";

  /** Data files of tasks, and what Iceberg writes before it commits. */
  private static final Pattern LEFT_BEHIND =
      Pattern.compile(
          "part-\\d{5,}-[0-9a-f-]{36}-\\d+-\\d+.*\\.parquet|(snap-\\d+-\\d+-)?[0-9a-f-]{36}(-m\\d+)?\\.avro");

  /**
   * Refuses an output that is the input, contains it or is inside it, and an input inside the
   * output's state or around it, all with links resolved. An input that is a single file may lie
   * beside the output.
   *
   * @return whether the output can be checked further
   */
  public boolean checkApart(Input input, FileStore inputStore) throws IOException {
    Location real = place.store().real(place.output());
    Set<Location> read = new LinkedHashSet<>();
    if (input.root().isPresent()) {
      read.add(inputStore.real(input.root().get()));
    }

    for (InputFile file : input.files()) {
      boolean isWhole = file.location().equals(input.root().orElse(null));
      Location at = inputStore.real(file.location());
      read.add(isWhole ? at : at.parent());
    }

    Location realState = place.store().real(place.state());
    for (Location source : read) {
      if (source.holds(real) || real.holds(source)) {
        problems.add(
            "output %s and input %s must not be the same or contain each other"
                .formatted(real, source));
        return false;
      }

      if (realState.holds(source)) {
        problems.add("input %s is inside the output's state %s".formatted(source, realState));
        return false;
      }

      if (source.holds(realState)) {
        problems.add("the output's state %s is inside input %s".formatted(realState, source));
        return false;
      }
    }

    return true;
  }

  /**
   * Refuses an output whose state is elsewhere, as builds before 0.1.0 could have it: runs that
   * have not ended there would be missed.
   */
  void checkState() throws IOException {
    Location record = place.output().resolve(STATE_ELSEWHERE);
    if (place.store().find(record).isPresent()) {
      problems.add(
          "output %s has its state in the directory that %s names; move what is of this output there to %s, and remove that file"
              .formatted(place.output(), record, place.state()));
    }
  }

  /** Refuses a local output to which rows cannot be renamed from where they are staged. */
  void checkRenames(List<OutputPartition> targets) throws IOException {
    if (!place.output().isLocal()) {
      return;
    }

    Path staging = place.state().toPath();
    while (!Files.exists(staging)) {
      staging = staging.getParent();
    }

    for (OutputPartition target : targets) {
      Path partition = place.partition(target.partition()).toPath();
      while (!Files.exists(partition, LinkOption.NOFOLLOW_LINKS)) {
        partition = partition.getParent();
      }

      if (!isSameDisk(partition, staging)) {
        problems.add(
            ("output %s is on another file system than %s, where its rows are staged, and"
                    + " publishing is a rename; if it is a mount, give a directory below it")
                .formatted(partition, place.state()));
        return;
      }
    }
  }

  private static boolean isSameDisk(Path one, Path other) throws IOException {
    return !one.getFileSystem().supportedFileAttributeViews().contains("unix")
        || Files.getAttribute(one, DEVICE, LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getAttribute(other, DEVICE));
  }

  /** Refuses an output on a store that cannot make a partition appear in one step. */
  void checkAtomic() throws IOException {
    if (!place.renamesDirectoriesWhole()) {
      problems.add(
          ("output %s is on a store that moves the files of a directory one by one, so readers"
                  + " would see a part of a partition while it is published; choose an output on"
                  + " HDFS, a local disk or ABFS with a hierarchical namespace, or, if all readers"
                  + " wait for _SUCCESS, accept it with --accept-non-atomic")
              .formatted(place.output()));
    }
  }

  /**
   * Refuses what no option allows: to remove partitions that runs have published by rows of another
   * layout, and to write partitions beside or below them.
   */
  void checkLayout(List<OutputPartition> targets, OutputLook look) throws IOException {
    for (OutputPartition target : targets) {
      for (Map.Entry<String, String> found : look.found(target.partition()).entrySet()) {
        if (OutputLook.isOfPartitions(found.getValue())) {
          problems.add(
              ("%s holds %s; this run would replace all of that by %s; choose another output, or give"
                      + " --output-partition (--replace-foreign replaces nothing that Paritree has"
                      + " published)")
                  .formatted(
                      place.partition(found.getKey()),
                      published(place.publishedBelow(found.getKey())),
                      target.partition().isEmpty()
                          ? "rows without partitions"
                          : "partition " + target.partition()));
          return;
        }
      }
    }

    Set<String> above = new LinkedHashSet<>();
    for (OutputPartition target : targets) {
      String path = target.partition();
      while (!path.isEmpty()) {
        path = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        above.add(path);
      }
    }

    for (String path : above) {
      Optional<PartitionManifest> manifest = place.manifest(path);
      if (manifest.isPresent()) {
        problems.add(
            ("%s holds %s rows that Paritree has published there; this run would write partitions by"
                    + " %s below it; choose another output")
                .formatted(
                    place.partition(path),
                    manifest.get().scored(),
                    columns(targets.get(0).partition())));
        return;
      }
    }
  }

  /** Refuses partitions by other columns than the partitions that runs have published. */
  void checkColumns(List<OutputPartition> targets) throws IOException {
    List<String> columns = targets.isEmpty() ? List.of() : columns(targets.get(0).partition());
    if (columns.isEmpty()) {
      return;
    }

    columnsPublishedBelow("").ifPresent(published -> refuseOtherColumns(columns, published));
  }

  private void refuseOtherColumns(List<String> columns, List<String> found) {
    if (!found.equals(columns)) {
      problems.add(
          ("output %s is partitioned by %s, and this run would write partitions by %s; choose"
                  + " another output")
              .formatted(place.output(), found, columns));
    }
  }

  /** Returns the columns of the first partition that a run has published below a directory. */
  private Optional<List<String>> columnsPublishedBelow(String directory) throws IOException {
    for (String path : place.partitionsBelow(directory)) {
      Optional<List<String>> published =
          place.manifest(path).isPresent()
              ? Optional.of(columns(path))
              : columnsPublishedBelow(path);
      if (published.isPresent()) {
        return published;
      }
    }

    return Optional.empty();
  }

  private static String published(List<PartitionManifest> partitions) {
    List<String> names = partitions.stream().map(PartitionManifest::partition).toList();
    return "%s partition%s that Paritree has published, with %s rows (%s)"
        .formatted(
            names.size(),
            names.size() == 1 ? "" : "s",
            partitions.stream().mapToLong(PartitionManifest::scored).sum(),
            Remarks.shown(names));
  }

  /** Refuses to replace what Paritree has not written, and to mix two layouts in one output. */
  void checkOurs(List<OutputPartition> targets, OutputLook look, ForeignFiles files)
      throws IOException {
    Optional<FileEntry> output = place.store().find(place.output());
    if (output.isEmpty()) {
      checkAbove();
      return;
    }

    if (!output.get().isDirectory()) {
      problems.add("output %s is a file".formatted(place.output()));
      return;
    }

    // The output is read only if nothing else is wrong: it may be a mount with anything.
    List<Location> foreign = foreign(targets, look);
    if (!foreign.isEmpty() && problems.isEmpty()) {
      problems.add(
          ("Paritree has not written %s (there is no %s); choose another output, or replace it with"
                  + " --replace-foreign")
              .formatted(files.in(foreign), PartitionManifest.FILE));
    }

    if (targets.isEmpty() || targets.get(0).partition().isEmpty()) {
      return;
    }

    // The partitions of one run all have the same columns.
    List<String> columns = columns(targets.get(0).partition());
    checkSiblings(columns.get(0));
    List<String> found = columnsFoundBelow("");
    if (problems.isEmpty() && !found.isEmpty()) {
      refuseOtherColumns(columns, found);
    }
  }

  /** Returns the directories in the places of partitions that hold what no run has written. */
  private List<Location> foreign(List<OutputPartition> targets, OutputLook look)
      throws IOException {
    List<Location> foreign = new ArrayList<>();
    for (OutputPartition target : targets) {
      look.found(target.partition()).entrySet().stream()
          .filter(found -> found.getValue().equals(OutputLook.FOREIGN))
          .forEach(found -> foreign.add(place.partition(found.getKey())));
    }

    return foreign;
  }

  /** Returns what a run replaces that no run has written, as a line; empty if it is nothing. */
  Optional<String> replaced(List<OutputPartition> targets, OutputLook look, ForeignFiles files)
      throws IOException {
    List<Location> foreign = foreign(targets, look);
    return foreign.isEmpty() || !problems.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "--replace-foreign: this run replaces %s, and which Paritree has not written"
                .formatted(files.in(foreign)));
  }

  /**
   * Refuses to make a table in a directory with files that the job has not written. What a run of
   * the job has left there that was killed is in no table, and stays so.
   */
  void checkNoFiles() throws IOException {
    Optional<String> foreign = foreignIn(place.output());
    if (foreign.isPresent()) {
      problems.add(
          "table %s cannot be made: its directory holds %s, which Paritree has not written; give the path of an empty directory, or of none"
              .formatted(place.output(), foreign.get()));
    }
  }

  private Optional<String> foreignIn(Location directory) throws IOException {
    for (FileEntry entry : place.listOrNone(directory)) {
      String name = entry.location().name();
      if (entry.isDirectory()) {
        Optional<String> below = foreignIn(entry.location());
        if (below.isPresent()) {
          return below;
        }
      } else if (!name.startsWith(".") && !LEFT_BEHIND.matcher(name).matches()) {
        return Optional.of(entry.location().toString());
      }
    }

    return Optional.empty();
  }

  /** Refuses an output whose path would be below a file. */
  private void checkAbove() throws IOException {
    Location above = place.output().parent();
    while (!above.isRoot() && place.store().find(above).isEmpty()) {
      above = above.parent();
    }

    if (place.store().find(above).filter(FileEntry::isDirectory).isEmpty()) {
      problems.add("output %s cannot be made: %s is a file".formatted(place.output(), above));
    }
  }

  private static List<String> columns(String partition) {
    return PartitionValue.ofPath(partition).stream().map(PartitionValue::column).toList();
  }

  /** Returns the columns of the first partition below a directory that is not empty. */
  private List<String> columnsFoundBelow(String directory) throws IOException {
    // Another run may move a partition away meanwhile.
    for (String path : place.partitionsBelow(directory)) {
      if (!place.listOrNone(place.partition(path)).isEmpty()) {
        List<String> found = columnsFoundBelow(path);
        return found.isEmpty() ? columns(path) : found;
      }
    }

    return List.of();
  }

  private void checkSiblings(String column) throws IOException {
    for (FileEntry entry : place.store().list(place.output())) {
      String name = entry.location().name();
      boolean isPartition =
          entry.isDirectory()
              && PartitionValue.isPartitionName(name)
              && columns(name).get(0).equals(column);
      boolean hidden = name.startsWith(".");
      if (!isPartition && !hidden) {
        problems.add(
            ("output %s holds %s, which is not a partition of %s; choose another output, or leave"
                    + " it there with --replace-foreign")
                .formatted(place.output(), name, column));
        return;
      }
    }
  }
}
