package io.paritree.spark.output;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.publish.ConflictException;
import io.paritree.spark.publish.KeptIndexes;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.Published;
import io.paritree.spark.publish.Publisher;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.task.WrittenFile;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;

/**
 * What a run writes to. It is chosen once, when the run begins; nothing else asks what it is.
 *
 * <p>Not thread-safe, but for {@link #staged}, {@link #isPublished} and {@link #complete}.
 */
public sealed interface Output permits DirectoryOutput, TableOutput {
  OutputRuns runs();

  default OutputPlace place() {
    return runs().place();
  }

  /** Looks at the places of many partitions, whose {@link #token} takes no time then. */
  default void look(List<String> partitions) throws IOException {}

  /** Returns a text that describes the content of a partition's place now. */
  String token(String partition) throws IOException;

  /** Returns whether a partition is published with this identity. */
  boolean isPublished(String partition, String identity) throws IOException;

  /** Returns what is published now, also by this run. */
  Published now();

  /** Returns the partitions that have rows and are not replaced with these, in their order. */
  List<String> beside(List<String> partitions);

  /** Returns how many rows of a partition are published. */
  long publishedRows(String partition) throws IOException;

  /**
   * Checks before Spark is started whether partitions can be published here.
   *
   * @param check of this output
   * @param notes receives messages for the user
   */
  void check(List<OutputPartition> targets, OutputCheck check, List<String> notes)
      throws IOException;

  /** Adds why an index of stored scores cannot be found by servers to problems. */
  default void checkLookup(List<String> problems) {}

  /** Adds why files with encrypted columns cannot be taken to problems. */
  default void checkEncryption(List<String> problems) {}

  /**
   * Checks that the run's rows can be rows of the output.
   *
   * @param columns of the run's files
   * @param targets all partitions that are asked for
   * @param open the partitions that are written
   * @throws RefusedException with all problems
   */
  default void checkRows(
      StructType columns,
      List<OutputPartition> targets,
      List<OutputPartition> open,
      List<String> partitionColumns,
      List<String> problems)
      throws RefusedException, IOException {}

  /** Returns the ids that files must give their columns; empty if they are read by name. */
  default Map<String, Integer> fieldIds() {
    return Map.of();
  }

  /** Returns the directory that tasks write scored rows to; empty for the run's own. */
  default Optional<Location> taskFiles() {
    return Optional.empty();
  }

  /** Returns the part of the names of a run's files that no other run's have. */
  String fileNames(RunDirectory run);

  /** Returns where a file of scored rows is once it is staged. */
  Location staged(RunDirectory run, WrittenFile file);

  /**
   * Moves the files of scored rows to where they are staged.
   *
   * @param files of each partition that is staged; a partition without rows gets one, if it needs
   *     it
   * @param writers writes such a file
   */
  default void stage(RunDirectory run, Map<String, List<WrittenFile>> files, ParquetWriters writers)
      throws IOException {}

  /**
   * Writes what says that a staged partition is whole.
   *
   * @throws RefusedException if servers are to find its rows, and could not
   */
  default void complete(RunDirectory run, PartitionManifest manifest)
      throws RefusedException, IOException {}

  /** Removes staged files that are not published, unless they are removed with the run. */
  default void remove(RunDirectory run, List<WrittenFile> files) throws IOException {}

  /**
   * Publishes staged partitions: all of them, or nothing.
   *
   * @param files the files of each partition
   * @param metadata facts about the run
   * @param report is written when all comparisons have passed
   * @return the partitions that were published; the others were published with the same identity by
   *     another run meanwhile
   * @throws ConflictException if another run or writer has changed one meanwhile
   */
  List<String> publish(
      Publisher.Run run,
      List<PreparedPartition> partitions,
      Map<String, List<DataFile>> files,
      Map<String, String> metadata,
      Publisher.ReportBeforeMove report)
      throws ConflictException, IOException;

  /**
   * Returns which indexes belong to the table, whose version names no runs; empty if published
   * partitions name them.
   */
  default Optional<KeptIndexes.Current> indexes() {
    return Optional.empty();
  }

  /** Finishes or removes what dead runs have left, unless publishing has done it. */
  default void recover() {}

  /** Returns the name of a file without its directories. */
  static String name(WrittenFile file) {
    return file.path().substring(file.path().lastIndexOf('/') + 1);
  }

  static List<String> names(List<OutputPartition> partitions) {
    return partitions.stream().map(OutputPartition::partition).toList();
  }
}
