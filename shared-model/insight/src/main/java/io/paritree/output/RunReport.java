package io.paritree.output;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Documents;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The content of {@code report.json}: what a run, or one group of it, has done.
 *
 * @param start what was known when it began
 * @param ending how it ended
 * @param rows of the partitions that it has scored
 * @param quarantine the rows that could not be scored
 * @param values missing and unseen values
 * @param duplicateKeys rows that repeat a key of their partition, if they were counted
 * @param scores the distribution of the first score, if there is any
 * @param seconds how long each stage took, in order
 * @param partitions what became of the partitions
 * @param challengers how other models compare with the one that scored
 */
@JsonPropertyOrder({"format", "run_id", "outcome"})
public record RunReport(
    @JsonUnwrapped Start start,
    @JsonUnwrapped Ending ending,
    @JsonUnwrapped Rows rows,
    @JsonUnwrapped @JsonProperty("@quarantine") Quarantine quarantine,
    @JsonUnwrapped Values values,
    @JsonAlias("duplicateKeys") OptionalLong duplicateKeys,
    Optional<Scores> scores,
    Map<String, Double> seconds,
    @JsonUnwrapped @JsonProperty("@partitions") Partitions partitions,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ReportedChallenger> challengers) {
  /** The most bytes of it that a server reads: about 50,000 files. */
  public static final int MAX_BYTES = 8 << 20;

  /** The first had names such as {@code exitCode}, which are read too. */
  private static final int FORMAT = 2;

  /** Of 50,000 files there are as many in {@link #MAX_BYTES}. */
  private static final int MOST_TOKENS = 500_000;

  /** Characters of what names a run, a model or a partition. */
  private static final int MOST_NAME = 2_000;

  private static final String SHORT = "at most 2,000 characters";
  private static final int MOST_EXIT_CODE = 255;
  private static final double MOST_SECONDS = 1e9;

  /**
   * What was known of a run when it began.
   *
   * @param run the run's id, which other runs may have too
   * @param startedAt in UTC; the same in all groups of a run
   * @param model what scored; empty if the run ended before its model was opened
   * @param input what was read
   * @param inputVersion the version of the table that was read; empty if it has none
   * @param output where it was published
   */
  public record Start(
      @JsonProperty(value = "run_id", required = true) @JsonAlias("run") String run,
      @JsonProperty(required = true) @JsonAlias("startedAt") String startedAt,
      Optional<Model> model,
      String input,
      @JsonAlias("inputVersion") @JsonInclude(JsonInclude.Include.NON_EMPTY) String inputVersion,
      String output) {}

  /**
   * The model that scored; a text without a value is empty.
   *
   * @param version the value of the column {@code model_version}
   * @param engine which engine
   * @param sealed whether it is a sealed package
   * @param earlyStopping which rounds score, in a sentence
   * @param offsets with which columns margins begin, in a sentence
   */
  public record Model(
      String name,
      @JsonProperty("model_version") String version,
      String digest,
      String engine,
      boolean sealed,
      @JsonAlias("earlyStopping") @JsonInclude(JsonInclude.Include.NON_EMPTY) String earlyStopping,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String offsets) {}

  /**
   * How a run ended.
   *
   * @param outcome in a word that never changes
   * @param exitCode of the process
   * @param message why it ended so; empty if it published everything
   * @param groupsLeft how many groups of the run follow this one
   */
  public record Ending(
      @JsonProperty(required = true) String outcome,
      @JsonProperty(required = true) @JsonAlias("exitCode") int exitCode,
      String message,
      @JsonAlias("groupsLeft") int groupsLeft) {}

  /**
   * Numbers of rows.
   *
   * @param perSecond while tasks read, scored and wrote; 0 if that took too short a time
   */
  public record Rows(
      long read,
      long scored,
      long quarantined,
      @JsonProperty("rows_per_second")
          @JsonAlias("rowsPerSecond")
          @JsonInclude(JsonInclude.Include.NON_DEFAULT)
          long perSecond) {}

  /**
   * The rows that could not be scored.
   *
   * @param place where they are stored; empty if there are none
   * @param codes rows by fault code
   * @param faults rows by field and fault code, the most frequent first
   */
  public record Quarantine(
      @JsonProperty("quarantine") String place, Map<String, Long> codes, List<FaultyRows> faults) {
    public Quarantine {
      codes = ordered(codes);
      faults = List.copyOf(faults);
    }
  }

  /**
   * The quarantined rows with one kind of fault in one field.
   *
   * @param field empty for faults of whole rows
   * @param example what came and what was expected, in one of them: a value of the input; empty if
   *     it must not be shown
   */
  public record FaultyRows(
      @JsonProperty(required = true) String field,
      @JsonProperty(required = true) String code,
      @JsonProperty(required = true) long rows,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String example) {}

  /**
   * Missing and unseen values, by feature.
   *
   * @param changed the features of which more or fewer values are missing or unseen than in the
   *     rows that the model was sealed with
   */
  public record Values(Map<String, Long> missing, Map<String, Long> unseen, List<Change> changed) {
    public Values {
      missing = ordered(missing);
      unseen = ordered(unseen);
      changed = List.copyOf(changed);
    }
  }

  /** Shares of missing and unseen values of a feature, 0 to 1, in the run and when sealed. */
  public record Change(
      @JsonProperty(required = true) String feature,
      @JsonProperty(required = true) double missing,
      @JsonProperty(required = true) @JsonAlias("missingSealed") double missingSealed,
      @JsonProperty(required = true) double unseen,
      @JsonProperty(required = true) @JsonAlias("unseenSealed") double unseenSealed) {}

  /** The distribution of scores; none of the numbers need be finite. */
  public record Scores(long count, double mean, float min, float max, List<Float> deciles) {
    public Scores {
      deciles = List.copyOf(deciles);
    }
  }

  /**
   * What became of the partitions.
   *
   * @param known how many the run has published: the first ones of {@code scored}; the first
   *     reports did not have it, of runs that published all if they ended with 0
   * @param before how many were published before, or by another run meanwhile
   * @param scored a report on each that was scored
   */
  public record Partitions(
      @JsonProperty("published") OptionalInt known,
      @JsonProperty("already_published") @JsonAlias("alreadyPublished") int before,
      @JsonProperty("partitions") List<Partition> scored) {
    public Partitions {
      scored = List.copyOf(scored);
    }

    public Partitions(int published, int before, List<Partition> scored) {
      this(OptionalInt.of(published), before, scored);
    }

    /** Returns how many the run has published. */
    public int published() {
      return known.orElse(0);
    }

    /** Returns the partitions that the run has published. */
    public List<Partition> ofRun() {
      return scored.subList(0, Math.min(published(), scored.size()));
    }

    @JsonProperty("held")
    int heldCount() {
      return held().size();
    }

    /** Returns the partitions that are held. */
    public List<Partition> held() {
      return scored.stream().filter(partition -> partition.hold().isPresent()).toList();
    }
  }

  /**
   * One partition of a run.
   *
   * @param path its directory below the output; empty if the output is not partitioned
   * @param identity SHA-256 of all that its content depends on
   * @param hold why it is not published although it was scored
   * @param drift how its rows differ from others; empty if they were not compared
   */
  public record Partition(
      @JsonProperty(value = "partition", required = true) String path,
      String identity,
      long read,
      long scored,
      long quarantined,
      @JsonProperty("held") Optional<Hold> hold,
      Optional<ReportedDrift> drift,
      List<DataFile> files) {
    public Partition {
      files = List.copyOf(files);
      long left = Long.MAX_VALUE;
      for (DataFile file : files) {
        if (file.bytes() > left) {
          throw new IllegalArgumentException(
              "got files of more bytes, expected at most " + Long.MAX_VALUE);
        }

        left -= file.bytes();
      }
    }

    /** Returns the report on the same partition, whose rows were compared with others. */
    public Partition compared(ReportedDrift result) {
      return new Partition(
          path, identity, read, scored, quarantined, hold, Optional.of(result), files);
    }

    /** Returns the report on the same partition, which is held. */
    public Partition held(Hold why) {
      return new Partition(
          path, identity, read, scored, quarantined, Optional.of(why), drift, files);
    }

    /** Returns the length of all files. */
    @JsonProperty
    public long bytes() {
      return files.stream().mapToLong(DataFile::bytes).sum();
    }
  }

  /**
   * Why a partition is held: it was scored, and is not published.
   *
   * @param outcome how a run ends that holds a partition for this reason
   * @param reason in a sentence, without the partition's name
   */
  public record Hold(String outcome, String reason) {}

  public RunReport {
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(ending, "ending");
    scores = scores.filter(known -> known.count() > 0); // the first format had them always
    if (partitions.known.isEmpty() && ending.exitCode == 0) {
      partitions = new Partitions(partitions.scored.size(), partitions.before, partitions.scored);
    }

    seconds = ordered(seconds);
    challengers = List.copyOf(challengers);
  }

  private static <T> Map<String, T> ordered(Map<String, T> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** Returns the report without the examples of faults, which are values of the input. */
  public RunReport withoutExamples() {
    List<FaultyRows> faults =
        quarantine.faults().stream()
            .map(fault -> new FaultyRows(fault.field(), fault.code(), fault.rows(), ""))
            .toList();
    return new RunReport(
        start,
        ending,
        rows,
        new Quarantine(quarantine.place(), quarantine.codes(), faults),
        values,
        duplicateKeys,
        scores,
        seconds,
        partitions,
        challengers);
  }

  @JsonProperty
  int format() {
    return FORMAT;
  }

  /** Returns the report as indented JSON. */
  public byte[] toJson() {
    return Documents.wide(this);
  }

  /**
   * Reads a report; members that this version does not know are ignored. What no run writes is
   * refused, so that what is returned can be counted, compared and kept.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if this is not a report
   */
  public static RunReport fromJson(byte[] content, String where) throws DamagedFileException {
    try {
      Documents.checkFormat("the report", content, FORMAT);
      RunReport report =
          Documents.TOLERANT.read(RunReport.class, "the report", content, MOST_TOKENS);
      report.check();
      return report;
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(
          "Cannot read %s: it is not the report of a run: %s".formatted(where, e.getMessage()), e);
    }
  }

  private void check() throws BrokenJsonException {
    expect(start.run().length() <= MOST_NAME, "run_id", SHORT);
    expect(isTime(start.startedAt()), "started_at", "a time such as 2026-11-24T02:00:00Z");
    expect(ending.outcome().length() <= MOST_NAME, "outcome", SHORT);
    expect(ending.exitCode() <= MOST_EXIT_CODE, "exit_code", "a number from 0 to 255");
    if (start.model().isPresent()) {
      Model model = start.model().get();
      expect(model.name().length() <= MOST_NAME, "model/name", SHORT);
      expect(model.version().length() <= MOST_NAME, "model/model_version", SHORT);
      expect(model.digest().length() <= MOST_NAME, "model/digest", SHORT);
    }

    expect(
        seconds.values().stream().allMatch(time -> time >= 0 && time <= MOST_SECONDS),
        "seconds",
        "numbers of seconds");
    int most = partitions.scored().size();
    expect(
        partitions.published() <= most,
        "published",
        "at most %s, which are its partitions".formatted(most));
    Set<String> paths = new HashSet<>();
    for (int at = 0; at < most; at++) {
      String path = partitions.scored().get(at).path();
      String place = "partitions/%s/partition".formatted(at);
      expect(path.length() <= MOST_NAME, place, SHORT);
      expect(PartitionValue.isPath(path), place, "a path of column=value, or an empty text");
      expect(paths.add(path), place, "each partition once");
    }
  }

  private static boolean isTime(String text) {
    try {
      Instant.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static void expect(boolean holds, String member, String expected)
      throws BrokenJsonException {
    if (!holds) {
      String place = "/" + member;
      throw new BrokenJsonException(
          "Cannot read the report at %s: expected %s".formatted(place, expected), place, null);
    }
  }
}
