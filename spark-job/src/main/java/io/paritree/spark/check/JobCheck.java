package io.paritree.spark.check;

import io.paritree.lookup.parquet.ScoredRows;
import io.paritree.lookup.parquet.UnusableRowsException;
import io.paritree.model.ScoringModel;
import io.paritree.output.PartitionValue;
import io.paritree.spark.commit.OutputTable;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.files.Encryption;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.InputCheck;
import io.paritree.spark.input.InputListing;
import io.paritree.spark.input.InputPartition;
import io.paritree.spark.publish.OutputLook;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.report.Progress;
import io.paritree.spark.rows.Quarantine;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.Foreign;
import io.paritree.spark.settings.JobSettings.LookupIndex;
import io.paritree.spark.settings.JobSettings.NonAtomic;
import io.paritree.spark.settings.JobSettings.Repeat;
import io.paritree.spark.tables.CatalogTable;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
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
  private final OutputColumns columns;
  private final FileStore inputStore;
  private final InputListing listing;
  private final List<InputPartition> selected;
  private final OutputPlace place;
  private final List<String> encryption;
  private final Optional<OutputTable> outputTable;
  private final List<OutputPartition> targets = new ArrayList<>();
  private final List<OutputPartition> open = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final OutputLook look;

  /**
   * Lists the input and compares it with the output. Problems are kept for {@link #check}.
   *
   * @param table the input, if it is a table
   * @param outputTable the output, if it is a table
   * @param hadoopSettings Spark's settings for Hadoop's clients
   * @throws RefusedException if the output is a root
   */
  public JobCheck(
      JobSettings settings,
      ScoringModel model,
      Optional<PinnedTable> table,
      Optional<OutputTable> outputTable,
      Map<String, String> hadoopSettings)
      throws RefusedException, IOException {
    this.settings = settings;
    this.model = model;
    this.outputTable = outputTable;
    String output = outputTable.map(OutputTable::location).orElse(settings.output().path());
    if (FileStore.located(output, hadoopSettings).isRoot()) {
      throw new RefusedException(
          "Output refused: %s is a root, but the output needs a directory next to it"
              .formatted(output));
    }

    this.encryption = Encryption.identity(hadoopSettings);
    this.place = OutputPlace.of(output, settings.output().stateDirectory(), hadoopSettings);
    this.look = place.look();
    if (table.isPresent()) {
      this.listing = listing(table.get());
      this.inputStore = FileStore.of(listing.root().orElse(place.output()), hadoopSettings);
    } else {
      Location input = FileStore.located(settings.input().path(), hadoopSettings);
      this.inputStore = FileStore.of(input, hadoopSettings);
      this.listing = InputListing.read(inputStore, input, problems);
    }

    this.selected = settings.input().partitions().choose(listing, problems);
    this.columns = OutputColumns.of(model, settings);
    new NameCheck(settings, problems).check(columns, carried(), partitionColumns(), model.schema());
    settings
        .columns()
        .explanation()
        .ifPresent(asked -> new ExplanationCheck(model, columns, problems).check(asked));
    OutputCheck outputCheck = new OutputCheck(place, problems);
    if (outputCheck.checkApart(listing, inputStore)) {
      addTargets();
      if (outputTable.isPresent()) {
        outputCheck.checkState(List.of());
        if (!outputTable.get().isThere()) {
          outputCheck.checkNoFiles();
        }
      } else {
        checkDirectory(outputCheck, new ForeignFiles(place, hadoopSettings));
      }
    }

    if (listing.table().isEmpty()) {
      Remarks.onNames(selected).ifPresent(notes::add);
    }

    Remarks.onBeside(beside()).ifPresent(notes::add);

    if (!problems.isEmpty()) {
      return;
    }

    for (OutputPartition target : targets) {
      if (settings.conditions().repeat() == Repeat.PUBLISHED_AGAIN || !isPublished(target)) {
        open.add(target);
      }
    }
  }

  private void checkDirectory(OutputCheck outputCheck, ForeignFiles foreign) throws IOException {
    outputCheck.checkState(targets);
    outputCheck.checkRenames(targets);
    if (settings.conditions().nonAtomic() == NonAtomic.REFUSED) {
      outputCheck.checkAtomic();
    }

    outputCheck.checkLayout(targets, look);
    if (settings.conditions().foreign() == Foreign.REFUSED) {
      outputCheck.checkOurs(targets, look, foreign);
    } else {
      outputCheck.checkColumns(targets);
      outputCheck.replaced(targets, look, foreign).ifPresent(notes::add);
    }
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

    return outputTable.isPresent()
        ? outputTable.get().beside(targets.stream().map(OutputPartition::partition).toList())
        : look.beside();
  }

  /** Returns what the user is to be told before anything is scored, each a line. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  private boolean isPublished(OutputPartition target) throws IOException {
    return outputTable.isPresent()
        ? outputTable.get().isPublished(target.partition(), target.identity())
        : look.isPublished(target.partition(), target.identity());
  }

  private InputListing listing(PinnedTable table) {
    return InputListing.of(
        table instanceof CatalogTable rows
            ? rows.where(settings.input().partitions().values(rows.partitionColumns(), problems))
            : table,
        problems);
  }

  /** Returns whether everything that was requested is published already. */
  public boolean isNothingToDo() {
    return problems.isEmpty() && !targets.isEmpty() && open.isEmpty();
  }

  public InputListing listing() {
    return listing;
  }

  /** Returns the partitions of the input that are asked for. */
  public List<InputPartition> selected() {
    return selected;
  }

  /** Returns the store that holds the input. */
  public FileStore inputStore() {
    return inputStore;
  }

  public OutputColumns columns() {
    return columns;
  }

  public OutputPlace place() {
    return place;
  }

  /** Returns the partitions to score. */
  public List<OutputPartition> open() {
    return List.copyOf(open);
  }

  /** Returns the partitions that are published already. */
  public List<String> alreadyPublished() {
    Set<String> published = new LinkedHashSet<>();
    targets.forEach(target -> published.add(target.partition()));
    open.forEach(target -> published.remove(target.partition()));
    return List.copyOf(published);
  }

  /**
   * Checks the files of the selected partitions.
   *
   * @param progress receives how many files were read, in the interval of the settings
   * @throws RefusedException with all problems
   */
  @SuppressWarnings("try") // the display prints by itself until it is closed
  public CheckedInput check(SparkSession session, PrintStream progress) throws RefusedException {
    int files = selected.stream().mapToInt(partition -> partition.files().size()).sum();
    AtomicInteger read = new AtomicInteger();
    InputCheck check =
        new InputCheck(
            settings.input().format(),
            listing,
            model.schema(),
            List.copyOf(new LinkedHashSet<>(carried())),
            settings.columns().comparison(),
            problems);
    CheckedInput checked;
    try (Progress display =
        new Progress(
            progress,
            settings.reporting().progress(),
            () -> "check: %s of %s files read".formatted(read, files))) {
      checked = check.check(selected, session, read::incrementAndGet);
    }

    if (listing.table().isPresent() && listing.table().get() instanceof CatalogTable rows) {
      settings.input().partitions().checkRows(rows, session, problems);
    }

    refuseProblems();
    return checked;
  }

  /**
   * Checks that the run's files can be encrypted as Hadoop's settings say.
   *
   * @return the names of the columns that are encrypted in the output
   * @throws RefusedException with all problems
   */
  public Set<String> checkEncryption(SparkSession session, CheckedInput input)
      throws RefusedException, IOException {
    CarriedColumns carried = CarriedColumns.of(settings, input);
    StructType output = columns.schema(carried.columns(), model, settings.runId());
    ParquetWriters scored = ParquetWriters.of(session, output);
    if (settings.files().lookupIndex() == LookupIndex.BUILT) {
      checkLookup(scored, carried.keys());
      outputTable.flatMap(OutputTable::lookupProblem).ifPresent(problems::add);
    }

    Set<String> encrypted =
        Encryption.check(
            scored,
            ParquetWriters.of(session, Quarantine.schema(input.columns()))
                .withAllColumnsEncrypted(),
            place.state(),
            problems);
    if (settings.files().lookupIndex() == LookupIndex.BUILT && !encrypted.isEmpty()) {
      problems.add(
          "--lookup-index cannot be used: columns %s of the output are encrypted, and an index is not"
              .formatted(encrypted));
    }

    if (!encrypted.isEmpty()) {
      outputTable.flatMap(OutputTable::encryptionProblem).ifPresent(problems::add);
    }

    refuseProblems();
    return encrypted;
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
      ScoredRows.form(scored.columns(), keys, columns.scores());
    } catch (UnusableRowsException e) {
      problems.add("--lookup-index cannot be used: " + e.getMessage());
    }
  }

  /**
   * Checks that the run's rows can be rows of the table that the output is, if need be with columns
   * that the commit of the rows adds.
   *
   * @param progress receives which rows are replaced that Paritree has not written
   * @throws RefusedException with all problems
   */
  public void checkTable(CheckedInput input, PrintStream progress)
      throws RefusedException, IOException {
    if (outputTable.isEmpty()) {
      return;
    }

    StructType output =
        columns.schema(CarriedColumns.of(settings, input).columns(), model, settings.runId());
    List<String> partitions = targets.stream().map(OutputPartition::partition).toList();
    List<StructField> added = outputTable.get().check(output, partitions, problems);
    refuseProblems();
    checkForeign(progress);
    outputTable.get().plan(output, added, partitionColumns(), problems);
    refuseProblems();
  }

  /** Refuses to replace rows of a table that Paritree has not written, or says which they are. */
  private void checkForeign(PrintStream progress) throws RefusedException, IOException {
    List<String> asked = open.stream().map(OutputPartition::partition).toList();
    List<String> foreign = outputTable.get().foreign(asked, place);
    if (foreign.isEmpty()) {
      return;
    }

    String rows =
        "%s rows%s, of which nothing says that Paritree has written them"
            .formatted(
                outputTable.get().rows(foreign),
                foreign.equals(List.of("")) ? "" : " in " + Remarks.shown(foreign));
    if (settings.conditions().foreign() == Foreign.REFUSED) {
      problems.add(
          "table %s has %s; choose other partitions or another table, or replace them with --replace-foreign"
              .formatted(settings.output().name(), rows));
    } else {
      progress.println(
          "--replace-foreign: table %s has %s; this run replaces them"
              .formatted(settings.output().name(), rows));
    }

    refuseProblems();
  }

  private void refuseProblems() throws RefusedException {
    if (!problems.isEmpty()) {
      throw new RefusedException(InputCheck.message(problems));
    }
  }

  /** Returns the partition columns of the output. */
  public List<String> partitionColumns() {
    return settings.output().partition().isEmpty()
        ? listing.partitionColumns()
        : settings.output().partition().stream().map(PartitionValue::column).toList();
  }

  /** Returns keys and passed columns. */
  private List<String> carried() {
    List<String> carried = new ArrayList<>(settings.columns().keys());
    carried.addAll(settings.columns().pass());
    return carried;
  }

  private void addTargets() throws IOException {
    if (settings.output().partitionPath().isPresent()) {
      targets.add(target(settings.output().partitionPath().get(), selected));
      return;
    }

    // A partition has values, which several directories may have.
    Map<String, List<InputPartition>> sources = new LinkedHashMap<>();
    for (InputPartition partition : selected) {
      String path = PartitionValue.canonical(partition.path());
      sources.computeIfAbsent(path, name -> new ArrayList<>()).add(partition);
    }

    for (Map.Entry<String, List<InputPartition>> target : sources.entrySet()) {
      targets.add(target(target.getKey(), target.getValue()));
    }
  }

  private OutputPartition target(String partition, List<InputPartition> sources)
      throws IOException {
    List<String> more = new ArrayList<>(encryption);
    listing.table().ifPresent(table -> more.add(table.identity()));
    if (sources.stream().anyMatch(source -> PartitionValue.isReadOtherwiseBySpark(source.path()))) {
      more.add("names in UTF-8"); // earlier versions read them as Spark does
    }

    String identity = OutputPartition.identity(partition, sources, model.digest(), settings, more);
    String before =
        outputTable.isPresent() ? outputTable.get().token(partition) : look.token(partition);
    return new OutputPartition(partition, sources, identity, before);
  }

  private String key(String name) {
    return settings.columns().comparison().key(name);
  }
}
