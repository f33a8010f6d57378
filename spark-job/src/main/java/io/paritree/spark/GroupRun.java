package io.paritree.spark;

import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.spark.JobSettings.Duplicates;
import io.paritree.spark.JobSettings.Order;
import io.paritree.spark.ScoringJob.Checked;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.publish.ConflictException;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.Publisher;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.report.JobReportWriter;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.report.PartitionReport;
import io.paritree.spark.report.Progress;
import io.paritree.spark.report.Stages;
import io.paritree.spark.rows.ParquetWriters;
import io.paritree.spark.rows.Quarantine;
import io.paritree.spark.rows.RepeatedHashes;
import io.paritree.spark.rows.Scan;
import io.paritree.spark.rows.ScoredFiles;
import io.paritree.spark.rows.TaskPlan;
import io.paritree.spark.rows.TaskResult;
import io.paritree.spark.rows.WrittenFile;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** Scores, verifies and publishes one group of partitions. */
final class GroupRun {
  private static final int SAMPLE_ROWS = 1_000;
  private static final int BYTES_PER_CSV_ROW = 20;

  private final JobSettings settings;
  private final SparkSession session;
  private final StepObserver observer;
  private final PrintStream progress;
  private final String startedAt;
  private final Stages stages;

  GroupRun(
      JobSettings settings,
      SparkSession session,
      StepObserver observer,
      PrintStream progress,
      String startedAt,
      Stages stages) {
    this.settings = settings;
    this.session = session;
    this.observer = observer;
    this.progress = progress;
    this.startedAt = startedAt;
    this.stages = stages;
  }

  /** Scores the open partitions and publishes them. */
  JobReport run(Checked checked) throws JobException, IOException {
    Publisher publisher = new Publisher(checked.place(), settings.locks(), observer);
    try (Publisher.Run run = publisher.begin(settings.runId())) {
      observer.reached(Step.STAGING_MADE);
      Attempt attempt = new Attempt(checked, run.directory());
      try {
        return attempt.publish(publisher, run);
      } catch (Exception e) { // Spark throws checked exceptions that it does not declare
        attempt.keepFailure(e);
        throw e;
      }
    } finally {
      removeOldRuns(checked.place());
    }
  }

  /** Removes reports that are too many; a run does not fail by it. */
  private void removeOldRuns(OutputPlace place) {
    try {
      place.removeOldRuns(settings.keptRuns());
    } catch (IOException e) {
      progress.println("Cannot remove old reports from %s: %s".formatted(place.runs(), e));
    }
  }

  /** Scores some rows of the first file, and writes nothing. */
  JobReport sample(Checked checked) throws JobException, IOException {
    Attempt attempt = new Attempt(checked, null);
    List<InputFile> first =
        checked.open().stream().flatMap(target -> target.files().stream()).limit(1).toList();
    attempt.score(first, SAMPLE_ROWS);
    return attempt.report(Outcome.CHECKED, 0, attempt.sampled(), List.of());
  }

  /** The work on the group, and what is known of it so far. */
  private final class Attempt {
    private final Checked checked;
    private final RunDirectory directory;
    private final ScoringModel model;
    private final CheckedInput input;
    private final Tally tally;
    private List<PartitionReport> partitions = List.of();
    private StructType outputSchema;
    private ParquetWriters writers;
    private int keyBuckets;
    private long duplicateKeys = -1;

    private Attempt(Checked checked, RunDirectory directory) {
      this.checked = checked;
      this.directory = directory;
      this.model = checked.model();
      this.input = checked.input();
      this.tally =
          new Tally(
              model.schema().width(), checked.open().stream().map(Target::partition).toList());
    }

    private JobReport publish(Publisher publisher, Publisher.Run run)
        throws JobException, IOException {
      score(files(), 0);
      stages.end("score");
      observer.reached(Step.SCORED);

      OutputPlace place = checked.place();
      Staging staging = new Staging(settings, model, place, directory, tally);
      staging.keepQuarantine();
      Map<String, List<WrittenFile>> staged = staging.stage(checked.open(), writers);
      observer.reached(Step.STAGED);

      Configuration hadoop = session.sessionState().newHadoopConf();
      checkCounts();
      partitions = staging.verify(checked.open(), staged, hadoop, Clock.systemUTC());
      checkGate();
      stages.end("verify");
      checkKeys(staged);
      stages.end("keys");
      observer.reached(Step.VERIFIED);

      List<PreparedPartition> prepared = new ArrayList<>();
      for (Target target : checked.open()) {
        prepared.add(new PreparedPartition(target.partition(), target.identity(), target.before()));
      }

      List<String> moved;
      try {
        moved = publisher.publish(run, prepared, moving -> keep(published(moving)));
      } catch (ConflictException e) {
        throw new OvertakenException(e.getMessage(), e);
      }

      stages.end("publish");
      return published(moved);
    }

    /** Returns the report on a run of which these partitions were not published by another one. */
    private JobReport published(List<String> moved) {
      List<PartitionReport> own =
          partitions.stream().filter(report -> moved.contains(report.partition())).toList();
      Outcome outcome = own.isEmpty() ? Outcome.ALREADY_PUBLISHED : Outcome.PUBLISHED;
      return report(outcome, 0, "", own);
    }

    private void score(List<InputFile> files, int sampleRows) throws IOException {
      List<ReadColumn> carried = carried();
      outputSchema = checked.columns().schema(carried, model, settings.runId());
      StructType quarantineSchema = Quarantine.schema(Scan.inOrder(input.columns()));
      List<String> distinct = new ArrayList<>(checked.columns().scores());
      distinct.addAll(checked.columns().margins());
      if (carriedKeys().size() == 1) {
        distinct.addAll(carriedKeys());
      }

      int open = Math.min(ScoredFiles.MAX_OPEN, checked.open().size());
      writers = ParquetWriters.of(session, outputSchema, distinct, settings.bytesPerFile(), open);
      ParquetWriters quarantineWriters =
          ParquetWriters.of(session, quarantineSchema, List.of(), Long.MAX_VALUE, 1);
      if (files.isEmpty()) {
        return;
      }

      keyBuckets = keyBuckets(files);
      TaskPlan plan = plan(carried, quarantineSchema, sampleRows);
      SparkContext spark = session.sparkContext();
      OptionalLong expected = input.rowsOf(files);
      JavaSparkContext context = new JavaSparkContext(spark);
      Broadcast<ModelFiles> broadcast = context.broadcast(checked.files());
      String name = directory == null ? "sample-" + settings.runId() : directory.name();
      try (Progress told = new Progress(progress, settings.progress(), expected)) {
        TaskWatch watch = new TaskWatch(name, told, observer);
        spark.addSparkListener(watch);
        context.setLocalProperty(TaskWatch.RUN, name);
        context.setJobDescription("score %s".formatted(name));
        try {
          List<TaskResult> results =
              new Scan(session, input, files).score(broadcast, plan, writers, quarantineWriters);
          results.forEach(tally::add);
        } finally {
          context.setLocalProperty(TaskWatch.RUN, null);
          spark.removeSparkListener(watch);
          broadcast.destroy();
        }
      }
    }

    private List<ReadColumn> carried() {
      List<ReadColumn> carried = new ArrayList<>();
      List<String> names = new ArrayList<>(settings.keys());
      names.addAll(settings.pass());
      for (String name : names) {
        ReadColumn column = input.column(name);
        // Where the output keeps the input's partitions, their values are its directory names.
        if (!column.isPartition() || !settings.outputPartition().isEmpty()) {
          carried.add(column);
        }
      }

      return carried;
    }

    private TaskPlan plan(List<ReadColumn> carried, StructType quarantine, int sampleRows) {
      ArrayList<ReadColumn> columns = Scan.inOrder(input.columns());
      int[] indexes = carried.stream().mapToInt(columns::indexOf).toArray();
      return new TaskPlan(
          HadoopPaths.of(input.listing().root()).toString(),
          directory == null ? "" : HadoopPaths.of(directory.tasks()).toString(),
          columns,
          indexes,
          settings.outputPartitionPath().orElse(null),
          outputSchema,
          quarantine,
          checked.columns().margins().size(),
          checked.columns().hasLabel(),
          model.modelVersion(),
          model.digest(),
          settings.engine(),
          settings.rowsPerFile(),
          settings.bytesPerFile(),
          settings.order() == Order.BY_KEYS ? carriedKeys().size() : 0,
          carriedKeys().size(),
          keyBuckets,
          sampleRows);
    }

    private List<InputFile> files() {
      return checked.open().stream().flatMap(target -> target.files().stream()).toList();
    }

    private void checkCounts() throws IOException {
      OptionalLong expected = input.rowsOf(files());
      if (expected.isPresent() && expected.getAsLong() != tally.read()) {
        throw new IOException(
            "Cannot publish: the input's footers say %s rows, but %s were read; the input has"
                    .formatted(expected.getAsLong(), tally.read())
                + " changed since the run began, or is damaged");
      }
    }

    private void checkGate() throws QuarantineException {
      if (tooManyQuarantined()) {
        throw new QuarantineException(
            ("Cannot publish: %s could not be scored, more than --max-quarantined %s; by code: %s;"
                    + " the rows are kept in %s")
                .formatted(
                    quarantinedOf("rows"), settings.maxQuarantined(), tally.codes(), quarantine()));
      }
    }

    private boolean tooManyQuarantined() {
      return share() > settings.maxQuarantined();
    }

    private double share() {
      return tally.read() == 0 ? 0 : (double) tally.quarantinedRows() / tally.read();
    }

    private String quarantinedOf(String rows) {
      return "%s of %s %s (%s %%)"
          .formatted(
              tally.quarantinedRows(), tally.read(), rows, Math.round(share() * 10_000) / 100.0);
    }

    private String sampled() {
      return quarantinedOf("sampled rows")
          + " could not be scored"
          + (tooManyQuarantined()
              ? "; a run with so many is refused (--max-quarantined %s)"
                  .formatted(settings.maxQuarantined())
              : "");
    }

    private void checkKeys(Map<String, List<WrittenFile>> staged) throws JobException {
      if (settings.duplicates() == Duplicates.ADMITTED) {
        return;
      }

      boolean anyMay = tally.scores().count() > 0 && (keyBuckets == 0 || repeatedHashes() > 0);
      DuplicateKeys exact = new DuplicateKeys(session, outputSchema, carriedKeys());
      duplicateKeys = anyMay ? exact.count(directory, staged.keySet()) : 0;
      if (settings.duplicates() == Duplicates.REFUSED && duplicateKeys > 0) {
        throw new RefusedException(
            "Cannot publish: %s rows repeat a key %s of their partition, and --unique-keys is set"
                .formatted(duplicateKeys, settings.keys()));
      }
    }

    /** Returns into how many buckets the hashes of the keys go; 0 if they are not hashed. */
    private int keyBuckets(List<InputFile> files) {
      List<DataType> types = new ArrayList<>();
      carriedKeys().forEach(key -> types.add(outputSchema.apply(key).dataType()));
      if (settings.duplicates() == Duplicates.ADMITTED || !RepeatedHashes.canHash(types)) {
        return 0;
      }

      long bytes = files.stream().mapToLong(InputFile::bytes).sum();
      return RepeatedHashes.buckets(input.rowsOf(files).orElse(bytes / BYTES_PER_CSV_ROW));
    }

    private long repeatedHashes() {
      List<String> hashed =
          tally.keys().stream()
              .map(file -> HadoopPaths.of(directory.tasks().resolve(file.path())).toString())
              .toList();
      long hashes = tally.keys().stream().mapToLong(WrittenFile::rows).sum();
      return new RepeatedHashes(hashed, keyBuckets, hashes).count(session);
    }

    /** Returns the keys that stand in the files; those of directory names are alike in all rows. */
    private List<String> carriedKeys() {
      return carried().stream().map(ReadColumn::name).filter(settings.keys()::contains).toList();
    }

    private String quarantine() {
      return directory == null || tally.quarantined().isEmpty()
          ? ""
          : directory.keptAtEnd().resolve("quarantine").toString();
    }

    private JobReport report(
        Outcome outcome, int exitCode, String message, List<PartitionReport> reported) {
      return new JobReport(
          settings.runId(),
          outcome,
          exitCode,
          message,
          startedAt,
          ScoringJob.modelOf(model, settings),
          input.listing().root().toString(),
          checked.place().output().toString(),
          reported,
          alreadyPublished(reported),
          tally.codes(),
          tally.missingByFeature(model),
          tally.unseenByFeature(model),
          duplicateKeys,
          tally.scores(),
          stages.seconds(),
          quarantine());
    }

    /** Returns the partitions that were published before, or meanwhile by another run. */
    private List<String> alreadyPublished(List<PartitionReport> own) {
      List<String> published = new ArrayList<>(checked.alreadyPublished());
      partitions.stream()
          .filter(partition -> !own.contains(partition))
          .map(PartitionReport::partition)
          .forEach(published::add);
      return published;
    }

    private void keep(JobReport report) throws IOException {
      checked
          .place()
          .store()
          .replace(directory.kept().resolve("report.json"), JobReportWriter.toJson(report));
    }

    /** Keeps a report on a run that publishes nothing; the reason is thrown by the caller. */
    private void keepFailure(Exception reason) {
      Outcome outcome = Outcome.FAILED;
      int exitCode = 1;
      if (reason instanceof JobException known) {
        exitCode = known.exitCode();
        outcome = reason instanceof QuarantineException ? Outcome.QUARANTINED : Outcome.OVERTAKEN;
      }

      try {
        if (checked.place().store().find(directory.location()).isPresent()) {
          keep(report(outcome, exitCode, String.valueOf(reason.getMessage()), partitions));
        }
      } catch (IOException | RuntimeException e) {
        reason.addSuppressed(e);
      }
    }
  }
}
