package io.paritree.spark.settings;

import io.paritree.model.EngineKind;
import io.paritree.output.PartitionValue;
import io.paritree.reasons.ExplanationAsked;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.publish.LockTimes;
import io.paritree.spark.tables.AskedOutput;
import io.paritree.spark.tables.AskedTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a run is asked to do; read once, never changed.
 *
 * @param mode what the run does
 * @param model reference of the model; empty where the mode needs none
 * @param input directory or file to score; empty for a table, and where the mode needs none
 * @param inputFormat the format of the input's files
 * @param inputTable the table to score; empty for a directory or file
 * @param partitions which partitions to score
 * @param groupBy partition column whose values make the groups that are published one after the
 *     other; empty for one group
 * @param output directory that readers see; empty for a table
 * @param outputTable the table that is written to; empty for a directory
 * @param stateDirectory directory of the output's state; empty for the one that the output records,
 *     or the one next to it
 * @param keys columns that identify a row in the output
 * @param outputPartition the partition that all rows go to; empty if they keep the input's
 * @param pass other columns to write unchanged
 * @param comparison how the names of columns are compared with those of the input
 * @param duplicates what happens to keys that occur twice in a partition
 * @param margin whether margins are written in addition to the scores
 * @param explanation reasons and contributions that are written too; empty for none
 * @param engine which engine scores
 * @param maxQuarantined largest share of quarantined rows of a partition that is published, 0 to 1
 * @param withheld what else is not published if a partition is held
 * @param runId the run's id, {@code [A-Za-z0-9._-]{1,64}}; empty if the status of all runs is asked
 * @param repeat whether partitions that are published already are published again
 * @param foreign whether partitions that Paritree did not write may be replaced
 * @param nonAtomic whether the output may be on a store that cannot rename a directory in one step
 * @param rowsPerFile maximum number of rows of one output file, at least 1
 * @param bytesPerFile length at which an output file is full, at least 1 MiB
 * @param order whether rows are sorted by their keys within a file
 * @param lookupIndex whether an index is built from which a server looks the scores up by key
 * @param keptRuns number of ended runs whose reports and quarantines are kept, at least 1
 * @param progress time between two lines of progress; zero for none
 * @param destinations where the run reports to, besides its own record
 * @param locks on stores without file locks: how often a run shows that it is alive, and after how
 *     long without a sign it counts as dead
 */
public record JobSettings(
    Mode mode,
    String model,
    String input,
    InputFormat inputFormat,
    Optional<AskedTable> inputTable,
    PartitionChoice partitions,
    String groupBy,
    String output,
    Optional<AskedOutput> outputTable,
    String stateDirectory,
    List<String> keys,
    List<PartitionValue> outputPartition,
    List<String> pass,
    ReadColumn.Case comparison,
    Duplicates duplicates,
    Margin margin,
    Optional<ExplanationAsked> explanation,
    EngineKind engine,
    double maxQuarantined,
    Withheld withheld,
    String runId,
    Repeat repeat,
    Foreign foreign,
    NonAtomic nonAtomic,
    long rowsPerFile,
    long bytesPerFile,
    Order order,
    LookupIndex lookupIndex,
    int keptRuns,
    Duration progress,
    Destinations destinations,
    LockTimes locks) {

  /** What a run does. */
  public enum Mode {
    /** Scores and publishes. */
    SCORE,
    /** Checks everything and scores a sample; writes nothing. */
    DRY_RUN,
    /** Finishes and removes what dead runs have left. */
    RECOVER,
    /** Shows which runs have ended and which have not. */
    STATUS
  }

  /** What happens to keys that occur twice in a partition. */
  public enum Duplicates {
    /** They are not searched for. */
    ADMITTED,
    /** They are counted and reported. */
    REPORTED,
    /** One of them prevents its group from being published. */
    REFUSED
  }

  /** Whether margins are written. */
  public enum Margin {
    WRITTEN,
    LEFT_OUT
  }

  /** What happens to a partition that is published already with the same identity. */
  public enum Repeat {
    LEFT_AS_IT_IS,
    PUBLISHED_AGAIN
  }

  /** What happens to a partition in the output that Paritree did not write. */
  public enum Foreign {
    REFUSED,
    REPLACED
  }

  /** What happens to an output on a store that moves the files of a directory one by one. */
  public enum NonAtomic {
    REFUSED,
    ACCEPTED
  }

  /** What is not published if a partition is held. */
  public enum Withheld {
    THE_PARTITION,
    /** The group, with which the run ends. */
    ITS_GROUP
  }

  /** Whether indexes of the partitions are built. */
  public enum LookupIndex {
    BUILT,
    LEFT_OUT
  }

  /** The order of a file's rows. */
  public enum Order {
    AS_READ,
    BY_KEYS
  }

  public JobSettings {
    keys = List.copyOf(keys);
    outputPartition = List.copyOf(outputPartition);
    pass = List.copyOf(pass);
  }

  /** Returns where the scores go, as it was asked for. */
  public String anyOutput() {
    return outputTable.map(AskedOutput::name).orElse(output);
  }

  /** Returns the directory that the scores go to; a table's name, if it is named by that. */
  public String outputDirectory() {
    return outputTable.map(AskedOutput::path).orElse(output);
  }

  /** Returns what is scored, as it was asked for. */
  public String anyInput() {
    return inputTable.map(AskedTable::name).orElse(input);
  }

  /** Returns the directory below the output that all rows go to; empty if they keep the input's. */
  public Optional<String> outputPartitionPath() {
    return outputPartition.isEmpty()
        ? Optional.empty()
        : Optional.of(PartitionValue.path(outputPartition));
  }
}
