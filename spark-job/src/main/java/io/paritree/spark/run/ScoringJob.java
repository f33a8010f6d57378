package io.paritree.spark.run;

import io.paritree.ModelException;
import io.paritree.model.ModelFiles;
import io.paritree.model.ModelMemory;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.output.PartitionValue;
import io.paritree.output.RunReport.Start;
import io.paritree.rule.RuleException;
import io.paritree.spark.input.DirectoryInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.Input;
import io.paritree.spark.input.LocalUmask;
import io.paritree.spark.input.TableInput;
import io.paritree.spark.insight.drift.DriftRules;
import io.paritree.spark.insight.drift.KeptProfiles;
import io.paritree.spark.output.Challengers;
import io.paritree.spark.output.DirectoryOutput;
import io.paritree.spark.output.Output;
import io.paritree.spark.output.OutputPartition;
import io.paritree.spark.output.TableOutput;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.JobException;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.report.Lineage;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.report.RunQuality;
import io.paritree.spark.report.Stages;
import io.paritree.spark.report.UsageException;
import io.paritree.spark.score.OpenModels;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.DriftMode;
import io.paritree.spark.settings.JobSettings.Mode;
import io.paritree.spark.tables.CatalogTable;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.task.KryoClasses;
import io.paritree.spark.versions.SparkVersion;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/**
 * One run: checks the input, scores the partitions that are not published yet, publishes them.
 *
 * <p>An instance is for one call of {@link #run}.
 */
final class ScoringJob {
  private static final String EXECUTOR_MEMORY = "spark.executor.memory";

  private final JobSettings settings;
  private final SparkOnDemand spark;
  private final StepObserver observer;
  private final PrintStream progress;
  private final String startedAt;
  private final Stages stages = new Stages(System::nanoTime);
  private Optional<ScoringModel> opened = Optional.empty();
  private Optional<JobReport> failure = Optional.empty();
  private Optional<Location> record = Optional.empty();
  private Optional<Lineage> lineage = Optional.empty();
  private final RunQuality quality = new RunQuality();
  private String inputVersion = "";
  private Optional<Output> output = Optional.empty();
  private Optional<String> notice = Optional.empty();

  /**
   * @param spark runs the job's tasks; the job uses its own session
   * @param progress receives the progress of the run, and warnings
   */
  ScoringJob(
      JobSettings settings,
      SparkOnDemand spark,
      StepObserver observer,
      PrintStream progress,
      Clock clock) {
    this.settings = settings;
    this.spark = spark;
    this.observer = observer;
    this.progress = progress;
    this.startedAt = clock.instant().toString();
  }

  /**
   * Runs.
   *
   * @return the report; its outcome is not a success if partitions are held
   * @throws JobException if the run ended at a group that was not published, for a reason the
   *     operator can act on; the groups before it stay published
   * @throws ModelException if the model is refused
   */
  JobReport run() throws JobException, ModelException, IOException {
    SparkVersion version = SparkVersion.running();
    if (version.refusal().isPresent()) {
      throw new RefusedException(version.refusal().get());
    }

    version.warning().ifPresent(progress::println);
    Map<String, String> hadoop = spark.hadoopSettings();
    ModelFiles files = ModelFiles.read(reference(settings.model(), hadoop), hadoop);
    ScoringModel model = Opening.open(files, settings.engine());
    opened = Optional.of(model);
    OpenModels.remember(model, settings.engine());
    stages.end("model");
    observer.reached(Step.MODEL_OPENED);
    DriftRules rules = rules(model);
    Challengers challengers = challengers(hadoop);

    List<String> problems = new ArrayList<>();
    Output target = output(model); // first: what others publish from now on is a conflict
    Input source = input(model, hadoop, problems);
    JobCheck check = new JobCheck(settings, model, challengers, source, target, hadoop, problems);
    check.notes().forEach(progress::println);
    LineageFacts facts = new LineageFacts(settings, model, check);
    lineage = Optional.of(facts.listed());
    if (check.isNothingToDo() && settings.mode() == Mode.SCORE) {
      stages.end("check");
      observer.reached(Step.INPUT_CHECKED);
      tidy(target, check);
      return nothingToDo(check);
    }

    StopSignal.check();
    SparkSession session = session(model);
    Optional<String> kryo = KryoClasses.problem();
    if (kryo.isPresent()) {
      throw new RefusedException("Cannot score: " + kryo.get());
    }

    challengers = checkExecutors(session, files, challengers);
    stages.end("spark");
    CheckedRun checked = check.check(session, files, challengers, progress);
    checked.challengers().check(settings.challengers().absence());
    lineage = Optional.of(facts.checked(checked));
    stages.end("check");
    observer.reached(Step.INPUT_CHECKED);

    StopSignal.check();
    GroupRun group =
        new GroupRun(
            new RunParts(settings, rules, session, observer, progress, startedAt, stages, quality));
    if (settings.mode() == Mode.DRY_RUN) {
      return group.sample(checked);
    }

    if (checked.open().isEmpty()) {
      tidy(target, check);
      return nothingToDo(check);
    }

    List<JobReport> reports = new ArrayList<>();
    List<List<OutputPartition>> groups = groups(checked.open());
    try {
      for (List<OutputPartition> targets : groups) {
        StopSignal.check();
        JobReport report = group.run(checked.withOpen(targets), groups.size() - reports.size() - 1);
        reports.add(report);
        if (report.exitCode() != 0) {
          progress.println(report.message());
        }
      }
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      group.failure().ifPresent(reports::add);
      failure = Optional.of(reports).filter(any -> !any.isEmpty()).map(JobReport::total);
      throw e;
    } finally {
      record = group.record();
      group.removeOldRuns(target, Output.names(checked.open()));
      target.recover();
    }

    return JobReport.total(reports);
  }

  private DriftRules rules(ScoringModel model) throws UsageException {
    try {
      return settings.drift().mode() == DriftMode.OFF
          ? new DriftRules(List.of())
          : DriftRules.of(settings.drift(), model);
    } catch (RuleException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  private SparkSession session(ScoringModel model) throws IOException {
    if (notice.isEmpty()) {
      notice = Optional.of(Accelerator.notice(spark.session().sparkContext().getConf()));
      notice.filter(text -> !text.isEmpty()).ifPresent(progress::println);
    }

    SparkSession session =
        JobSession.of(spark.session(), model.schema().width() + settings.columns().keys().size());
    if (!settings.output().isNamed()
        && FileStore.located(settings.output().name(), spark.hadoopSettings()).isLocal()) {
      Optional<String> umask = LocalUmask.of(HadoopPaths.settings(session));
      if (umask.isPresent()) {
        session.conf().set(LocalUmask.SETTING, umask.get());
      }
    }

    return session;
  }

  private Input input(ScoringModel model, Map<String, String> hadoop, List<String> problems)
      throws RefusedException, IOException {
    JobSettings.Input asked = settings.input();
    if (asked.table().isEmpty()) {
      Location path = FileStore.located(asked.path(), hadoop);
      return DirectoryInput.read(
          FileStore.of(path, hadoop), settings.output().calls(), path, problems);
    }

    PinnedTable table = asked.tableFormat().input(session(model), asked.table().get());
    if (table instanceof CatalogTable) {
      progress.println(
          ("Table %s is read as Spark reads it: that all of its rows were read cannot be checked,"
                  + " and the same run publishes again, since another read may find other rows")
              .formatted(table.shown()));
    }

    inputVersion = table.version();
    return TableInput.of(table, asked.partitions(), problems);
  }

  private Output output(ScoringModel model) throws RefusedException, IOException {
    Map<String, String> hadoop = spark.hadoopSettings();
    output =
        Optional.of(
            settings.output().table().isPresent()
                ? TableOutput.of(settings, session(model), hadoop, observer, progress)
                : DirectoryOutput.of(settings, hadoop, observer, progress));
    return output.get();
  }

  /** Returns where the output is; empty if it is a table whose name was not looked up. */
  private Optional<String> outputLocation() {
    return output
        .map(known -> HadoopPaths.of(known.place().output()).toString()) // with its scheme
        .or(
            () ->
                Optional.of(settings.output().directory())
                    .filter(any -> !settings.output().isNamed()));
  }

  /**
   * Returns the model's reference, with Hadoop's meaning of a path without a scheme, as for input
   * and output.
   */
  static String reference(String asked, Map<String, String> hadoop) throws IOException {
    Location location = FileStore.located(asked, hadoop);
    return location.isLocal() ? asked : location.toString();
  }

  private Challengers challengers(Map<String, String> hadoop) throws JobException {
    if (settings.mode() != Mode.SCORE) {
      return Challengers.NONE;
    }

    Challengers opened = ChallengerModels.open(settings, hadoop);
    opened.check(settings.challengers().absence());
    return opened;
  }

  /**
   * Keeps a record of the run, which has ended, unless its last group has kept its own report. A
   * failure is printed. A dry run writes nothing.
   *
   * @return the directory of the record; empty if there is none
   */
  Optional<Location> keepRecord(JobReport report) {
    return settings.mode() != Mode.SCORE || record.isPresent()
        ? record
        : RunRecord.keep(settings, outputLocation(), spark.hadoopSettings(), report, progress);
  }

  /** Returns what the run reads and writes; empty if it ended before that was known. */
  Optional<Lineage> lineage() {
    return lineage;
  }

  /** Returns what the run has found out about its rows. */
  RunQuality quality() {
    return quality;
  }

  /** Returns the challengers for which executors have the heap, too. */
  private static Challengers checkExecutors(
      SparkSession session, ModelFiles files, Challengers challengers) throws ModelException {
    if (session.sparkContext().isLocal()) {
      return challengers;
    }

    long heap = session.sparkContext().conf().getSizeAsBytes(EXECUTOR_MEMORY, "1g");
    ModelMemory.checkExecutor(files, heap, EXECUTOR_MEMORY);
    return ChallengerModels.fitting(challengers, files, heap, EXECUTOR_MEMORY);
  }

  /** Returns the report on a run that failed at a group, which is the last group in the report. */
  Optional<JobReport> failure() {
    return failure;
  }

  /** Returns the open partitions group by group, in the order of the grouping column's values. */
  private List<List<OutputPartition>> groups(List<OutputPartition> open) {
    Map<String, List<OutputPartition>> groups =
        open.stream()
            .collect(Collectors.groupingBy(this::group, TreeMap::new, Collectors.toList()));
    return List.copyOf(groups.values());
  }

  private String group(OutputPartition target) {
    return PartitionValue.ofPath(target.partition()).stream()
        .filter(value -> value.column().equals(settings.input().groupBy()))
        .map(PartitionValue::value)
        .findFirst()
        .orElse("");
  }

  private void tidy(Output target, JobCheck check) {
    target.runs().tidy();
    KeptProfiles.tidy(target, check.alreadyPublished(), progress);
  }

  private JobReport nothingToDo(JobCheck check) {
    return ended(
        Outcome.ALREADY_PUBLISHED,
        "",
        check.listing().shown(),
        check.output().place().output().toString(),
        check.alreadyPublished());
  }

  /** Returns the report on a run that has failed before it scored anything. */
  JobReport ended(Outcome outcome, String reason) {
    return ended(outcome, reason, settings.input().name(), settings.output().name(), List.of());
  }

  private JobReport ended(
      Outcome outcome, String message, String input, String output, List<String> published) {
    Start run =
        new Start(
            settings.runId(),
            startedAt,
            opened.map(model -> CheckedRun.modelOf(model, settings)),
            input,
            inputVersion,
            output);
    return JobReport.ofNoRows(run, outcome, message, published, stages.seconds());
  }
}
