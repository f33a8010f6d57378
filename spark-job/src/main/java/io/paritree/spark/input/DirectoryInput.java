package io.paritree.spark.input;

import io.paritree.output.PartitionValue;
import io.paritree.spark.tables.SqlName;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/**
 * A directory of files, or a single file, that a run reads.
 *
 * @param path the directory or file
 * @param partitionColumns the columns of the directory names, outermost first
 */
public record DirectoryInput(
    Location path, List<String> partitionColumns, List<InputPartition> partitions)
    implements Input {
  /** Where Delta Lake, Spark's streaming sink and Hudi record which files belong to a table. */
  private static final List<String> LOGS = List.of("_delta_log", "_spark_metadata", ".hoodie");

  public DirectoryInput {
    partitionColumns = List.copyOf(partitionColumns);
    partitions = List.copyOf(partitions);
  }

  @Override
  public Optional<Location> root() {
    return Optional.of(path);
  }

  @Override
  public String shown() {
    return path.toString();
  }

  /** Says which names of directories Spark's own reader would read otherwise. */
  @Override
  public Optional<String> remark(List<InputPartition> selected) {
    List<String> names =
        selected.stream()
            .map(InputPartition::path)
            .filter(PartitionValue::isReadOtherwiseBySpark)
            .toList();
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            ("Partition %s of the input is read as %s, since its escapes are UTF-8; Spark's own reader"
                    + " reads it as %s%s")
                .formatted(
                    names.get(0),
                    PartitionValue.ofPath(names.get(0)),
                    PartitionValue.asSparkReads(names.get(0)),
                    names.size() == 1 ? "" : "; so with %s more".formatted(names.size() - 1)));
  }

  @Override
  public CheckedInput check(
      InputCheck check, List<InputPartition> selected, SparkSession session, Runnable fileRead) {
    return check.checkFiles(selected, session, fileRead);
  }

  @Override
  public SourceRoot sourceRoot(
      Configuration hadoop, List<InputPartition> selected, Set<InputFile> read) throws IOException {
    return SourceRoot.ofDirectories(HadoopPaths.qualified(HadoopPaths.of(path), hadoop).toString());
  }

  /** Returns the rows; of CSV files only their paths, since Spark assigns files to tasks alike. */
  @Override
  public Dataset<Row> rows(
      SparkSession session,
      InputFormat format,
      List<ReadColumn> columns,
      List<InputFile> files,
      Map<String, Set<String>> values) {
    String[] paths =
        files.stream().map(file -> HadoopPaths.pattern(file.location())).toArray(String[]::new);
    if (format == InputFormat.CSV) {
      return session.read().format("binaryFile").load(paths).select("path");
    }

    List<StructField> fields = new ArrayList<>();
    List<Column> selected = new ArrayList<>();
    for (ReadColumn column : columns) {
      fields.add(DataTypes.createStructField(column.name(), column.type(), true));
      selected.add(SqlName.column(column.name()));
    }

    Dataset<Row> all = session.read().schema(DataTypes.createStructType(fields)).parquet(paths);
    selected.add(all.metadataColumn("_metadata").getField("row_index"));
    return all.select(selected.toArray(Column[]::new));
  }

  /**
   * Lists an input. Hidden files, whose names begin with {@code _} or a dot, are ignored, as Spark
   * does.
   *
   * @param calls how many directories are listed at the same time
   * @param problems receives the problems of the layout
   */
  public static DirectoryInput read(
      FileStore store, CallsAtOnce calls, Location root, List<String> problems) throws IOException {
    Optional<FileEntry> entry = store.find(root);
    if (entry.isEmpty()) {
      problems.add(
          "there is no input %s%s (a path without a scheme is on Hadoop's fs.defaultFS)"
              .formatted(root, root.isLocal() ? " on the local disk" : ""));
      return new DirectoryInput(root, List.of(), List.of());
    }

    checkPlain(store, entry.get().isDirectory() ? root : root.parent(), problems);
    List<InputPartition> partitions = new ArrayList<>();
    if (entry.get().isDirectory()) {
      List<String> level = List.of("");
      while (!level.isEmpty()) {
        List<List<FileEntry>> listed =
            calls.answers(level, path -> store.listOrNone(below(root, path)));
        List<String> deeper = new ArrayList<>();
        for (int at = 0; at < listed.size(); at++) {
          deeper.addAll(directories(level.get(at), listed.get(at), partitions, problems));
        }

        level = deeper;
      }
    } else {
      partitions.add(
          new InputPartition(
              "", List.of(), List.of(InputFile.of(entry.get(), entry.get().location().name()))));
    }

    partitions.sort(Comparator.comparing(InputPartition::path));
    return new DirectoryInput(root, columns(partitions, problems), partitions);
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
        && store.listOrNone(metadata).stream()
            .map(entry -> entry.location().name())
            .anyMatch(name -> name.contains(".metadata.json"));
  }

  private static Location below(Location root, String path) {
    return path.isEmpty() ? root : root.resolve(path);
  }

  /**
   * Adds the files of a listed directory to the partitions, if it is one.
   *
   * @return the paths of the partition directories in it
   */
  private static List<String> directories(
      String path, List<FileEntry> listed, List<InputPartition> partitions, List<String> problems) {
    List<InputFile> files = new ArrayList<>();
    List<String> directories = new ArrayList<>();
    for (FileEntry entry : listed) {
      String name = entry.location().name();
      String below = path.isEmpty() ? name : path + "/" + name;
      if (isHidden(name)) {
        continue;
      }

      if (!entry.isDirectory()) {
        files.add(InputFile.of(entry, below));
      } else if (PartitionValue.isPartitionName(name)) {
        directories.add(below);
      } else {
        problems.add(
            "directory %s is neither a partition (column=value) nor hidden".formatted(below));
      }
    }

    if (!directories.isEmpty() && !files.isEmpty()) {
      problems.add(
          "file %s is next to partition directories; its rows belong to no partition"
              .formatted(files.get(0).name()));
    }

    if (directories.isEmpty()) {
      partitions.add(new InputPartition(path, PartitionValue.ofPath(path), files));
    }

    return directories;
  }

  /** Returns whether Spark's readers pass a file or directory over. */
  public static boolean isHidden(String name) {
    return (name.startsWith("_") && !name.contains("="))
        || name.startsWith(".")
        || name.endsWith("._COPYING_");
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
