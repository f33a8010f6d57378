package io.paritree.spark.run;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.InputProblems;
import io.paritree.spark.output.OutputPartition;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.Publisher;
import io.paritree.spark.publish.Step;
import io.paritree.spark.report.JobException;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.settings.JobSettings.DriftMode;
import io.paritree.spark.settings.JobSettings.Duplicates;
import io.paritree.spark.settings.JobSettings.LookupIndex;
import io.paritree.spark.settings.JobSettings.Withheld;
import io.paritree.spark.task.Tally;
import io.paritree.store.Location;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Verifies what a group has scored, and finds out which of its partitions may be published. Used
 * once.
 */
final class GroupVerification {
  private final RunParts parts;
  private final CheckedRun checked;
  private final Publisher.Run run;
  private final Tally tally;
  private final GroupReport report;

  /**
   * @param tally what tasks have counted
   * @param report receives what is found
   */
  GroupVerification(
      RunParts parts, CheckedRun checked, Publisher.Run run, Tally tally, GroupReport report) {
    this.parts = parts;
    this.checked = checked;
    this.run = run;
    this.tally = tally;
    this.report = report;
  }

  /** Stages and verifies what was scored; returns the partitions that are not held. */
  List<PreparedPartition> prepared(GroupScoring scoring, Staging staging)
      throws JobException, IOException {
    staging.keepQuarantine();
    InputProblems.refuse(List.copyOf(tally.unreadable()));
    staging.stage(scoring.writers());
    parts.observer().reached(Step.STAGED);

    new ReadCheck(parts.session(), checked, tally).check();
    Instant scoredAt = Instant.now();
    Configuration hadoop = HadoopPaths.settings(parts.session());
    report.verified(staging.verify(hadoop, scoredAt));
    if (!parts.settings().challengers().models().isEmpty()) {
      compareModels(hadoop);
    }

    HeldPartitions held = HeldPartitions.of(parts.settings().conditions().maxQuarantined(), tally);
    Optional<DriftGate> gate = Optional.empty();
    if (checked.drift() != DriftMode.OFF) {
      gate = Optional.of(DriftGate.of(checked, parts.rules()));
      held = gate.get().compare(GroupProfiles.asked(checked).of(tally), held);
      report.compared(gate.get().drifts(), gate.get().result());
      gate.get().addTo(parts.quality());
    }

    List<OutputPartition> targets = notHeld(held, staging);
    parts.stages().end("verify");
    if (targets.isEmpty()) {
      return List.of();
    }

    complete(targets, scoring, staging, scoredAt);
    if (gate.isPresent()) {
      gate.get().keepProfiles(targets);
    }

    parts.observer().reached(Step.VERIFIED);

    List<PreparedPartition> prepared = new ArrayList<>();
    for (OutputPartition target : targets) {
      prepared.add(new PreparedPartition(target.partition(), target.identity(), target.before()));
    }

    return prepared;
  }

  private void compareModels(Configuration hadoop) throws JobException, IOException {
    GroupChallengers challengers =
        GroupChallengers.of(checked, tally, Instant.parse(parts.startedAt()));
    report.compared(challengers);
    challengers.check(checked);
  }

  /** Counts keys and builds indexes of what will be published. */
  private void complete(
      List<OutputPartition> targets, GroupScoring scoring, Staging staging, Instant scoredAt)
      throws JobException, IOException {
    List<Location> files =
        targets.stream().flatMap(target -> staging.staged(target).stream()).toList();
    long repeated = scoring.keys().repeated(run.directory(), files, tally);
    report.keysCounted(repeated);
    checkKeys(repeated);
    parts.stages().end("keys");
    if (parts.settings().files().lookupIndex() == LookupIndex.BUILT) {
      scoring.buildIndexes(
          staging.indexed(targets, scoredAt), staging.quarantined(), run.directory());
      parts.stages().end(JobReport.INDEX_STAGE);
    }
  }

  /**
   * Returns the partitions that may be published, and removes what was written of the others.
   *
   * @throws JobException if a partition is held, and with it its group
   */
  private List<OutputPartition> notHeld(HeldPartitions held, Staging staging)
      throws JobException, IOException {
    report.held(held);
    if (!held.isEmpty() && parts.settings().conditions().withheld() == Withheld.ITS_GROUP) {
      throw new JobException(
          held.outcome(),
          report.heldMessage() + "; with --all-or-nothing, nothing of the group is published",
          null);
    }

    for (OutputPartition target : checked.open()) {
      if (held.of(target.partition()).isPresent()) {
        staging.remove(target);
      }
    }

    return checked.open().stream().filter(target -> held.of(target.partition()).isEmpty()).toList();
  }

  private void checkKeys(long repeated) throws RefusedException {
    if (parts.settings().conditions().duplicates() == Duplicates.REFUSED && repeated > 0) {
      throw new RefusedException(
          "Cannot publish: %s rows repeat a key %s of their partition, and --unique-keys is set"
              .formatted(repeated, parts.settings().columns().keys()));
    }
  }
}
