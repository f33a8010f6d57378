package io.paritree.spark.task;

import io.paritree.comparison.ComparisonForm;
import io.paritree.model.EngineKind;
import io.paritree.model.ScoringModel;
import io.paritree.output.PartitionValue;
import io.paritree.profile.ProfileCounts;
import io.paritree.profile.ProfileForm;
import io.paritree.profile.Sampling;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.input.SourceRoot;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The instructions that every task of a run receives.
 *
 * @param input the input
 * @param model what scores
 * @param output which rows and columns are written
 * @param files the files that they are written to
 * @param keys the keys of the scored rows
 * @param profiling what is counted of the rows
 * @param challengers other models that score the rows, to be compared
 * @param sampleRows the number of rows that each task scores without writing any; 0 to score and
 *     write all
 */
public record TaskPlan(
    Input input,
    Model model,
    Output output,
    Files files,
    Keys keys,
    Profiling profiling,
    ArrayList<Challenger> challengers,
    int sampleRows)
    implements Serializable {

  /**
   * The input.
   *
   * @param root the input, and how the partition of a file is known
   * @param columns the columns that are read: the files' in select order, then the directory names
   */
  public record Input(SourceRoot root, ArrayList<ReadColumn> columns) implements Serializable {}

  /**
   * What scores.
   *
   * @param digest the model's digest
   * @param engine which engine scores
   */
  public record Model(String digest, EngineKind engine) implements Serializable {}

  /**
   * Which rows and columns are written.
   *
   * @param carried the indexes of the input's columns that are written, in output order
   * @param partition the partition that all rows go to; null if they keep the input's
   * @param columns the columns of the scored rows
   * @param quarantine the columns of the quarantined rows
   * @param margins how many margins are written per row; 0 if they are not requested
   * @param hasLabel whether a label is written
   * @param explanation reasons and contributions that are written; null if none are requested
   * @param constants the values of the last columns, which are the same in all rows, as Spark holds
   *     them
   */
  public record Output(
      int[] carried,
      String partition,
      StructType columns,
      StructType quarantine,
      int margins,
      boolean hasLabel,
      ExplanationSettings explanation,
      ArrayList<Serializable> constants)
      implements Serializable {}

  /**
   * The files that rows are written to.
   *
   * @param tasks where tasks write, as a Hadoop path
   * @param table the table's directory, as a Hadoop path, if scored rows are written there; else
   *     null
   * @param run a part of the names of files. No two runs may use the same name: otherwise, a reader
   *     that has listed the files of one run would open the files of the next
   * @param maxRows the largest number of rows of one file of scored rows
   * @param maxBytes the length at which such a file is full
   * @param sortedColumns the number of leading columns by which a file's rows are sorted; 0 if they
   *     are not sorted
   */
  public record Files(
      String tasks, String table, String run, long maxRows, long maxBytes, int sortedColumns)
      implements Serializable {}

  /**
   * The keys of the scored rows.
   *
   * @param columns the number of leading output columns that form a row's key
   * @param buckets the number of buckets for the hashes of the keys; 0 if they are not hashed
   * @param secret what the hashes are encrypted with; null if they are not
   */
  public record Keys(int columns, int buckets, byte[] secret) implements Serializable {}

  /**
   * What is counted of the rows.
   *
   * @param scope whether that is all that a profile has
   * @param sampling of a partition's rows
   * @param rows how many rows the partitions have, as far as it is known
   */
  public record Profiling(Scope scope, Sampling sampling, HashMap<String, Long> rows)
      implements Serializable {
    /** What is counted. */
    public enum Scope {
      /** What every run reports: missing and unseen values, faults, and the first score. */
      REPORTED,
      /** Also all scores, and the bins and contributions of sampled rows. */
      ALL
    }

    /** Returns what is counted of a model's rows. */
    public ProfileForm form(ScoringModel model) {
      return scope == Scope.ALL ? model.profileForm() : model.unexplainedProfileForm().plain();
    }

    /** Returns counts of no row of a partition. */
    public PartitionCounts none(ProfileForm form, String partition) {
      long known = rows.getOrDefault(partition, 0L);
      return new PartitionCounts(new ProfileCounts(form, sampling, known));
    }
  }

  /**
   * A model that scores the rows, too.
   *
   * @param name by which the run calls it
   * @param form what is compared
   * @param firstColumn where its scores, its label and its version are in an output row; -1 if they
   *     are not written
   */
  public record Challenger(String name, Model model, ComparisonForm form, int firstColumn)
      implements Serializable {}

  /** The number of rows of the largest block. */
  public static final int BLOCK_ROWS = 4_096;

  /** Returns whether this is a trial: some rows are scored and none is written. */
  public boolean isSample() {
    return sampleRows > 0;
  }

  /**
   * Returns the partition that rows go to.
   *
   * @param directory the directory below the input that they come from
   */
  public String partition(String directory) {
    return output.partition == null ? PartitionValue.canonical(directory) : output.partition;
  }

  /** Returns a column. */
  public ReadColumn column(int index) {
    return input.columns.get(index);
  }

  /** Returns the index of a column. */
  public int indexOf(String name) {
    for (int index = 0; index < input.columns.size(); index++) {
      if (input.columns.get(index).name().equals(name)) {
        return index;
      }
    }

    throw new IllegalArgumentException("Cannot find column '%s' in the plan".formatted(name));
  }

  /** Returns the types of the columns that form a row's key. */
  public List<DataType> keyTypes() {
    return Arrays.stream(output.columns.fields())
        .limit(keys.columns)
        .map(StructField::dataType)
        .toList();
  }

  /** Returns the columns that come from files. */
  public List<ReadColumn> fileColumns() {
    return input.columns.stream().filter(column -> !column.isPartition()).toList();
  }
}
