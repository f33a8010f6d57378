package io.paritree.spark.run;

import io.paritree.model.ScoringModel;
import io.paritree.spark.input.InputProblems;
import io.paritree.spark.insight.drift.KeptProfiles;
import io.paritree.spark.output.Output;
import io.paritree.spark.publish.ConflictException;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.Publisher;
import io.paritree.spark.publish.RunName;
import io.paritree.spark.publish.Step;
import io.paritree.spark.report.FailedException;
import io.paritree.spark.report.JobException;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.report.Stages;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.task.RowCounts;
import io.paritree.spark.task.Tally;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Scores, verifies and publishes the groups of a run, one after the other. Not thread-safe. */
final class GroupRun {
  private final RunParts parts;
  private final JobSettings settings;
  private final Stages stages;
  private RunName name;
  private Optional<JobReport> failure = Optional.empty();
  private Optional<Location> record = Optional.empty();

  GroupRun(RunParts parts) {
    this.parts = parts;
    this.settings = parts.settings();
    this.stages = parts.stages();
    this.name = RunName.first(settings.runId());
  }

  /**
   * Scores the open partitions, which are the next group, and publishes them, except for those that
   * are held.
   *
   * @param groupsLeft how many groups of the run follow this one
   */
  JobReport run(CheckedRun checked, int groupsLeft) throws JobException, IOException {
    Tally tally = GroupProfiles.asked(checked).none();
    GroupReport report = new GroupReport(parts.startedAt(), stages, checked, tally, groupsLeft);
    try (Publisher.Run run = checked.output().runs().begin(name)) {
      report.begun(run.directory());
      parts.observer().reached(Step.STAGING_MADE);
      try {
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
    KeptProfiles.tidy(output, partitions, parts.progress());
  }

  /** Scores some rows of the first file that has any, and writes nothing. */
  JobReport sample(CheckedRun checked) throws JobException, IOException {
    Tally tally = new GroupProfiles(checked, false).none();
    scoring(checked).sample(tally);
    InputProblems.refuse(List.copyOf(tally.unreadable()));
    return new GroupReport(parts.startedAt(), stages, checked, tally, 0).sampled(sampled(tally));
  }

  private GroupScoring scoring(CheckedRun checked) throws IOException {
    return new GroupScoring(parts.session(), parts.observer(), parts.progress(), checked);
  }

  private JobReport publish(CheckedRun asked, Publisher.Run run, Tally tally, GroupReport report)
      throws JobException, IOException {
    CheckedRun checked =
        new ScoringTries(parts.session(), parts.observer(), parts.progress(), stages)
            .score(asked, run.directory(), tally);
    GroupScoring scoring = scoring(checked);

    report.scored(stages.end("score"));
    parts.observer().reached(Step.SCORED);

    Staging staging = new Staging(checked, run.directory(), tally);
    List<PreparedPartition> prepared;
    try {
      prepared =
          new GroupVerification(parts, checked, run, tally, report).prepared(scoring, staging);
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
      return report.published(published);
    } catch (ConflictException e) {
      staging.remove();
      throw new JobException(Outcome.OVERTAKEN, e.getMessage(), e);
    } finally {
      StopSignal.published();
    }
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
