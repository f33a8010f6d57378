package io.paritree.spark.input;

import io.paritree.output.PartitionValue;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.TableFile;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * The partitions and files of an input.
 *
 * @param root the input; a directory, or a single file; empty if it is a table whose files are not
 *     known
 * @param partitionColumns the columns of the directory names, outermost first
 * @param partitions all partitions, by path
 * @param table the table that the files belong to; empty if they are an input by themselves
 */
public record InputListing(
    Optional<Location> root,
    List<String> partitionColumns,
    List<InputPartition> partitions,
    Optional<PinnedTable> table) {
  /** Where Delta Lake, Spark's streaming sink and Hudi record which files belong to a table. */
  private static final List<String> LOGS = List.of("_delta_log", "_spark_metadata", ".hoodie");

  public InputListing {
    partitionColumns = List.copyOf(partitionColumns);
    partitions = List.copyOf(partitions);
  }

  /** Returns the input's data files, of all partitions. */
  public List<InputFile> files() {
    return partitions.stream().flatMap(partition -> partition.files().stream()).toList();
  }

  /**
   * Lists an input. Hidden files, whose names begin with {@code _} or a dot, are ignored, as Spark
   * does.
   *
   * @param problems receives the problems of the layout
   */
  public static InputListing read(FileStore store, Location root, List<String> problems)
      throws IOException {
    Optional<FileEntry> entry = store.find(root);
    if (entry.isEmpty()) {
      problems.add(
          "there is no input %s%s (a path without a scheme is on Hadoop's fs.defaultFS)"
              .formatted(root, root.isLocal() ? " on the local disk" : ""));
      return new InputListing(Optional.of(root), List.of(), List.of(), Optional.empty());
    }

    checkPlain(store, entry.get().isDirectory() ? root : root.parent(), problems);
    List<InputPartition> partitions = new ArrayList<>();
    if (entry.get().isDirectory()) {
      walk(store, root, root, "", partitions, problems);
    } else {
      partitions.add(
          new InputPartition(
              "", List.of(), List.of(file(entry.get(), entry.get().location().name()))));
    }

    partitions.sort(Comparator.comparing(InputPartition::path));
    return new InputListing(
        Optional.of(root), columns(partitions, problems), partitions, Optional.empty());
  }

  /**
   * Lists a table. If its files are not known, it has one partition, without files, of all rows.
   *
   * @param problems receives partition columns that no input can have
   */
  public static InputListing of(PinnedTable table, List<String> problems) {
    if (table.files().isEmpty()) {
      InputPartition all = new InputPartition("", List.of(), List.of());
      return new InputListing(Optional.empty(), List.of(), List.of(all), Optional.of(table));
    }

    Location root = HadoopPaths.located(new Path(table.location()));
    Map<List<PartitionValue>, List<InputFile>> files = new HashMap<>();
    for (TableFile file : table.files().get()) {
      List<PartitionValue> values =
          table.partitionColumns().stream()
              .map(
                  column ->
                      new PartitionValue(
                          column, Objects.requireNonNullElse(file.partition().get(column), "")))
              .toList();
      Location location = HadoopPaths.located(file.path());
      files
          .computeIfAbsent(values, partition -> new ArrayList<>())
          .add(new InputFile(location, name(root, file), file.bytes(), file.modifiedMillis()));
    }

    if (table.partitionColumns().isEmpty()) {
      files.putIfAbsent(List.of(), List.of());
    }

    List<InputPartition> partitions = new ArrayList<>();
    files.forEach(
        (values, own) ->
            partitions.add(
                new InputPartition(
                    PartitionValue.path(values),
                    values,
                    own.stream().sorted(Comparator.comparing(InputFile::name)).toList())));
    partitions.sort(Comparator.comparing(InputPartition::path));
    return new InputListing(
        Optional.of(root), table.partitionColumns(), partitions, Optional.of(table));
  }

  /** Returns the name of a table's file: its path below the table, or all of it. */
  static String name(Location root, TableFile file) {
    Location location = HadoopPaths.located(file.path());
    return root.holds(location)
        ? location.toString().substring(root.toString().length() + 1)
        : location.toString();
  }

  /** Returns whether this is a table whose rows only are known, not its files. */
  public boolean isOfRows() {
    return table.isPresent() && table.get().files().isEmpty();
  }

  /** Returns the input as reports name it. */
  public String shown() {
    return root.map(Location::toString).orElseGet(() -> table.orElseThrow().shown());
  }

  /** Returns the table's version; empty if there is none. */
  public String version() {
    return table.map(PinnedTable::version).orElse("");
  }

  /**
   * Refuses a directory whose files count only if a log names them, or a partition of such a
   * directory: it also contains rows that were removed, and rows of attempts that failed.
   */
  private static void checkPlain(FileStore store, Location directory, List<String> problems)
      throws IOException {
    Location above = directory;
    while (!above.isRoot() && PartitionValue.isPartitionName(above.name())) {
      above = above.parent();
    }

    for (String log : LOGS) {
      if (store.find(above.resolve(log)).isPresent()) {
        problems.add(
            ("input %s holds %s, so not all of its files belong to the table; give a Delta table as"
                    + " --input-table, and read others with the reader of their format, which writes"
                    + " plain Parquet to score")
                .formatted(above, log));
      }
    }

    boolean isData = !above.isRoot() && above.name().equals("data");
    Location table = isData ? above.parent() : above;
    if (isIceberg(store, table)) {
      problems.add(
          ("input %s belongs to the Iceberg table %s, so not all of its files count; give the table"
                  + " as --input-table")
              .formatted(directory, table));
    }
  }

  /** Returns whether a directory is a table of Iceberg, whose log is in files with these names. */
  private static boolean isIceberg(FileStore store, Location table) throws IOException {
    Location metadata = table.resolve("metadata");
    Optional<FileEntry> found = store.find(metadata);
    return found.isPresent()
        && found.get().isDirectory()
        && entries(store, metadata).stream()
            .map(entry -> entry.location().name())
            .anyMatch(name -> name.contains(".metadata.json"));
  }

  /**
   * Returns the names of the files that have changed since they were listed: they are gone, have a
   * different length, or were written since. A table's files do not change, but may be gone.
   *
   * @param store holds the files
   */
  public List<String> changed(FileStore store, List<InputFile> files) throws IOException {
    Map<Location, List<InputFile>> directories = new LinkedHashMap<>();
    for (InputFile file : files) {
      directories
          .computeIfAbsent(file.location().parent(), directory -> new ArrayList<>())
          .add(file);
    }

    List<String> changed = new ArrayList<>();
    for (Map.Entry<Location, List<InputFile>> directory : directories.entrySet()) {
      Map<Location, FileEntry> now = new HashMap<>();
      // A directory may contain many files that are not read, so it is not listed for a single one.
      List<FileEntry> entries =
          directory.getValue().size() == 1
              ? store.find(directory.getValue().get(0).location()).stream().toList()
              : entries(store, directory.getKey());
      entries.forEach(entry -> now.put(entry.location(), entry));
      for (InputFile file : directory.getValue()) {
        FileEntry entry = now.get(file.location());
        if (entry == null || table.isEmpty() && !file(entry, file.name()).equals(file)) {
          changed.add(file.name());
        }
      }
    }

    return changed;
  }

  private static void walk(
      FileStore store,
      Location root,
      Location directory,
      String path,
      List<InputPartition> partitions,
      List<String> problems)
      throws IOException {
    List<InputFile> files = new ArrayList<>();
    boolean nested = false;
    for (FileEntry entry : entries(store, directory)) {
      String name = entry.location().name();
      String below = path.isEmpty() ? name : path + "/" + name;
      if (isHidden(name)) {
        continue;
      }

      if (!entry.isDirectory()) {
        files.add(file(entry, below));
      } else if (PartitionValue.isPartitionName(name)) {
        nested = true;
        walk(store, root, directory.resolve(name), below, partitions, problems);
      } else {
        problems.add(
            "directory %s is neither a partition (column=value) nor hidden".formatted(below));
      }
    }

    if (nested && !files.isEmpty()) {
      problems.add(
          "file %s is next to partition directories; its rows belong to no partition"
              .formatted(files.get(0).name()));
    }

    if (!nested) {
      partitions.add(new InputPartition(path, PartitionValue.ofPath(path), files));
    }
  }

  private static List<FileEntry> entries(FileStore store, Location directory) throws IOException {
    try {
      return store.list(directory);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static boolean isHidden(String name) {
    return (name.startsWith("_") && !name.contains("="))
        || name.startsWith(".")
        || name.endsWith("._COPYING_");
  }

  private static InputFile file(FileEntry entry, String name) {
    return new InputFile(entry.location(), name, entry.bytes(), entry.modifiedMillis());
  }

  private static List<String> columns(List<InputPartition> partitions, List<String> problems) {
    List<String> columns = List.of();
    for (int index = 0; index < partitions.size(); index++) {
      List<String> own =
          partitions.get(index).values().stream().map(PartitionValue::column).toList();
      if (index == 0) {
        columns = own;
      } else if (!own.equals(columns)) {
        problems.add(
            "partition %s has the columns %s, but %s has %s"
                .formatted(partitions.get(index).path(), own, partitions.get(0).path(), columns));
        return columns;
      }
    }

    if (columns.stream().distinct().count() < columns.size()) {
      problems.add("a column occurs twice in the partition columns %s".formatted(columns));
    }

    return columns;
  }
}
