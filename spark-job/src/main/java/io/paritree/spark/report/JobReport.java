package io.paritree.spark.report;

import io.paritree.output.RunReport.Change;
import io.paritree.output.RunReport.FaultyRows;
import io.paritree.output.RunReport.Partition;
import io.paritree.output.RunReport.Start;
import io.paritree.profile.Profile;
import io.paritree.profile.ScoreHistogram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The report of a run.
 *
 * @param start what all groups of the run have in common
 * @param outcome how it ended
 * @param message why it ended so; empty if it published everything
 * @param groupsLeft how many groups of the run follow this one; 0 if it ended the run
 * @param partitions what became of the partitions
 * @param quarantine the rows that could not be scored
 * @param values missing and unseen values
 * @param duplicateKeys rows that repeat a key of their partition; {@link #NOT_COUNTED} if they were
 *     not counted
 * @param scores the distribution of the first score
 * @param times how long the run took
 * @param challengers how other models compare with the one that scored; of several groups, that of
 *     the last one that was compared
 */
public record JobReport(
    Start start,
    Outcome outcome,
    String message,
    int groupsLeft,
    Partitions partitions,
    Quarantine quarantine,
    Values values,
    long duplicateKeys,
    ScoreHistogram scores,
    Times times,
    List<ComparedChallenger> challengers) {
  public static final long NOT_COUNTED = -1;

  /** The stage that builds the indexes for look-ups; a run without them has none. */
  public static final String INDEX_STAGE = "index";

  private static final double LEAST_SECONDS_OF_RATE = 10;
  private static final List<Outcome> HOLDING = List.of(Outcome.QUARANTINED, Outcome.HELD);

  /**
   * What became of the partitions.
   *
   * @param published a report on each partition that the run has published
   * @param others a report on each other partition that was scored
   * @param before the partitions that were published before, or by another run meanwhile
   */
  public record Partitions(List<Partition> published, List<Partition> others, List<String> before) {
    public Partitions {
      published = List.copyOf(published);
      others = List.copyOf(others);
      before = List.copyOf(before);
    }

    private static Partitions total(List<Partitions> groups) {
      List<Partition> published = new ArrayList<>();
      List<Partition> others = new ArrayList<>();
      Set<String> before = new LinkedHashSet<>();
      for (Partitions group : groups) {
        published.addAll(group.published);
        others.addAll(group.others);
        before.addAll(group.before);
      }

      return new Partitions(published, others, List.copyOf(before));
    }

    /** Returns all partitions that were scored, published ones first. */
    public List<Partition> scored() {
      return Stream.concat(published.stream(), others.stream()).toList();
    }

    /** Returns the partitions that were scored and are held, each with its reason. */
    public List<Partition> held() {
      return others.stream().filter(partition -> partition.hold().isPresent()).toList();
    }
  }

  /**
   * The rows that could not be scored.
   *
   * @param codes rows by fault code
   * @param faults rows by field and fault code, the most frequent first
   * @param place where the rows are stored; empty if there are none
   */
  public record Quarantine(Map<String, Long> codes, List<FaultyRows> faults, String place) {
    static final Quarantine NONE = new Quarantine(Map.of(), List.of(), "");

    public Quarantine {
      codes = new TreeMap<>(codes);
      faults = totalOf(faults);
    }

    /** Returns the faults, added up by field and code, the most frequent first. */
    private static List<FaultyRows> totalOf(List<FaultyRows> all) {
      Map<List<String>, FaultyRows> totals = new LinkedHashMap<>();
      for (FaultyRows fault : all) {
        totals.merge(
            List.of(fault.field(), fault.code()),
            fault,
            (first, next) ->
                new FaultyRows(
                    first.field(),
                    first.code(),
                    first.rows() + next.rows(),
                    first.example().isEmpty() ? next.example() : first.example()));
      }

      List<FaultyRows> sorted = new ArrayList<>(totals.values());
      sorted.sort(
          Comparator.comparingLong(FaultyRows::rows)
              .reversed()
              .thenComparing(FaultyRows::field)
              .thenComparing(FaultyRows::code));
      return List.copyOf(sorted);
    }

    private static Quarantine total(List<Quarantine> groups) {
      return new Quarantine(
          sum(groups, Quarantine::codes),
          groups.stream().flatMap(group -> group.faults.stream()).toList(),
          joined(", ", groups, Quarantine::place));
    }
  }

  /**
   * Missing and unseen values.
   *
   * @param missing missing values by feature
   * @param unseen values that are in no vocabulary, by feature
   * @param rows the rows among which these and the quarantined rows are counted: all that tasks
   *     have read, also of partitions that are not reported because the run failed or another run
   *     has published them; 0 if they are a sample
   * @param reference the rows that the model was sealed with; empty if it has no counts of them
   */
  public record Values(
      Map<String, Long> missing, Map<String, Long> unseen, long rows, Optional<Profile> reference) {
    static final Values NONE = new Values(Map.of(), Map.of(), 0, Optional.empty());

    private static Values total(List<Values> groups) {
      return new Values(
          sum(groups, Values::missing),
          sum(groups, Values::unseen),
          groups.stream().mapToLong(Values::rows).sum(),
          groups.stream().flatMap(group -> group.reference.stream()).findFirst());
    }

    /**
     * Returns the features whose values are missing, or in no vocabulary, more or less often than
     * among the rows that the model was sealed with, the largest change first.
     */
    public List<Change> changed() {
      return ChangedValues.of(this);
    }
  }

  /**
   * How long a run took, in seconds.
   *
   * @param stages how long each part took
   * @param scoring how long the tasks ran that read, scored and wrote the rows, from the start of
   *     the first to the end of the last
   */
  public record Times(Map<String, Double> stages, double scoring) {}

  public static JobReport ofNoRows(
      Start start,
      Outcome outcome,
      String message,
      List<String> publishedBefore,
      Map<String, Double> stages) {
    return new JobReport(
        start,
        outcome,
        message,
        0,
        new Partitions(List.of(), List.of(), publishedBefore),
        Quarantine.NONE,
        Values.NONE,
        NOT_COUNTED,
        new ScoreHistogram(),
        new Times(stages, 0),
        List.of());
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

    ScoreHistogram scores = new ScoreHistogram();
    groups.forEach(group -> scores.add(group.scores));
    return new JobReport(
        last.start,
        outcome(groups),
        joined("\n", groups, JobReport::message),
        last.groupsLeft,
        Partitions.total(groups.stream().map(JobReport::partitions).toList()),
        Quarantine.total(groups.stream().map(JobReport::quarantine).toList()),
        Values.total(groups.stream().map(JobReport::values).toList()),
        groups.stream()
            .mapToLong(JobReport::duplicateKeys)
            .filter(rows -> rows != NOT_COUNTED)
            .reduce(Long::sum)
            .orElse(NOT_COUNTED),
        scores,
        new Times(
            last.times.stages,
            groups.stream().map(JobReport::times).mapToDouble(Times::scoring).sum()),
        ComparedChallenger.ofGroups(groups.stream().map(JobReport::challengers).toList()));
  }

  /**
   * Returns the last group's outcome if it ended the run. Otherwise, a group that holds partitions
   * has the run's, for quarantined rows first; or the run has published if one group has.
   */
  private static Outcome outcome(List<JobReport> groups) {
    Outcome last = groups.get(groups.size() - 1).outcome;
    if (last.exitCode() != 0 && !HOLDING.contains(last)) {
      return last;
    }

    Set<Outcome> all = groups.stream().map(JobReport::outcome).collect(Collectors.toSet());
    boolean hasPublished = groups.stream().anyMatch(group -> !group.partitions.published.isEmpty());
    return HOLDING.stream()
        .filter(all::contains)
        .findFirst()
        .orElse(last == Outcome.ALREADY_PUBLISHED && hasPublished ? Outcome.PUBLISHED : last);
  }

  private static <T> Map<String, Long> sum(List<T> groups, Function<T, Map<String, Long>> counts) {
    Map<String, Long> sum = new LinkedHashMap<>();
    for (T group : groups) {
      counts.apply(group).forEach((name, rows) -> sum.merge(name, rows, Long::sum));
    }

    return sum;
  }

  private static <T> String joined(String between, List<T> groups, Function<T, String> text) {
    return groups.stream()
        .map(text)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(between));
  }

  /** Returns the exit code of a process that ends with this report. */
  public int exitCode() {
    return outcome.exitCode();
  }

  /** Returns all partitions together, as if they were one. */
  public Partition total() {
    List<Partition> all = partitions.scored();
    return new Partition(
        "total",
        "",
        all.stream().mapToLong(Partition::read).sum(),
        all.stream().mapToLong(Partition::scored).sum(),
        all.stream().mapToLong(Partition::quarantined).sum(),
        Optional.empty(),
        Optional.empty(),
        all.stream().flatMap(partition -> partition.files().stream()).toList());
  }

  /**
   * Returns rows per second while tasks read, scored and wrote; 0 if that took less than ten
   * seconds, in which the start of the tasks is most of it, and no rate of other runs follows.
   */
  public double rowsPerSecond() {
    return times.scoring >= LEAST_SECONDS_OF_RATE ? values.rows / times.scoring : 0;
  }
}
