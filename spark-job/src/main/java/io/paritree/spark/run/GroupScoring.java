package io.paritree.spark.run;

import io.paritree.comparison.ComparisonCounts;
import io.paritree.lookup.KeyForm;
import io.paritree.model.ModelFiles;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.input.InputProblems;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.input.SourceRoot;
import io.paritree.spark.lookup.IndexBuild;
import io.paritree.spark.lookup.IndexedPartition;
import io.paritree.spark.lookup.IndexedRows;
import io.paritree.spark.output.Challenger;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.Progress;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.report.TaskProgress;
import io.paritree.spark.score.KeyHashes;
import io.paritree.spark.score.Quarantine;
import io.paritree.spark.score.Scan;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.Order;
import io.paritree.spark.task.ChallengerTally;
import io.paritree.spark.task.Tally;
import io.paritree.spark.task.TaskPlan;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Runs the tasks of a group: makes their plan, and collects their results. */
final class GroupScoring {
  private static final int SAMPLE_ROWS = 1_000;

  private final SparkSession session;
  private final StepObserver observer;
  private final PrintStream progress;
  private final CheckedRun checked;
  private final CheckedInput input;
  private final StructType quarantine;
  private final ParquetWriters writers;
  private final KeyCheck keys;

  GroupScoring(
      SparkSession session, StepObserver observer, PrintStream progress, CheckedRun checked)
      throws IOException {
    this.session = session;
    this.observer = observer;
    this.progress = progress;
    this.checked = checked;
    this.input = checked.input();
    this.quarantine = Quarantine.schema(Scan.inOrder(input.columns()));
    List<String> keyColumns = checked.carried().keys();
    List<String> distinct = new ArrayList<>(checked.columns().distinct());
    if (keyColumns.size() == 1) {
      distinct.addAll(keyColumns);
    }

    JobSettings settings = checked.settings();
    this.writers =
        ParquetWriters.of(session, checked.rows(), distinct, settings.files().maxBytes())
            .withLastColumn(checked.model().modelVersion())
            .withFieldIds(checked.output().fieldIds());
    this.keys = new KeyCheck(session, checked);
  }

  /**
   * Builds the indexes of some of the group's partitions.
   *
   * @param quarantined the files of the group's rows that could not be scored
   * @throws RefusedException if a row is longer than readers of an index accept
   */
  void buildIndexes(
      List<IndexedPartition> partitions, List<Location> quarantined, RunDirectory directory)
      throws RefusedException, IOException {
    List<String> scores = checked.columns().scored().scores();
    KeyForm form = IndexedRows.form(writers.columns(), checked.carried().keys(), scores);
    List<String> problems =
        new IndexBuild(session, checked.place(), directory, form)
            .build(partitions, scores, quarantined);
    InputProblems.refuse(problems);
  }

  ParquetWriters writers() {
    return writers;
  }

  KeyCheck keys() {
    return keys;
  }

  /**
   * Scores all rows of the group.
   *
   * @param tally receives the results
   * @param planned is run once, when everything is planned and the tasks begin
   */
  void score(RunDirectory directory, Tally tally, Runnable planned) throws IOException {
    String tasks = HadoopPaths.of(directory.tasks()).toString();
    String scored =
        checked.output().taskFiles().map(HadoopPaths::of).map(Path::toString).orElse(null);
    String run = checked.output().fileNames(directory);
    score(directory.name(), checked.files(), plan(tasks, scored, run, 0), tally, planned);
  }

  /**
   * Scores some rows of the group's first file that has any, and writes nothing.
   *
   * @param tally receives the results
   */
  void sample(Tally tally) throws IOException {
    List<InputFile> sampled =
        checked.files().stream().filter(file -> !input.isEmpty(file)).limit(1).toList();
    TaskPlan plan = plan("", null, "", SAMPLE_ROWS);
    score("sample-" + checked.settings().runId(), sampled, plan, tally, () -> {});
  }

  private void score(
      String name, List<InputFile> files, TaskPlan plan, Tally tally, Runnable planned)
      throws IOException {
    runTasks(name, files, plan, tally, planned);
    for (TaskPlan.Challenger one : plan.challengers()) { // without a row there may be no task
      tally
          .challengers()
          .computeIfAbsent(
              one.name(), any -> new ChallengerTally(new ComparisonCounts(one.form())));
    }
  }

  @SuppressWarnings("try") // the display prints by itself until it is closed
  private void runTasks(
      String name, List<InputFile> files, TaskPlan plan, Tally tally, Runnable planned)
      throws IOException {
    if (files.isEmpty() && !input.listing().isOfRows()) {
      planned.run();
      return;
    }

    ParquetWriters quarantined = ParquetWriters.of(session, quarantine).withAllColumnsEncrypted();
    SparkContext spark = session.sparkContext();
    OptionalLong expected = input.rowsOf(files);
    JavaSparkContext context = new JavaSparkContext(spark);
    Broadcast<ModelFiles> model = context.broadcast(checked.modelFiles());
    ArrayList<Broadcast<ModelFiles>> challengers = new ArrayList<>();
    if (!plan.challengers().isEmpty()) {
      for (Challenger one : checked.challengers().all()) {
        challengers.add(context.broadcast(one.files()));
      }
    }

    TaskProgress tasks = new TaskProgress(expected);
    try (Progress display =
        new Progress(progress, checked.settings().reporting().progress(), tasks::line)) {
      TaskWatch watch = new TaskWatch(name, tasks, observer);
      spark.addSparkListener(watch);
      context.setLocalProperty(TaskWatch.RUN, name);
      context.setJobDescription("score %s".formatted(name));
      try {
        List<Tally> results =
            new Scan(session, input, files)
                .score(model, challengers, plan, writers, quarantined, planned);
        results.forEach(tally::add);
      } finally {
        context.setLocalProperty(TaskWatch.RUN, null);
        spark.removeSparkListener(watch);
        model.destroy();
        challengers.forEach(Broadcast::destroy);
      }
    }
  }

  private TaskPlan plan(String tasks, String table, String run, int sampleRows) throws IOException {
    JobSettings settings = checked.settings();
    SourceRoot root =
        input
            .listing()
            .sourceRoot(
                HadoopPaths.settings(session), input.selected(), new HashSet<>(checked.files()));
    ArrayList<ReadColumn> columns = Scan.inOrder(input.read());
    int[] indexes = checked.carried().columns().stream().mapToInt(columns::indexOf).toArray();
    ArrayList<Serializable> constants = new ArrayList<>();
    checked.columns().constants().forEach(constant -> constants.add(constant.value()));
    return new TaskPlan(
        new TaskPlan.Input(root, columns),
        new TaskPlan.Model(checked.model().digest(), settings.engine()),
        new TaskPlan.Output(
            indexes,
            settings.output().partitionPath().orElse(null),
            checked.rows(),
            quarantine,
            checked.columns().scored().margins().size(),
            checked.columns().scored().hasLabel(),
            settings.columns().explanation().orElse(null),
            constants),
        new TaskPlan.Files(
            tasks,
            table,
            run,
            settings.files().maxRows(),
            settings.files().maxBytes(),
            settings.files().order() == Order.BY_KEYS ? checked.carried().keys().size() : 0),
        new TaskPlan.Keys(
            checked.carried().keys().size(),
            keys.buckets(),
            checked.hasSecrets() ? KeyHashes.secret() : null),
        sampleRows == 0
            ? GroupProfiles.asked(checked).plan()
            : new GroupProfiles(checked, false).plan(),
        sampleRows == 0 ? GroupChallengers.plan(checked) : new ArrayList<>(),
        sampleRows);
  }
}
