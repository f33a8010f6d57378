package io.paritree.serving.runs;

import io.paritree.output.PartitionValue;
import io.paritree.output.RunReport;
import io.paritree.output.RunReport.Hold;
import io.paritree.output.RunReport.Partition;
import io.paritree.rule.Verdict;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is kept of a run that has ended, or of one group of it.
 *
 * @param directory the name of its directory, which no other run has
 * @param began when it began; if its report cannot be read, when its directory was changed
 * @param modifiedMillis when its directory was changed
 * @param summary empty if its report cannot be read
 * @param problem why not, for callers; empty if it can
 */
record EndedRun(
    String directory,
    Instant began,
    long modifiedMillis,
    Optional<Summary> summary,
    String problem) {
  /** The newest first; of the groups of one run, the one that ended last. */
  static final Comparator<EndedRun> NEWEST_FIRST =
      Comparator.comparing(EndedRun::began)
          .thenComparingLong(EndedRun::modifiedMillis)
          .thenComparing(EndedRun::directory)
          .reversed();

  private static final int MOST_NAMES = 100;
  private static final int MOST_TEXT = 2_000;
  private static final int MOST_GATES = 20;
  private static final String BY_RULES = "held";

  /**
   * The part of a report that a list of runs has.
   *
   * @param published the names of the first partitions that the run has published
   * @param publishedCount how many it has published
   * @param held the names of the first partitions that are held
   * @param heldCount how many are held
   * @param gates why they are: the rules that have fired, or {@code quarantined}, each with how
   *     many partitions it holds; the first ones
   * @param before how many partitions were published before
   * @param seconds of all stages
   * @param nights the newest partitions of which the report says how they compare with others
   */
  record Summary(
      RunReport.Start start,
      RunReport.Ending ending,
      RunReport.Rows rows,
      List<String> published,
      int publishedCount,
      List<String> held,
      int heldCount,
      Map<String, Integer> gates,
      int before,
      double seconds,
      List<Night> nights) {
    static Summary of(RunReport report) {
      RunReport.Ending ending = report.ending();
      List<Partition> published = report.partitions().ofRun();
      List<Partition> held = report.partitions().held();
      return new Summary(
          report.start(),
          new RunReport.Ending(
              ending.outcome(), ending.exitCode(), cut(ending.message()), ending.groupsLeft()),
          report.rows(),
          names(published),
          published.size(),
          names(held),
          held.size(),
          gates(held),
          report.partitions().before(),
          Math.round(report.seconds().values().stream().mapToDouble(each -> each).sum() * 1000)
              / 1000.0,
          nights(report));
    }

    private static List<Night> nights(RunReport report) {
      Set<Partition> published = Set.copyOf(report.partitions().ofRun());
      return report.partitions().scored().stream()
          .filter(partition -> partition.drift().isPresent())
          .sorted(Comparator.comparing(Partition::path, PartitionValue.ORDER.reversed()))
          .limit(MOST_NAMES)
          .map(one -> Night.of(one, published.contains(one), one.drift().get()))
          .toList();
    }

    private static Map<String, Integer> gates(List<Partition> held) {
      Map<String, Integer> gates = new LinkedHashMap<>();
      for (Partition partition : held) {
        gates(partition)
            .filter(gate -> gates.containsKey(gate) || gates.size() < MOST_GATES)
            .forEach(gate -> gates.merge(gate, 1, Integer::sum));
      }

      return gates;
    }

    private static Stream<String> gates(Partition held) {
      Stream<String> rules =
          held.drift().stream()
              .flatMap(drift -> drift.verdicts().stream())
              .filter(Verdict::holds)
              .map(Verdict::rule);
      Stream<String> others =
          held.hold().map(Hold::outcome).filter(outcome -> !outcome.equals(BY_RULES)).stream();
      return Stream.concat(others, rules).map(Summary::cut).distinct();
    }

    private static String cut(String text) {
      return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "...";
    }

    private static List<String> names(List<Partition> partitions) {
      return partitions.stream().limit(MOST_NAMES).map(Partition::path).toList();
    }
  }

  static EndedRun of(String directory, long modifiedMillis, RunReport report) {
    Instant began;
    try {
      began = Instant.parse(report.start().startedAt());
    } catch (DateTimeException e) {
      began = Instant.ofEpochMilli(modifiedMillis);
    }

    return new EndedRun(directory, began, modifiedMillis, Optional.of(Summary.of(report)), "");
  }

  static EndedRun unreadable(String directory, long modifiedMillis, String problem) {
    Instant changed = Instant.ofEpochMilli(modifiedMillis);
    return new EndedRun(directory, changed, modifiedMillis, Optional.empty(), problem);
  }

  /** Returns whether the run has this id, which others may have too. */
  boolean hasId(String id) {
    return summary.filter(known -> known.start().run().equals(id)).isPresent();
  }

  /** Returns the newest partitions of which the report says how they compare with others. */
  List<Night> nights() {
    return summary.map(Summary::nights).orElse(List.of());
  }

  /** Returns whether the run may have compared other partitions, too. */
  boolean hasOtherNights() {
    return summary
        .filter(known -> known.publishedCount() + known.heldCount() > MOST_NAMES)
        .isPresent();
  }

  /** Returns whether the run, or this group of it, has published a partition. */
  boolean hasPublished() {
    return summary.filter(known -> known.publishedCount() > 0).isPresent();
  }
}
