package io.paritree.spark.run;

import io.paritree.output.RunDrift;
import io.paritree.profile.Profile;
import io.paritree.spark.insight.drift.DriftRules;
import io.paritree.spark.insight.drift.GroupDrift;
import io.paritree.spark.insight.drift.PartitionDrift;
import io.paritree.spark.output.OutputPartition;
import io.paritree.spark.report.RunQuality;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares a group with the reference and with earlier partitions, and holds what differs too much
 * if that is asked for. Not thread-safe.
 */
final class DriftGate {
  private final CheckedRun checked;
  private final DriftRules rules;
  private final GroupDrift comparison;
  private Map<String, PartitionDrift> drifts = Map.of();

  private DriftGate(CheckedRun checked, DriftRules rules, GroupDrift comparison) {
    this.checked = checked;
    this.rules = rules;
    this.comparison = comparison;
  }

  /** Returns the gate of a group. */
  static DriftGate of(CheckedRun checked, DriftRules rules) {
    Optional<Profile> reference = checked.model().card().reference();
    String digest = checked.model().digest();
    return new DriftGate(checked, rules, GroupDrift.of(rules, digest, reference, checked.output()));
  }

  /**
   * Compares the partitions.
   *
   * @param held the partitions that are held for other reasons
   * @return these, and those that the gate holds
   */
  HeldPartitions compare(Map<String, Profile> profiles, HeldPartitions held) throws IOException {
    boolean isGate = checked.settings().drift().isGate();
    drifts =
        comparison.compare(
            profiles,
            (partition, drift) ->
                held.of(partition).isEmpty() && !(isGate && drift.held().isPresent()));
    return isGate ? held.withGates(drifts) : held;
  }

  /** Returns how each partition differs from others. */
  Map<String, PartitionDrift> drifts() {
    return drifts;
  }

  /** Returns all that was compared, to be stored beside the report of the run. */
  RunDrift result() {
    return new RunDrift(
        drifts.entrySet().stream()
            .map(
                one ->
                    new RunDrift.Partition(
                        one.getKey(),
                        Optional.of(one.getValue().profile()),
                        one.getValue().drifts(),
                        one.getValue().verdicts()))
            .toList());
  }

  /** Adds all partitions to what the run reports elsewhere. */
  void addTo(RunQuality quality) {
    quality.begin(checked.fieldsByImportance(), rules.rules());
    drifts.forEach(
        (partition, drift) ->
            quality.add(
                new RunQuality.Compared(
                    partition, drift.profile(), drift.drifts(), drift.verdicts())));
  }

  /** Stores the profiles of partitions that are about to be published. */
  void keepProfiles(List<OutputPartition> targets) throws IOException {
    checked
        .place()
        .calls()
        .each(
            targets,
            target -> {
              String partition = target.partition();
              comparison.keep(partition, target.identity(), drifts.get(partition).profile());
            });
  }
}
