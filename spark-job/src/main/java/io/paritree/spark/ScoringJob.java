package io.paritree.spark;

import io.paritree.ModelException;
import io.paritree.feature.Field;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.spark.JobSettings.Foreign;
import io.paritree.spark.JobSettings.Mode;
import io.paritree.spark.JobSettings.Repeat;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.InputCheck;
import io.paritree.spark.input.InputListing;
import io.paritree.spark.input.InputPartition;
import io.paritree.spark.input.PartitionValue;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.Publisher;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.report.Stages;
import io.paritree.spark.rows.OpenModels;
import io.paritree.spark.rows.Quarantine;
import io.paritree.spark.rows.ScoreHistogram;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * One run: checks the input, scores the partitions that are not published yet, publishes them.
 *
 * <p>For one call of {@link #run}.
 */
final class ScoringJob {
  private final JobSettings settings;
  private final SparkSession spark;
  private final StepObserver observer;
  private final PrintStream progress;
  private final String startedAt;
  private final Stages stages = new Stages(System::nanoTime);

  /**
   * @param spark gives the job its tasks; the job works in a session of its own
   * @param progress is told how far the run is
   */
  ScoringJob(
      JobSettings settings,
      SparkSession spark,
      StepObserver observer,
      PrintStream progress,
      Clock clock) {
    this.settings = settings;
    this.spark = spark;
    this.observer = observer;
    this.progress = progress;
    this.startedAt = clock.instant().toString();
  }

  /** What a run needs to know about its model, input and output once all is checked. */
  record Checked(
      ModelFiles files,
      ScoringModel model,
      OutputColumns columns,
      CheckedInput input,
      OutputPlace place,
      List<Target> open,
      int alreadyPublished) {

    /** Returns the same for some of the open partitions. */
    Checked withOpen(List<Target> group) {
      return new Checked(files, model, columns, input, place, group, alreadyPublished);
    }
  }

  /**
   * Runs.
   *
   * @throws JobException if nothing was published, for a reason the operator can act on
   * @throws ModelException if the model is refused
   */
  JobReport run() throws JobException, ModelException, IOException {
    ModelFiles files = ModelFiles.read(settings.model());
    ScoringModel model = ScoringModel.open(files, settings.engine());
    OpenModels.remember(model, settings.engine());
    stages.end("model");
    observer.reached(Step.MODEL_OPENED);

    SparkSession session = JobSession.of(spark, model.schema().width() + settings.keys().size());
    Checked checked = check(session, files, model);
    stages.end("check");
    observer.reached(Step.INPUT_CHECKED);

    GroupRun group = new GroupRun(settings, session, observer, progress, startedAt, stages);
    if (settings.mode() == Mode.DRY_RUN) {
      return group.sample(checked);
    }

    if (checked.open().isEmpty()) {
      tidy(checked.place());
      return nothingToDo(checked);
    }

    List<JobReport> reports = new ArrayList<>();
    for (List<Target> targets : groups(checked.open())) {
      reports.add(group.run(checked.withOpen(targets)));
    }

    return JobReport.total(reports);
  }

  /** Returns the open partitions group by group, in the order of the grouping column's values. */
  private List<List<Target>> groups(List<Target> open) {
    Map<String, List<Target>> groups = new TreeMap<>();
    for (Target target : open) {
      String group =
          PartitionValue.ofPath(target.partition()).stream()
              .filter(value -> value.column().equals(settings.groupBy()))
              .map(PartitionValue::value)
              .findFirst()
              .orElse("");
      groups.computeIfAbsent(group, name -> new ArrayList<>()).add(target);
    }

    return List.copyOf(groups.values());
  }

  private Checked check(SparkSession session, ModelFiles files, ScoringModel model)
      throws RefusedException, IOException {
    List<String> problems = new ArrayList<>();
    Configuration hadoop = session.sessionState().newHadoopConf();
    Location input = Location.of(settings.input());
    Location output = Location.of(settings.output());
    if (output.name().isEmpty()) {
      throw new RefusedException(
          "Output refused: %s is a root, and needs a directory beside it".formatted(output));
    }

    FileStore inputStore = FileStore.of(input, hadoopSettings());
    OutputPlace place = new OutputPlace(FileStore.of(output, hadoopSettings()), output);
    InputListing listing = InputListing.read(inputStore, input, problems);
    List<InputPartition> selected = settings.partitions().choose(listing, problems);

    OutputColumns columns = OutputColumns.of(model, settings.margin());
    checkNames(listing, columns, model, problems);
    Set<String> carried = new LinkedHashSet<>(settings.keys());
    carried.addAll(settings.pass());
    CheckedInput checked =
        new InputCheck(
                settings.inputFormat(), listing, model.schema(), List.copyOf(carried), problems)
            .check(selected, hadoop, session.sessionState().conf());

    OutputCheck outputCheck = new OutputCheck(place, problems);
    List<Target> targets = new ArrayList<>();
    if (outputCheck.checkApart(listing, inputStore)) {
      targets.addAll(targets(selected, model, place));
      if (settings.foreign() == Foreign.REFUSED) {
        outputCheck.checkOurs(targets);
      }
    }

    if (!problems.isEmpty()) {
      throw new RefusedException(InputCheck.message(problems));
    }

    List<Target> open = new ArrayList<>();
    for (Target target : targets) {
      if (settings.repeat() == Repeat.PUBLISHED_AGAIN
          || !place.isPublished(target.partition(), target.identity())) {
        open.add(target);
      }
    }

    return new Checked(files, model, columns, checked, place, open, targets.size() - open.size());
  }

  /** Returns Spark's settings for Hadoop's clients, which its own files need not have. */
  private Map<String, String> hadoopSettings() {
    Map<String, String> settings = new java.util.HashMap<>();
    for (scala.Tuple2<String, String> setting :
        spark.sparkContext().getConf().getAllWithPrefix("spark.hadoop.")) {
      settings.put(setting._1(), setting._2());
    }

    return settings;
  }

  private List<Target> targets(List<InputPartition> selected, ScoringModel model, OutputPlace place)
      throws IOException {
    List<Target> targets = new ArrayList<>();
    if (settings.outputPartitionPath().isPresent()) {
      String partition = settings.outputPartitionPath().get();
      targets.add(target(partition, selected, model, place));
      return targets;
    }

    for (InputPartition partition : selected) {
      targets.add(target(partition.path(), List.of(partition), model, place));
    }

    return targets;
  }

  private Target target(
      String partition, List<InputPartition> sources, ScoringModel model, OutputPlace place)
      throws IOException {
    String identity = Target.identity(partition, sources, model.digest(), settings);
    return new Target(partition, sources, identity, place.token(partition));
  }

  /** Refuses names that would stand twice in the output or in the quarantine. */
  private void checkNames(
      InputListing listing, OutputColumns columns, ScoringModel model, List<String> problems) {
    Set<String> own = new HashSet<>(columns.names());
    Set<String> seen = new HashSet<>();
    List<String> carried = new ArrayList<>(settings.keys());
    carried.addAll(settings.pass());
    for (String name : carried) {
      if (own.contains(name)) {
        problems.add(
            "column '%s' is asked for as key or passed column, but the output has a column of this"
                    .formatted(name)
                + " name of its own");
      }

      if (!seen.add(name)) {
        problems.add(
            "column '%s' is asked for twice among keys and passed columns".formatted(name));
      }
    }

    List<String> partitionColumns =
        settings.outputPartition().isEmpty()
            ? listing.partitionColumns()
            : settings.outputPartition().stream().map(PartitionValue::column).toList();
    if (!settings.groupBy().isEmpty() && !partitionColumns.contains(settings.groupBy())) {
      problems.add(
          "column '%s' of --group-by is no partition column of the output; it has %s"
              .formatted(settings.groupBy(), partitionColumns));
    }

    for (String name : partitionColumns) {
      if (own.contains(name)) {
        problems.add(
            "partition column '%s' has the name of a column of the output".formatted(name));
      }

      if (!settings.outputPartition().isEmpty() && carried.contains(name)) {
        problems.add(
            "column '%s' is asked for as key or passed column, but is the output's partition"
                .formatted(name));
      }
    }

    Set<String> read = new LinkedHashSet<>(carried);
    model.schema().fields().stream().map(Field::column).forEach(read::add);
    for (String name : Quarantine.ADDED) {
      if (read.contains(name)) {
        problems.add(
            "column '%s' has the name of a column that the quarantine adds; rename it"
                .formatted(name));
      }
    }
  }

  /** Removes what dead runs have left; a run that has nothing else to do does not fail by it. */
  private void tidy(OutputPlace place) {
    try {
      new Publisher(place, settings.locks(), StepObserver.NONE).tidy();
    } catch (IOException e) {
      progress.println(
          "Cannot remove what dead runs have left in %s: %s".formatted(place.state(), e));
    }
  }

  private JobReport nothingToDo(Checked checked) {
    return new JobReport(
        settings.runId(),
        Outcome.ALREADY_PUBLISHED,
        0,
        "",
        startedAt,
        modelOf(checked.model(), settings),
        checked.input().listing().root().toString(),
        checked.place().output().toString(),
        List.of(),
        checked.alreadyPublished(),
        Map.of(),
        Map.of(),
        Map.of(),
        -1,
        new ScoreHistogram(),
        stages.seconds(),
        "");
  }

  static JobReport.Model modelOf(ScoringModel model, JobSettings settings) {
    return new JobReport.Model(
        model.name(),
        model.modelVersion(),
        model.digest(),
        settings.engine().name().toLowerCase(java.util.Locale.ROOT),
        model.sealed());
  }
}
