package io.paritree.spark.output;

import io.paritree.output.DataFile;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.input.InputProblems;
import io.paritree.spark.publish.ConflictException;
import io.paritree.spark.publish.KeptIndexes;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.Published;
import io.paritree.spark.publish.Publisher;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.ChallengerScores;
import io.paritree.spark.settings.JobSettings.Foreign;
import io.paritree.spark.settings.JobSettings.LookupIndex;
import io.paritree.spark.tables.OutputTable;
import io.paritree.spark.tables.TableCommit;
import io.paritree.spark.task.WrittenFile;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** A table that a run writes to. */
public final class TableOutput implements Output {
  private final OutputRuns runs;
  private final OutputTable table;
  private Optional<KeptIndexes.Current> indexes = Optional.empty();

  private TableOutput(OutputRuns runs, OutputTable table) {
    this.runs = runs;
    this.table = table;
  }

  /**
   * @param hadoop Spark's settings for Hadoop's clients
   * @param progress receives messages for the user
   * @throws RefusedException if the table cannot be written to
   */
  public static TableOutput of(
      JobSettings settings,
      SparkSession session,
      Map<String, String> hadoop,
      StepObserver observer,
      PrintStream progress)
      throws RefusedException, IOException {
    JobSettings.Output asked = settings.output();
    OutputTable table = asked.tableFormat().output(session, asked.table().orElseThrow());
    return new TableOutput(
        OutputRuns.on(table.location(), settings, hadoop, observer, progress), table);
  }

  @Override
  public OutputRuns runs() {
    return runs;
  }

  @Override
  public String token(String partition) {
    return table.state().token(partition);
  }

  @Override
  public boolean isPublished(String partition, String identity) {
    return table.state().isPublished(partition, identity);
  }

  @Override
  public Published now() {
    return table.writers(place());
  }

  @Override
  public List<String> beside(List<String> partitions) {
    return table.beside(partitions);
  }

  @Override
  public long publishedRows(String partition) {
    return table.state().isAbsent() ? 0 : table.rows(List.of(partition));
  }

  @Override
  public void check(List<OutputPartition> targets, OutputCheck check, List<String> notes)
      throws IOException {
    check.checkState();
    if (table.state().isAbsent()) {
      check.checkNoFiles();
    }
  }

  @Override
  public void checkLookup(List<String> problems) {
    table.lookupProblem().ifPresent(problems::add);
  }

  @Override
  public void checkEncryption(List<String> problems) {
    table.encryptionProblem().ifPresent(problems::add);
  }

  /** If need be, a table is planned that the commit of the rows makes. */
  @Override
  public void checkRows(
      StructType columns,
      List<OutputPartition> targets,
      List<OutputPartition> open,
      List<String> partitionColumns,
      List<String> problems)
      throws RefusedException, IOException {
    table.check(columns, Output.names(targets), column -> isOfAbsent(column, columns), problems);
    InputProblems.refuse(problems);
    checkForeign(Output.names(open), problems);
    table.plan(columns, partitionColumns, problems);
    InputProblems.refuse(problems);
  }

  /** Returns whether a column of the table is one of a challenger that this run has left out. */
  private boolean isOfAbsent(String column, StructType columns) {
    JobSettings.Challengers asked = runs.settings().challengers();
    List<String> written = List.of(columns.fieldNames());
    return asked.scores() == ChallengerScores.WRITTEN
        && asked.models().keySet().stream()
            .filter(
                name ->
                    !written.contains(ScoreColumns.ofChallenger(ScoreColumns.MODEL_VERSION, name)))
            .anyMatch(name -> ScoreColumns.isOfChallenger(column, name));
  }

  /** Refuses to replace rows of a table that Paritree has not written, or says which they are. */
  private void checkForeign(List<String> open, List<String> problems)
      throws RefusedException, IOException {
    List<String> foreign = table.foreign(open, place());
    if (foreign.isEmpty()) {
      return;
    }

    String name = runs.settings().output().name();
    String rows =
        "%s rows%s, of which nothing says that Paritree has written them"
            .formatted(
                table.rows(foreign),
                foreign.equals(List.of("")) ? "" : " in " + Remarks.shown(foreign));
    if (runs.settings().conditions().foreign() == Foreign.REFUSED) {
      problems.add(
          "table %s has %s; choose other partitions or another table, or replace them with --replace-foreign"
              .formatted(name, rows));
    } else {
      runs.progress()
          .println(
              "--replace-foreign: table %s has %s; this run replaces them".formatted(name, rows));
    }

    InputProblems.refuse(problems);
  }

  @Override
  public Map<String, Integer> fieldIds() {
    return table.fieldIds();
  }

  @Override
  public Optional<Location> taskFiles() {
    return Optional.of(files());
  }

  private Location files() {
    return table.directory(place().output());
  }

  /** In a table's directory are the files of all runs, for as long as it keeps versions. */
  @Override
  public String fileNames(RunDirectory run) {
    return UUID.randomUUID().toString();
  }

  @Override
  public Location staged(RunDirectory run, WrittenFile file) {
    return files().resolve(file.path());
  }

  @Override
  public void remove(RunDirectory run, List<WrittenFile> files) throws IOException {
    for (WrittenFile file : files) {
      Location location = staged(run, file);
      place().store().delete(location);
      place().store().delete(location.parent().resolve(".%s.crc".formatted(location.name())));
    }
  }

  @Override
  public List<String> publish(
      Publisher.Run run,
      List<PreparedPartition> partitions,
      Map<String, List<DataFile>> files,
      Map<String, String> metadata,
      Publisher.ReportBeforeMove report)
      throws ConflictException, IOException {
    TableCommit commit =
        new TableCommit(table, place(), run.directory().name(), metadata, runs.observer());
    List<String> published = commit.publish(partitions, files, report);
    run.hasCommitted();
    if (runs.settings().files().lookupIndex() == LookupIndex.BUILT && !published.isEmpty()) {
      indexes = Optional.of(commit::indexesNow);
    }

    return published;
  }

  @Override
  public Optional<KeptIndexes.Current> indexes() {
    return indexes;
  }

  @Override
  public void recover() {
    runs.tidy();
  }
}
