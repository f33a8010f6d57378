package io.paritree.spark.run;

import io.paritree.feature.Feature;
import io.paritree.model.ScoringModel;
import io.paritree.output.DataFile;
import io.paritree.output.DriftFiles;
import io.paritree.output.RunDrift;
import io.paritree.output.RunReport.FaultyRows;
import io.paritree.output.RunReport.Partition;
import io.paritree.output.RunReport.Start;
import io.paritree.output.StateDirectory;
import io.paritree.profile.ScoreHistogram;
import io.paritree.spark.insight.drift.PartitionDrift;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.report.ComparedChallenger;
import io.paritree.spark.report.JobException;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.report.ReportFile;
import io.paritree.spark.report.Stages;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.task.Tally;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Makes reports on the run from the facts about a group that are known so far. Not thread-safe. */
final class GroupReport {
  /** Of larger groups, a report has only partitions that differ too much. */
  private static final int MOST_DRIFTS = 500;

  private final String startedAt;
  private final Stages stages;
  private final CheckedRun checked;
  private final Tally tally;
  private final int groupsLeft;
  private boolean isKept;
  private Optional<RunDirectory> directory = Optional.empty();
  private List<Partition> partitions = List.of();
  private HeldPartitions held = HeldPartitions.NONE;
  private Optional<RunDrift> drift = Optional.empty();
  private Optional<GroupChallengers> challengers = Optional.empty();
  private double scoringSeconds;
  private long repeatedKeys = JobReport.NOT_COUNTED;

  /**
   * @param tally the results of the rows; may still grow
   * @param groupsLeft how many groups of the run follow this one
   */
  GroupReport(String startedAt, Stages stages, CheckedRun checked, Tally tally, int groupsLeft) {
    this.startedAt = startedAt;
    this.stages = stages;
    this.checked = checked;
    this.tally = tally;
    this.groupsLeft = groupsLeft;
  }

  /** Returns where the report is once the run has ended; empty if none is stored. */
  Optional<Location> record() {
    return directory.filter(own -> isKept).map(RunDirectory::keptAtEnd);
  }

  /** Sets the directory of the group; a sample has none. */
  void begun(RunDirectory own) {
    directory = Optional.of(own);
  }

  void scored(double seconds) {
    scoringSeconds = seconds;
  }

  /** Sets the partitions, which are now staged and verified. */
  void verified(List<Partition> staged) {
    partitions = List.copyOf(staged);
  }

  /** Sets which partitions are held; the others are published without them. */
  void held(HeldPartitions partitionsHeld) {
    held = partitionsHeld;
    partitions =
        partitions.stream().map(one -> held.of(one.path()).map(one::held).orElse(one)).toList();
  }

  /**
   * Sets how the rows of the partitions differ from others.
   *
   * @param stored beside the report
   */
  void compared(Map<String, PartitionDrift> drifts, RunDrift stored) {
    drift = Optional.of(stored);
    partitions =
        partitions.stream()
            .map(
                one -> {
                  PartitionDrift own = drifts.get(one.path());
                  boolean isShown = drifts.size() <= MOST_DRIFTS || own.held().isPresent();
                  return isShown
                      ? one.compared(own.reported(checked.settings().drift().accepted()))
                      : one;
                })
            .toList();
  }

  /** Sets how other models compare with the one that scored. */
  void compared(GroupChallengers others) {
    challengers = Optional.of(others);
  }

  /** Returns whether partitions are published although rules have fired for them. */
  boolean hasAccepted() {
    return partitions.stream()
        .flatMap(partition -> partition.drift().stream())
        .anyMatch(reported -> !reported.accepted().isEmpty());
  }

  String heldMessage() {
    if (held.isEmpty()) {
      return "";
    }

    String ending =
        held.outcome() == Outcome.HELD
            ? "; to publish all the same: --accept-gates \"reason\""
            : "; the rows are kept in " + quarantine();
    return held.message(partitions.size(), ending);
  }

  void keysCounted(long repeated) {
    repeatedKeys = repeated;
  }

  /** Returns the report on a sample, for which nothing was written. */
  JobReport sampled(String message) {
    return report(Outcome.CHECKED, message, List.of(), List.of(), groupsLeft);
  }

  /**
   * Returns the report on a run that published these partitions. Others are held; another run
   * published the rest.
   */
  JobReport published(List<String> moved) {
    Set<String> names = Set.copyOf(moved);
    List<Partition> own =
        partitions.stream().filter(partition -> names.contains(partition.path())).toList();
    if (held.isEmpty()) {
      Outcome outcome = own.isEmpty() ? Outcome.ALREADY_PUBLISHED : Outcome.PUBLISHED;
      return report(outcome, "", own, List.of(), groupsLeft);
    }

    List<Partition> others = partitions.stream().filter(one -> one.hold().isPresent()).toList();
    return report(held.outcome(), heldMessage(), own, others, groupsLeft);
  }

  /** Returns the files of each partition, by their paths below the output. */
  Map<String, List<DataFile>> filesByPartition() {
    Map<String, List<DataFile>> files = new HashMap<>();
    for (Partition partition : partitions) {
      String above = partition.path().isEmpty() ? "" : partition.path() + "/";
      files.put(
          partition.path(), partition.files().stream().map(file -> file.below(above)).toList());
    }

    return files;
  }

  /** Stores the report on a run that is about to publish these partitions. */
  void keepPublished(List<String> moving) throws IOException {
    keep(published(moving));
  }

  /**
   * Stores the report on a run that publishes nothing. The caller throws the reason, to which a
   * failure to store the report is added.
   */
  void keepFailure(Exception reason) {
    try {
      if (checked.place().store().find(directory.orElseThrow().location()).isPresent()) {
        keep(failure(reason));
      }
    } catch (IOException | RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  /** Returns the report on a run that ends at this group and publishes nothing of it. */
  JobReport failure(Exception reason) {
    Outcome outcome = reason instanceof JobException known ? known.outcome() : Outcome.FAILED;
    return report(outcome, String.valueOf(reason.getMessage()), List.of(), partitions, 0);
  }

  private void keep(JobReport report) throws IOException {
    checked
        .place()
        .store()
        .replace(
            directory.orElseThrow().kept().resolve(StateDirectory.REPORT), ReportFile.json(report));
    isKept = true;
    if (drift.isPresent()) {
      DriftFiles.write(
          checked.place().store(), directory.orElseThrow().kept(), drift.get().partitions());
    }

    keepComparisons(report.challengers());
  }

  private void keepComparisons(List<ComparedChallenger> all) throws IOException {
    for (ComparedChallenger one : all) {
      if (one.comparison().isPresent()) {
        checked
            .place()
            .store()
            .replace(
                directory.orElseThrow().kept().resolve(one.reported().file()),
                one.comparison().get().toJson());
      }
    }
  }

  private List<ComparedChallenger> challengers() {
    return challengers.map(all -> all.reported(checked)).orElse(List.of());
  }

  /** Returns where quarantined rows are once the run has ended; empty if there are none. */
  String quarantine() {
    return tally.quarantined().isEmpty()
        ? ""
        : directory
            .map(own -> own.keptAtEnd().resolve(StateDirectory.QUARANTINE).toString())
            .orElse("");
  }

  private JobReport report(
      Outcome outcome,
      String message,
      List<Partition> published,
      List<Partition> others,
      int groupsToCome) {
    ScoringModel model = checked.model();
    JobSettings settings = checked.settings();
    int width = model.schema().width();
    return new JobReport(
        new Start(
            settings.runId(),
            startedAt,
            Optional.of(CheckedRun.modelOf(model, settings)),
            checked.input().listing().shown(),
            checked.input().listing().version(),
            checked.place().output().toString()),
        outcome,
        message,
        groupsToCome,
        new JobReport.Partitions(published, others, before(published, others)),
        new JobReport.Quarantine(tally.codes(), faults(), quarantine()),
        new JobReport.Values(
            byFeature(tally.missing(width)),
            byFeature(tally.unseen(width)),
            // The first rows of a file are not like all.
            outcome == Outcome.CHECKED ? 0 : tally.rows().read(),
            model.card().reference()),
        repeatedKeys,
        // Values that may be encrypted in the output must not be readable here.
        checked.hasSecrets() ? new ScoreHistogram() : tally.scores(),
        new JobReport.Times(stages.seconds(), scoringSeconds),
        challengers());
  }

  private List<FaultyRows> faults() {
    List<FaultyRows> all = new ArrayList<>();
    tally
        .faults()
        .forEach(
            (field, codes) ->
                codes.forEach(
                    (code, rows) ->
                        all.add(
                            new FaultyRows(field, code, rows, tally.examples().of(field, code)))));
    return all;
  }

  private Map<String, Long> byFeature(long[] bySlot) {
    Map<String, Long> byFeature = new LinkedHashMap<>();
    List<Feature> features = checked.model().schema().features();
    for (int slot = 0; slot < bySlot.length; slot++) {
      byFeature.put(features.get(slot).name(), bySlot[slot]);
    }

    return byFeature;
  }

  /** Returns the partitions that were published before, or meanwhile by another run. */
  private List<String> before(List<Partition> published, List<Partition> others) {
    Set<Partition> reported = new HashSet<>(published);
    reported.addAll(others);
    return Stream.concat(
            checked.alreadyPublished().stream(),
            partitions.stream()
                .filter(partition -> !reported.contains(partition))
                .map(Partition::path))
        .toList();
  }
}
