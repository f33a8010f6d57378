package io.paritree.spark.run;

import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.output.PartitionValue;
import io.paritree.spark.files.Encryption;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.Input;
import io.paritree.spark.input.InputCheck;
import io.paritree.spark.input.InputPartition;
import io.paritree.spark.input.InputProblems;
import io.paritree.spark.lookup.IndexedRows;
import io.paritree.spark.lookup.UnusableRowsException;
import io.paritree.spark.output.CarriedColumns;
import io.paritree.spark.output.Challengers;
import io.paritree.spark.output.Output;
import io.paritree.spark.output.OutputCheck;
import io.paritree.spark.output.OutputColumns;
import io.paritree.spark.output.OutputPartition;
import io.paritree.spark.output.Remarks;
import io.paritree.spark.report.Progress;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.score.Quarantine;
import io.paritree.spark.score.StatedPartition;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.ChallengerScores;
import io.paritree.spark.settings.JobSettings.DriftMode;
import io.paritree.spark.settings.JobSettings.LookupIndex;
import io.paritree.spark.settings.JobSettings.Repeat;
import io.paritree.store.FileStore;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Checks the input and output of a run before its first task.
 *
 * <p>The constructor checks without Spark. If all partitions are published already with the same
 * identity, that is enough, because their input and options are the same as when they were checked.
 * Otherwise {@link #check} checks the files themselves.
 */
public final class JobCheck {
  private final JobSettings settings;
  private final ScoringModel model;
  private final Challengers challengers;
  private final OutputColumns columns;
  private final FileStore inputStore;
  private final Input listing;
  private final List<InputPartition> selected;
  private final List<String> encryption;
  private final boolean hasSecrets;
  private final Output output;
  private final List<OutputPartition> targets = new ArrayList<>();
  private final List<OutputPartition> open = new ArrayList<>();
  private final List<String> problems;
  private final List<String> notes = new ArrayList<>();

  /**
   * Compares the input with the output. Problems are kept for {@link #check}.
   *
   * @param challengers other models that were opened
   * @param hadoopSettings Spark's settings for Hadoop's clients
   * @param problems the problems of the input
   */
  public JobCheck(
      JobSettings settings,
      ScoringModel model,
      Challengers challengers,
      Input input,
      Output output,
      Map<String, String> hadoopSettings,
      List<String> problems)
      throws IOException {
    this.settings = settings;
    this.problems = problems;
    this.model = model;
    this.output = output;
    this.encryption = Encryption.identity(hadoopSettings);
    this.hasSecrets = !encryption.isEmpty();
    Encryption.clearTextProblem(hadoopSettings, clearTexts()).ifPresent(problems::add);
    this.listing = input;
    this.inputStore = FileStore.of(listing.root().orElse(output.place().output()), hadoopSettings);
    this.selected = settings.input().partitions().choose(listing, problems);
    this.challengers = challengers;
    this.columns = OutputColumns.of(model, settings, challengers);
    new NameCheck(settings, problems).check(columns, carried(), partitionColumns(), model.schema());
    settings
        .columns()
        .explanation()
        .ifPresent(asked -> new ExplanationCheck(model, columns, problems).check(asked));
    OutputCheck outputCheck = new OutputCheck(output.place(), problems);
    if (outputCheck.checkApart(listing, inputStore)) {
      addTargets();
      output.check(targets, outputCheck, notes);
    }

    listing.remark(selected).ifPresent(notes::add);
    Remarks.onBeside(beside()).ifPresent(notes::add);

    if (!problems.isEmpty()) {
      return;
    }

    boolean isAgain = settings.conditions().repeat() == Repeat.PUBLISHED_AGAIN;
    List<Boolean> published =
        settings
            .output()
            .calls()
            .answers(
                targets,
                target -> !isAgain && output.isPublished(target.partition(), target.identity()));
    for (int one = 0; one < targets.size(); one++) {
      if (!published.get(one)) {
        open.add(targets.get(one));
      }
    }
  }

  /** Returns the options that keep in the clear what rows have. */
  private List<String> clearTexts() {
    List<String> asked = new ArrayList<>();
    JobSettings.Drift drift = settings.drift();
    if (drift.mode() == DriftMode.REPORT || drift.mode() == DriftMode.GATE) {
      asked.add("--drift " + drift.mode().name().toLowerCase(Locale.ROOT));
    }

    if (!drift.more().isEmpty()) {
      asked.add("--rule");
    }

    if (!settings.challengers().models().isEmpty()) {
      asked.add("--challenger");
    }

    if (settings.files().lookupIndex() == LookupIndex.BUILT) {
      asked.add("--lookup-index");
    }

    return asked;
  }

  /** Returns the partitions of the output that are none of an input that is read whole. */
  private List<String> beside() {
    boolean isAll =
        settings.input().partitions().requested().isEmpty()
            && settings.input().partitions().range().isEmpty()
            && settings.output().partition().isEmpty();
    if (!isAll || !problems.isEmpty()) {
      return List.of();
    }

    return output.beside(Output.names(targets));
  }

  /** Returns messages for the user before anything is scored, each a line. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** Returns whether everything that was requested is published already. */
  public boolean isNothingToDo() {
    return problems.isEmpty() && !targets.isEmpty() && open.isEmpty();
  }

  public Input listing() {
    return listing;
  }

  /** Returns the partitions of the input that are asked for. */
  public List<InputPartition> selected() {
    return selected;
  }

  public OutputColumns columns() {
    return columns;
  }

  public Output output() {
    return output;
  }

  public List<String> alreadyPublished() {
    Set<String> published = new LinkedHashSet<>(Output.names(targets));
    published.removeAll(Set.copyOf(Output.names(open)));
    return List.copyOf(published);
  }

  /**
   * Checks the files of the selected partitions, and that the rows which are made of them can be
   * rows of the output.
   *
   * @param files of the model
   * @param fitting the challengers that can score; those for which the input is not fit are left
   *     out
   * @param progress receives how many files were read, in the interval of the settings
   * @throws RefusedException with all problems
   */
  public CheckedRun check(
      SparkSession session, ModelFiles files, Challengers fitting, PrintStream progress)
      throws RefusedException, IOException {
    InputCheck check = inputCheck();
    fitting.all().forEach(one -> check.add(one.name(), one.model().schema()));
    CheckedInput input = checkFiles(check, session, progress);
    CarriedColumns carried = CarriedColumns.of(settings, input);
    StructType rows = columns.schema(carried.columns(), model, settings.runId());
    checkFiles(session, input, carried, rows);
    output.checkRows(rows, targets, open, partitionColumns(), problems);
    return new CheckedRun(
        settings,
        files,
        model,
        columns,
        inputStore,
        input,
        carried,
        rows,
        hasSecrets,
        output,
        fitting.without(check.unfit()),
        open,
        alreadyPublished());
  }

  private InputCheck inputCheck() {
    return new InputCheck(
        settings.input().format(),
        listing,
        model.schema(),
        List.copyOf(new LinkedHashSet<>(carried())),
        settings.output().partition().stream().map(PartitionValue::column).toList(),
        settings.output().calls(),
        problems);
  }

  @SuppressWarnings("try") // the display prints by itself until it is closed
  private CheckedInput checkFiles(InputCheck check, SparkSession session, PrintStream progress)
      throws RefusedException {
    int files = selected.stream().mapToInt(partition -> partition.files().size()).sum();
    AtomicInteger read = new AtomicInteger();
    CheckedInput checked;
    try (Progress display =
        new Progress(
            progress,
            settings.reporting().progress(),
            () -> "check: %s of %s files read".formatted(read, files))) {
      checked = check.check(selected, session, read::incrementAndGet);
    }

    listing.checkRequested(settings.input().partitions(), session, problems);
    InputProblems.refuse(problems);
    return checked;
  }

  /** Checks that the run's files can be indexed, and encrypted as Hadoop's settings say. */
  private void checkFiles(
      SparkSession session, CheckedInput input, CarriedColumns carried, StructType rows)
      throws RefusedException, IOException {
    ParquetWriters scored = ParquetWriters.of(session, rows);
    if (settings.files().lookupIndex() == LookupIndex.BUILT) {
      checkLookup(scored, carried.keys());
      output.checkLookup(problems);
    }

    boolean isEncrypted =
        Encryption.check(
            scored,
            ParquetWriters.of(session, Quarantine.schema(input.columns()))
                .withAllColumnsEncrypted(),
            output.place().state(),
            problems);
    if (isEncrypted) {
      output.checkEncryption(problems);
    }

    InputProblems.refuse(problems);
  }

  /** Refuses keys and other columns that an index cannot have. */
  private void checkLookup(ParquetWriters scored, List<String> keys) {
    if (keys.isEmpty()) {
      problems.add(
          "--lookup-index cannot be used: all keys %s are partition columns, so that all rows of a"
                  .formatted(settings.columns().keys())
              + " partition have the same key");
      return;
    }

    try {
      IndexedRows.form(scored.columns(), keys, columns.scored().scores());
    } catch (UnusableRowsException e) {
      problems.add("--lookup-index cannot be used: " + e.getMessage());
    }
  }

  public List<String> partitionColumns() {
    return settings.output().partition().isEmpty()
        ? listing.partitionColumns()
        : settings.output().partition().stream().map(PartitionValue::column).toList();
  }

  private List<String> carried() {
    List<String> carried = new ArrayList<>(settings.columns().keys());
    carried.addAll(settings.columns().pass());
    return carried;
  }

  private void addTargets() throws IOException {
    if (settings.output().partitionPath().isPresent()) {
      targets.add(target(settings.output().partitionPath().get(), selected));
      StatedPartition.problem(settings.output().partition(), selected).ifPresent(problems::add);
      return;
    }

    // A partition has values, which several directories may have.
    Map<String, List<InputPartition>> sources = new LinkedHashMap<>();
    for (InputPartition partition : selected) {
      String path = PartitionValue.canonical(partition.path());
      sources.computeIfAbsent(path, name -> new ArrayList<>()).add(partition);
    }

    output.look(List.copyOf(sources.keySet()));
    for (Map.Entry<String, List<InputPartition>> target : sources.entrySet()) {
      targets.add(target(target.getKey(), target.getValue()));
    }
  }

  private OutputPartition target(String partition, List<InputPartition> sources)
      throws IOException {
    List<String> more = new ArrayList<>(encryption);
    if (settings.challengers().scores() == ChallengerScores.WRITTEN) {
      challengers
          .all()
          .forEach(one -> more.add("challenger %s %s".formatted(one.name(), one.model().digest())));
    }

    more.addAll(listing.identity());
    if (sources.stream().anyMatch(source -> PartitionValue.isReadOtherwiseBySpark(source.path()))) {
      more.add("names in UTF-8"); // earlier versions read them as Spark does
    }

    String identity = OutputPartition.identity(partition, sources, model.digest(), settings, more);
    return new OutputPartition(partition, sources, identity, output.token(partition));
  }
}
