package io.paritree.spark.settings;

import io.paritree.model.EngineKind;
import io.paritree.output.PartitionValue;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.publish.LockTimes;
import io.paritree.spark.tables.TableToRead;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.spark.tables.formats.AskedFormat;
import io.paritree.store.CallsAtOnce;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run is asked to do; read once, never changed.
 *
 * @param mode what the run does
 * @param runId the run's id, {@code [A-Za-z0-9._-]{1,64}}; empty if the status of all runs is asked
 * @param model reference of the model; empty where the mode needs none
 * @param engine which engine scores
 * @param input the input
 * @param output where the scores go
 * @param columns which columns are written
 * @param files how the files of the output are written
 * @param conditions what must hold for a partition to be published
 * @param drift how the rows are compared with others
 * @param challengers other models that score the rows, too
 * @param reporting where the run is reported
 */
public record JobSettings(
    Mode mode,
    String runId,
    String model,
    EngineKind engine,
    Input input,
    Output output,
    Columns columns,
    Files files,
    Conditions conditions,
    Drift drift,
    Challengers challengers,
    Reporting reporting) {

  /**
   * The input.
   *
   * @param path directory or file; empty for a table, and where the mode needs none
   * @param format the format of the files
   * @param table the table; empty for a directory or file
   * @param tableFormat the format that the table must have
   * @param partitions which partitions are scored
   * @param groupBy partition column whose values make the groups that are published one after the
   *     other; empty for one group
   */
  public record Input(
      String path,
      InputFormat format,
      Optional<TableToRead> table,
      AskedFormat tableFormat,
      PartitionChoice partitions,
      String groupBy) {
    public String name() {
      return table.map(TableToRead::name).orElse(path);
    }
  }

  /**
   * Where the scores go.
   *
   * @param path directory that readers see; empty for a table
   * @param table the table that is written to; empty for a directory
   * @param tableFormat the format that the table must have, or is made in
   * @param partition the partition that all rows go to; empty if they keep the input's
   * @param locks on stores without file locks: how often a run shows that it is alive, and after
   *     how long without a sign it counts as dead
   * @param calls how many calls the driver makes to a store at the same time, also for the input
   */
  public record Output(
      String path,
      Optional<TableToWrite> table,
      AskedFormat tableFormat,
      List<PartitionValue> partition,
      LockTimes locks,
      CallsAtOnce calls) {
    public Output {
      partition = List.copyOf(partition);
    }

    /** Returns whether it is a table that only a catalog knows where it is. */
    public boolean isNamed() {
      return table.isPresent() && !table.get().isPath();
    }

    /** Returns where the scores go, as it was asked for. */
    public String name() {
      return table.map(TableToWrite::name).orElse(path);
    }

    /** Returns the directory that the scores go to; a table's name, if it is named by that. */
    public String directory() {
      return name();
    }

    /**
     * Returns the directory below the output that all rows go to; empty if they keep the input's.
     */
    public Optional<String> partitionPath() {
      return partition.isEmpty() ? Optional.empty() : Optional.of(PartitionValue.path(partition));
    }
  }

  /**
   * Which columns are written.
   *
   * @param keys columns that identify a row in the output
   * @param pass other columns to write unchanged
   * @param margin whether margins are written in addition to the scores
   * @param explanation reasons and contributions that are written too; empty for none
   */
  public record Columns(
      List<String> keys,
      List<String> pass,
      Margin margin,
      Optional<ExplanationSettings> explanation) {
    public Columns {
      keys = List.copyOf(keys);
      pass = List.copyOf(pass);
    }
  }

  /**
   * How the files of the output are written.
   *
   * @param maxRows maximum number of rows of one file, at least 1
   * @param maxBytes length at which a file is full, at least 1 MiB
   * @param order whether rows are sorted by their keys within a file
   * @param lookupIndex whether an index is built from which a server looks the scores up by key
   */
  public record Files(long maxRows, long maxBytes, Order order, LookupIndex lookupIndex) {}

  /**
   * What must hold for a partition to be published.
   *
   * @param duplicates what happens to keys that occur twice in a partition
   * @param maxQuarantined largest share of quarantined rows, 0 to 1
   * @param withheld what else is not published if a partition is held
   * @param repeat whether partitions that are published already are published again
   * @param foreign whether partitions that Paritree did not write may be replaced
   * @param nonAtomic whether the output may be on a store that cannot rename a directory in one
   *     step
   */
  public record Conditions(
      Duplicates duplicates,
      double maxQuarantined,
      Withheld withheld,
      Repeat repeat,
      Foreign foreign,
      NonAtomic nonAtomic) {}

  /**
   * How the rows are compared with others.
   *
   * @param sampleRows the most rows of a partition whose values are counted into bins; 0 for all
   * @param impactRows the most rows of a partition that are explained; 0 for all
   * @param rules about the differences
   * @param more other rules, of this run only
   * @param accepted why partitions for which rules have fired are published; empty if they are not
   */
  public record Drift(
      DriftMode mode,
      long sampleRows,
      long impactRows,
      List<String> rules,
      List<String> more,
      String accepted) {
    public Drift {
      rules = List.copyOf(rules);
      more = List.copyOf(more);
    }

    /** Returns whether partitions for which rules have fired are held. */
    public boolean isGate() {
      return mode == DriftMode.GATE && accepted.isEmpty();
    }
  }

  /**
   * Other models that score the rows, too, to be compared.
   *
   * @param models references by name, in the order in which they were given
   * @param scores whether their scores are written beside the model's
   * @param absence what happens if one cannot be compared
   */
  public record Challengers(Map<String, String> models, ChallengerScores scores, Absence absence) {
    /** The most of a run. */
    public static final int MOST = 8;

    public Challengers {
      models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    }
  }

  /**
   * Where a run is reported.
   *
   * @param keptRuns number of ended runs whose reports and quarantines are kept, at least 1
   * @param progress time between two lines of progress; zero for none
   * @param destinations where the run reports to, besides its own record
   */
  public record Reporting(int keptRuns, Duration progress, Destinations destinations) {}

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

  /** Whether rows are compared with others. */
  public enum DriftMode {
    /** As {@link #REPORT} if the model has a reference with bins, otherwise {@link #OFF}. */
    AUTO,
    OFF,
    REPORT,
    /** Partitions for which rules fire are held. */
    GATE
  }

  /** Whether the output has the scores of challengers. */
  public enum ChallengerScores {
    WRITTEN,
    LEFT_OUT
  }

  /** What happens if a challenger cannot be compared. */
  public enum Absence {
    /** It is left out, and the report says why. */
    REPORTED,
    /** Nothing is published. */
    REFUSED
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

  /** The partitions that are not published if one is held. */
  public enum Withheld {
    THE_PARTITION,
    /** The group, with which the run ends. */
    ITS_GROUP
  }

  public enum LookupIndex {
    BUILT,
    LEFT_OUT
  }

  /** The order of a file's rows. */
  public enum Order {
    AS_READ,
    BY_KEYS
  }
}
