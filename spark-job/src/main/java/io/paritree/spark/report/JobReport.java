package io.paritree.spark.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.paritree.output.ScoreHistogram;
import io.paritree.spark.ending.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The report of a run.
 *
 * @param run the run's id
 * @param outcome how it ended
 * @param message why it ended so; empty if it published everything
 * @param startedAt when it began, in UTC
 * @param model what scored; empty if the run ended before its model was opened
 * @param input what was read
 * @param inputVersion the version of the table that was read; empty if it has none
 * @param output where it was published
 * @param partitions a report on each partition that was scored, published ones first
 * @param published how many of these the run has published
 * @param alreadyPublished the partitions that were published before, or by another run meanwhile
 * @param codes quarantined rows by fault code
 * @param faults quarantined rows by field and fault code, the most frequent first
 * @param missing missing values by feature
 * @param unseen values that are in no vocabulary, by feature
 * @param counted the rows of which codes, faults, missing and unseen values are counted: all that
 *     tasks have read, also of partitions that are not reported because the run failed or another
 *     run has published them; 0 if they are a sample
 * @param sealedRows the rows that the model was sealed with; empty if it has no counts of them
 * @param duplicateKeys rows that repeat a key of their partition; -1 if they were not counted
 * @param scores the distribution of the first score
 * @param seconds how long each part took
 * @param scoringSeconds how long the tasks ran that read, scored and wrote these rows, from the
 *     start of the first to the end of the last
 * @param quarantine where quarantined rows are stored; empty if there are none
 * @param groupsLeft how many groups of the run follow this one; 0 if it ended the run
 */
public record JobReport(
    String run,
    Outcome outcome,
    String message,
    String startedAt,
    Optional<Model> model,
    String input,
    String inputVersion,
    String output,
    List<PartitionReport> partitions,
    int published,
    List<String> alreadyPublished,
    Map<String, Long> codes,
    List<FieldFault> faults,
    Map<String, Long> missing,
    Map<String, Long> unseen,
    long counted,
    Optional<SealedRows> sealedRows,
    long duplicateKeys,
    ScoreHistogram scores,
    Map<String, Double> seconds,
    double scoringSeconds,
    String quarantine,
    int groupsLeft) {
  private static final double LEAST_SECONDS_OF_RATE = 10;

  /**
   * The model that scored.
   *
   * @param name its name
   * @param version what the column {@code model_version} holds
   * @param digest its SHA-256
   * @param engine which engine
   * @param contributions {@code exact} if reasons or contributions were written and are; otherwise
   *     empty
   * @param sealed whether it is a sealed package
   * @param earlyStopping which rounds score, if training was stopped early, in a sentence;
   *     otherwise empty
   * @param offsets with which columns margins begin, in a sentence; otherwise empty
   */
  @JsonPropertyOrder({"name", "model_version"}) // Jackson 2.15 writes a renamed member first
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Model(
      String name,
      @JsonProperty("model_version") String version,
      String digest,
      String engine,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String contributions,
      boolean sealed,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String earlyStopping,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String offsets) {
    public Model {
      contributions = Objects.requireNonNullElse(contributions, "");
      offsets = Objects.requireNonNullElse(offsets, "");
    }
  }

  public JobReport {
    partitions = List.copyOf(partitions);
    alreadyPublished = List.copyOf(alreadyPublished);
    codes = new TreeMap<>(codes);
    faults = FieldFault.total(faults);
  }

  /**
   * Returns the report of a run whose groups were published one after the other.
   *
   * @param groups the groups' reports, in order; at least one, and only the last may have failed
   */
  public static JobReport total(List<JobReport> groups) {
    JobReport last = groups.get(groups.size() - 1);
    if (groups.size() == 1) {
      return last;
    }

    List<PartitionReport> published = new ArrayList<>();
    List<PartitionReport> others = new ArrayList<>();
    Map<String, Long> codes = new TreeMap<>();
    List<FieldFault> faults = new ArrayList<>();
    long counted = 0;
    Optional<SealedRows> sealedRows = Optional.empty();
    double scoringSeconds = 0;
    Map<String, Long> missing = new LinkedHashMap<>();
    Map<String, Long> unseen = new LinkedHashMap<>();
    Set<String> alreadyPublished = new LinkedHashSet<>();
    ScoreHistogram scores = new ScoreHistogram();
    long duplicates =
        groups.stream()
            .mapToLong(JobReport::duplicateKeys)
            .filter(rows -> rows >= 0)
            .reduce(Long::sum)
            .orElse(-1);
    for (JobReport group : groups) {
      published.addAll(group.partitions().subList(0, group.published()));
      others.addAll(group.partitions().subList(group.published(), group.partitions().size()));
      alreadyPublished.addAll(group.alreadyPublished());
      group.codes().forEach((code, rows) -> codes.merge(code, rows, Long::sum));
      group.missing().forEach((name, rows) -> missing.merge(name, rows, Long::sum));
      group.unseen().forEach((name, rows) -> unseen.merge(name, rows, Long::sum));
      scores.add(group.scores());
      faults.addAll(group.faults());
      counted += group.counted();
      sealedRows = sealedRows.or(group::sealedRows);
      scoringSeconds += group.scoringSeconds();
    }

    int count = published.size();
    published.addAll(others);
    return new JobReport(
        last.run,
        outcome(groups),
        String.join(
            "\n", groups.stream().map(JobReport::message).filter(text -> !text.isEmpty()).toList()),
        last.startedAt,
        last.model,
        last.input,
        last.inputVersion,
        last.output,
        published,
        count,
        List.copyOf(alreadyPublished),
        codes,
        faults,
        missing,
        unseen,
        counted,
        sealedRows,
        duplicates,
        scores,
        last.seconds,
        scoringSeconds,
        groups.stream()
            .map(JobReport::quarantine)
            .filter(place -> !place.isEmpty())
            .reduce((first, second) -> first + ", " + second)
            .orElse(""),
        last.groupsLeft);
  }

  /**
   * Returns the last group's outcome if it ended the run. Otherwise, the first group that holds
   * partitions has the run's; or the run has published if one group has.
   */
  private static Outcome outcome(List<JobReport> groups) {
    Outcome last = groups.get(groups.size() - 1).outcome();
    if (last.exitCode() == 0) {
      for (JobReport group : groups) {
        if (group.exitCode() != 0) {
          return group.outcome();
        }
      }
    }

    boolean hasPublished = groups.stream().anyMatch(group -> group.published() > 0);
    return last == Outcome.ALREADY_PUBLISHED && hasPublished ? Outcome.PUBLISHED : last;
  }

  /** Returns the exit code of a process that ends with this report. */
  public int exitCode() {
    return outcome.exitCode();
  }

  /** Returns the directories of the partitions that the run has published. */
  public List<String> publishedPartitions() {
    return partitions.stream().limit(published).map(PartitionReport::partition).toList();
  }

  /** Returns the partitions that were scored and are held, each with its reason. */
  public List<PartitionReport> held() {
    return partitions.stream().filter(partition -> partition.hold() != null).toList();
  }

  /** Returns how many rows were read. */
  public long read() {
    return partitions.stream().mapToLong(PartitionReport::read).sum();
  }

  /** Returns how many rows were scored. */
  public long scored() {
    return partitions.stream().mapToLong(PartitionReport::scored).sum();
  }

  /** Returns how many rows could not be scored. */
  public long quarantined() {
    return partitions.stream().mapToLong(PartitionReport::quarantined).sum();
  }

  /**
   * Returns rows per second while tasks read, scored and wrote; 0 if that took less than ten
   * seconds, in which the start of the tasks is most of it, and no rate of other runs follows.
   */
  public double rowsPerSecond() {
    return scoringSeconds >= LEAST_SECONDS_OF_RATE ? counted / scoringSeconds : 0;
  }

  /**
   * Returns the features whose values are missing, or in no vocabulary, more or less often than
   * among the rows that the model was sealed with, the largest change first.
   */
  public List<ChangedValues> changedValues() {
    return ChangedValues.of(this);
  }
}
