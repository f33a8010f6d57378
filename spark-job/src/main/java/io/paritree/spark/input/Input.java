package io.paritree.spark.input;

import io.paritree.spark.report.RefusedException;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a run reads: its partitions and files. It is chosen once, when the run begins; nothing else
 * asks what it is.
 */
public sealed interface Input permits DirectoryInput, TableInput {
  /** Returns the directory, or the single file; empty if its files are not known. */
  Optional<Location> root();

  /** Returns the partition columns, outermost first. */
  List<String> partitionColumns();

  /** Returns all partitions, by path. */
  List<InputPartition> partitions();

  /** Returns the data files of all partitions. */
  default List<InputFile> files() {
    return partitions().stream().flatMap(partition -> partition.files().stream()).toList();
  }

  /** Returns whether only the rows are known, not the files. */
  default boolean isOfRows() {
    return false;
  }

  /** Returns the input as reports name it. */
  String shown();

  /** Returns the version that is read; empty if there are none. */
  default String version() {
    return "";
  }

  /** Returns what a partition's content depends on besides its files. */
  default List<String> identity() {
    return List.of();
  }

  /** Returns a message for the user on the partitions that are read; empty if there is none. */
  default Optional<String> remark(List<InputPartition> selected) {
    return Optional.empty();
  }

  /** Returns what it means if files are gone; empty if files may change at any time. */
  default Optional<String> goneVersion() {
    return Optional.empty();
  }

  /** Checks the selected partitions by the check's rules. */
  CheckedInput check(
      InputCheck check, List<InputPartition> selected, SparkSession session, Runnable fileRead);

  /**
   * Makes sure that the requested part has rows, where partitions are not known.
   *
   * @param problems receives values that no row has
   */
  default void checkRequested(
      PartitionChoice requested, SparkSession session, List<String> problems) {}

  /**
   * Makes sure that what was there when the run began was read.
   *
   * @param rows how many were read
   */
  default void checkRead(long rows) throws RefusedException {}

  /**
   * Returns the rows.
   *
   * @param columns in select order
   * @param files those that are read, at least
   * @param partitions values that the partition columns may be assumed to have; an empty text for
   *     null
   */
  Dataset<Row> rows(
      SparkSession session,
      InputFormat format,
      List<ReadColumn> columns,
      List<InputFile> files,
      Map<String, Set<String>> partitions);

  /** Returns whether {@link #rows} may have rows of other files. */
  default boolean mayReadOthers() {
    return false;
  }

  /** Returns whether {@link #rows} may have a condition on partitions that only spares reading. */
  default boolean filtersFiles() {
    return false;
  }

  /** Returns the name of the index of a row in a columnar scan, if it is not Parquet's. */
  default Optional<String> rowIndexInScan() {
    return Optional.empty();
  }

  /** Returns what says to tasks to which of some partitions a file belongs. */
  SourceRoot sourceRoot(Configuration hadoop, List<InputPartition> selected, Set<InputFile> read)
      throws IOException;

  /**
   * Returns the names of the files that have changed since they were listed: they are gone, have a
   * different length, or were written since. A table's files do not change, but may be gone.
   *
   * @param store holds the files
   */
  default List<String> changed(FileStore store, List<InputFile> files) throws IOException {
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
              : store.listOrNone(directory.getKey());
      entries.forEach(entry -> now.put(entry.location(), entry));
      for (InputFile file : directory.getValue()) {
        FileEntry entry = now.get(file.location());
        boolean mayChange = goneVersion().isEmpty();
        if (entry == null || mayChange && !InputFile.of(entry, file.name()).equals(file)) {
          changed.add(file.name());
        }
      }
    }

    return changed;
  }
}
