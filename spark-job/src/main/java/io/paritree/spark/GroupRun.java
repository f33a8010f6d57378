package io.paritree.spark;

import io.paritree.model.ScoringModel;
import io.paritree.spark.check.CheckedRun;
import io.paritree.spark.drift.DriftRules;
import io.paritree.spark.drift.KeptProfiles;
import io.paritree.spark.ending.FailedException;
import io.paritree.spark.ending.JobException;
import io.paritree.spark.ending.Outcome;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.InputProblems;
import io.paritree.spark.output.Output;
import io.paritree.spark.output.OutputPartition;
import io.paritree.spark.publish.ConflictException;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.Publisher;
import io.paritree.spark.publish.RunName;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.report.RunQuality;
import io.paritree.spark.report.Stages;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.DriftMode;
import io.paritree.spark.settings.JobSettings.Duplicates;
import io.paritree.spark.settings.JobSettings.LookupIndex;
import io.paritree.spark.settings.JobSettings.Withheld;
import io.paritree.spark.task.RowCounts;
import io.paritree.spark.task.Tally;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Scores, verifies and publishes the groups of a run, one after the other. Not thread-safe. */
final class GroupRun {
  private final JobSettings settings;
  private final DriftRules rules;
  private final SparkSession session;
  private final StepObserver observer;
  private final PrintStream progress;
  private final String startedAt;
  private final Stages stages;
  private final RunQuality quality;
  private final RunTables tables;
  private RunName name;
  private Optional<JobReport> failure = Optional.empty();
  private Optional<Location> record = Optional.empty();

  /**
   * @param quality receives what is found out about the rows
   */
  GroupRun(
      JobSettings settings,
      DriftRules rules,
      SparkSession session,
      StepObserver observer,
      PrintStream progress,
      String startedAt,
      Stages stages,
      RunQuality quality) {
    this.settings = settings;
    this.rules = rules;
    this.session = session;
    this.observer = observer;
    this.progress = progress;
    this.startedAt = startedAt;
    this.stages = stages;
    this.quality = quality;
    this.name = RunName.first(settings.runId());
    this.tables = new RunTables(name, settings, rules, session, progress, Instant.parse(startedAt));
  }

  /**
   * Scores the open partitions, which are the next group, and publishes them, except for those that
   * are held.
   *
   * @param groupsLeft how many groups of the run follow this one
   */
  JobReport run(CheckedRun checked, int groupsLeft) throws JobException, IOException {
    tables.writeLarge(); // of the groups before
    Tally tally = GroupProfiles.asked(checked).none();
    GroupReport report = new GroupReport(startedAt, stages, checked, tally, groupsLeft);
    try (Publisher.Run run = checked.output().runs().begin(name)) {
      report.begun(run.directory());
      observer.reached(Step.STAGING_MADE);
      try {
        checked.output().runs().claimState();
        return publish(checked, run, tally, report);
      } catch (Exception e) { // Spark throws checked exceptions that it does not declare
        Exception reason = StopSignal.reason(e);
        report.keepFailure(reason);
        if (reason instanceof FailedException known) {
          throw known;
        }

        throw e;
      }
    } catch (Exception e) {
      failure = Optional.of(report.failure(e));
      throw e;
    } finally {
      record = report.record();
      name = name.next();
    }
  }

  /** Returns the directory where the last group has stored its report; empty if it has not. */
  Optional<Location> record() {
    return record;
  }

  /**
   * Appends what was compared to the table of drift, if there is one.
   *
   * @return why a table could not be appended to, now or before; empty if all could
   */
  Optional<String> writeHistory() {
    return tables.write();
  }

  Optional<JobReport> failure() {
    return failure;
  }

  /**
   * Removes the oldest reports and quarantines beyond the number to keep, and unused indexes and
   * profiles.
   *
   * @param partitions that the run has scored
   */
  void removeOldRuns(Output output, List<String> partitions) {
    output.runs().removeOld(name, output);
    KeptProfiles.tidy(output, partitions, progress);
  }

  /** Scores some rows of the first file that has any, and writes nothing. */
  JobReport sample(CheckedRun checked) throws JobException, IOException {
    Tally tally = new GroupProfiles(checked, false).none();
    scoring(checked).sample(tally);
    checkReadable(tally);
    ScoringTries.checkRechecked(tally);
    return new GroupReport(startedAt, stages, checked, tally, 0).sampled(sampled(tally));
  }

  private GroupScoring scoring(CheckedRun checked) throws IOException {
    return new GroupScoring(session, observer, progress, checked);
  }

  private JobReport publish(CheckedRun asked, Publisher.Run run, Tally tally, GroupReport report)
      throws JobException, IOException {
    CheckedRun checked =
        new ScoringTries(session, observer, progress, stages).score(asked, run.directory(), tally);
    GroupScoring scoring = scoring(checked);

    report.scored(stages.end("score"));
    observer.reached(Step.SCORED);

    Staging staging = new Staging(checked, run.directory(), tally);
    List<PreparedPartition> prepared;
    try {
      prepared = prepare(checked, run, tally, report, scoring, staging);
      if (!prepared.isEmpty()) {
        StopSignal.publishing();
      }
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      staging.remove();
      throw e;
    }

    if (prepared.isEmpty()) {
      report.keepPublished(List.of());
      return report.published(List.of());
    }

    try {
      boolean isKept = tables.keepCompared(checked, run.directory(), tally);
      List<String> published =
          checked
              .output()
              .publish(
                  run,
                  prepared,
                  report.filesByPartition(),
                  metadata(checked.model(), report),
                  report::keepPublished);
      stages.end("publish");
      if (isKept) {
        tables.appendCompared(checked, run.directory(), tally, published);
      }

      return report.published(published);
    } catch (ConflictException e) {
      staging.remove();
      throw new JobException(Outcome.OVERTAKEN, e.getMessage(), e);
    } finally {
      StopSignal.published();
    }
  }

  /** Stages and verifies what was scored; returns the partitions that are not held. */
  private List<PreparedPartition> prepare(
      CheckedRun checked,
      Publisher.Run run,
      Tally tally,
      GroupReport report,
      GroupScoring scoring,
      Staging staging)
      throws JobException, IOException {
    ScoringTries.checkRechecked(tally);
    staging.keepQuarantine();
    checkReadable(tally);
    staging.stage(scoring.writers());
    observer.reached(Step.STAGED);

    new ReadCheck(session, checked, tally).check();
    Instant scoredAt = Instant.now();
    Configuration hadoop = HadoopPaths.settings(session);
    report.verified(staging.verify(hadoop, scoredAt));
    if (!settings.challengers().models().isEmpty()) {
      GroupChallengers challengers =
          GroupChallengers.of(checked, tally, Instant.parse(startedAt), hadoop);
      report.compared(challengers);
      challengers.remarks().forEach(progress::println);
      challengers.check(checked);
    }

    HeldPartitions held = HeldPartitions.of(settings.conditions().maxQuarantined(), tally);
    Optional<DriftGate> gate = Optional.empty();
    if (checked.drift() != DriftMode.OFF) {
      gate = Optional.of(DriftGate.of(checked, rules, hadoop));
      held = gate.get().compare(GroupProfiles.asked(checked).of(tally), held);
      report.compared(gate.get().drifts(), gate.get().result());
      gate.get().tell(quality);
      tables.history().ifPresent(gate.get()::tell);
    }

    List<OutputPartition> targets = notHeld(checked, held, staging, report);
    stages.end("verify");
    if (targets.isEmpty()) {
      return List.of();
    }

    List<Location> files =
        targets.stream().flatMap(target -> staging.staged(target).stream()).toList();
    long repeated = scoring.keys().repeated(run.directory(), files, tally);
    report.keysCounted(repeated);
    checkKeys(repeated);
    stages.end("keys");
    if (settings.files().lookupIndex() == LookupIndex.BUILT) {
      scoring.buildIndexes(
          staging.indexed(targets, scoredAt), staging.quarantined(), run.directory());
      stages.end("index");
    }

    if (gate.isPresent()) {
      gate.get().keepProfiles(targets);
    }

    observer.reached(Step.VERIFIED);

    List<PreparedPartition> prepared = new ArrayList<>();
    for (OutputPartition target : targets) {
      prepared.add(new PreparedPartition(target.partition(), target.identity(), target.before()));
    }

    return prepared;
  }

  private Map<String, String> metadata(ScoringModel model, GroupReport report) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("run", settings.runId());
    metadata.put("model", model.name());
    metadata.put("model_version", model.modelVersion());
    metadata.put("digest", model.digest());
    if (report.hasAccepted()) {
      metadata.put("accepted_gates", settings.drift().accepted());
    }

    return metadata;
  }

  private static void checkReadable(Tally tally) throws RefusedException {
    InputProblems.refuse(List.copyOf(tally.unreadable()));
  }

  /**
   * Returns the partitions that may be published, and removes what was written of the others.
   *
   * @throws JobException if a partition is held, and with it its group
   */
  private List<OutputPartition> notHeld(
      CheckedRun checked, HeldPartitions held, Staging staging, GroupReport report)
      throws JobException, IOException {
    report.held(held);
    if (!held.isEmpty() && settings.conditions().withheld() == Withheld.ITS_GROUP) {
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
    if (settings.conditions().duplicates() == Duplicates.REFUSED && repeated > 0) {
      throw new RefusedException(
          "Cannot publish: %s rows repeat a key %s of their partition, and --unique-keys is set"
              .formatted(repeated, settings.columns().keys()));
    }
  }

  private String sampled(Tally tally) {
    RowCounts total = tally.rows();
    return HeldPartitions.share(total, "sampled rows")
        + " could not be scored"
        + (total.quarantinedShare() > settings.conditions().maxQuarantined()
            ? "; a partition with this many is held (--max-quarantined %s)"
                .formatted(settings.conditions().maxQuarantined())
            : "");
  }
}
