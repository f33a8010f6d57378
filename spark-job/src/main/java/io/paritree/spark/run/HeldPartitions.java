package io.paritree.spark.run;

import io.paritree.output.RunReport.Hold;
import io.paritree.spark.insight.drift.PartitionDrift;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.task.RowCounts;
import io.paritree.spark.task.Tally;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The partitions of a group that were scored and must not be published, each with its reason. The
 * others are published without them.
 *
 * @param holds why, by the partitions
 */
record HeldPartitions(Map<String, Hold> holds) {
  static final HeldPartitions NONE = new HeldPartitions(Map.of());
  private static final int MAX_SHOWN = 20;

  /** Returns the partitions of whose rows a larger share could not be scored. */
  static HeldPartitions of(double maxQuarantined, Tally tally) {
    Map<String, Hold> holds = new TreeMap<>();
    tally
        .counts()
        .forEach(
            (partition, count) -> {
              if (count.rows().quarantinedShare() > maxQuarantined) {
                holds.put(
                    partition,
                    new Hold(
                        Outcome.QUARANTINED.word(),
                        "%s could not be scored, more than --max-quarantined %s; by code: %s"
                            .formatted(
                                share(count.rows(), "rows"), maxQuarantined, count.codes())));
              }
            });
    return new HeldPartitions(holds);
  }

  /** Returns these partitions and those that gates hold, which may be the same. */
  HeldPartitions withGates(Map<String, PartitionDrift> drifts) {
    Map<String, Hold> all = new TreeMap<>(holds);
    drifts.forEach(
        (partition, drift) ->
            drift
                .held()
                .ifPresent(
                    reason ->
                        all.merge(
                            partition,
                            new Hold(Outcome.HELD.word(), reason),
                            (quarantined, gate) ->
                                new Hold(
                                    quarantined.outcome(),
                                    quarantined.reason() + "; " + gate.reason()))));
    return new HeldPartitions(all);
  }

  /** Returns how many of the rows were quarantined, in words. */
  static String share(RowCounts count, String rows) {
    return "%s of %s %s (%s %%)"
        .formatted(
            count.quarantined(),
            count.read(),
            rows,
            Math.round(count.quarantinedShare() * 10_000) / 100.0);
  }

  boolean isEmpty() {
    return holds.isEmpty();
  }

  /** Returns how a run ends that holds these partitions. */
  Outcome outcome() {
    boolean isQuarantined =
        holds.values().stream().anyMatch(hold -> hold.outcome().equals(Outcome.QUARANTINED.word()));
    return isQuarantined ? Outcome.QUARANTINED : Outcome.HELD;
  }

  Optional<Hold> of(String partition) {
    return Optional.ofNullable(holds.get(partition));
  }

  /**
   * Says which partitions are held and why.
   *
   * @param scored how many partitions the group has
   * @param ending what else there is to say at the end; may be empty
   */
  String message(int scored, String ending) {
    StringBuilder text = new StringBuilder("Cannot publish");
    if (holds.containsKey("")) {
      text.append(": ").append(holds.get("").reason());
    } else {
      text.append(" %s of %s partitions of this group:".formatted(holds.size(), scored));
      holds.entrySet().stream()
          .limit(MAX_SHOWN)
          .forEach(
              held ->
                  text.append("\n  - %s: %s".formatted(held.getKey(), held.getValue().reason())));
      if (holds.size() > MAX_SHOWN) {
        text.append("\n  - and %s more".formatted(holds.size() - MAX_SHOWN));
      }
    }

    return text.append(ending).toString();
  }
}
