package io.paritree.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.paritree.spark.check.CheckedRun;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.history.HistoryTable;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.output.Output;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.rows.ScoresOfBoth;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.spark.task.Tally;
import io.paritree.spark.task.WrittenFile;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The table that the scores of challengers are appended to, each with that of the champion. */
final class ChallengerHistory {
  private static final String RUN = "run";
  private static final String AT = "at";

  /** Below the kept files of a run. */
  private static final String KEPT = "compared";

  private ChallengerHistory() {}

  /**
   * Returns the table at a place.
   *
   * @param compared the columns of the rows, as tasks write them
   */
  static HistoryTable table(TableToWrite place, StructType compared) {
    StructType columns =
        new StructType().add(RUN, DataTypes.StringType).add(AT, DataTypes.TimestampType);
    for (StructField column : compared.fields()) {
      columns = columns.add(column.name(), column.dataType());
    }

    return new HistoryTable(place, "scores of challengers", "--challenger-table", columns);
  }

  /**
   * Checks that the table can be appended to.
   *
   * @throws RefusedException if it cannot
   */
  static void check(SparkSession session, CheckedRun checked) throws RefusedException, IOException {
    Optional<TableToWrite> place = checked.settings().challengers().table();
    if (place.isEmpty()) {
      return;
    }

    HistoryTable table = table(place.get(), checked.comparedColumns());
    Map<String, String> seen = new HashMap<>();
    for (String name : table.columns().fieldNames()) {
      // Delta, Hive and readers of files ignore case, and a table's names may be of other case.
      String other = seen.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
      if (other != null) {
        throw new RefusedException(
            "Cannot use --challenger-table: its columns '%s' and '%s' would be one, as names in tables are compared without their case; rename the key"
                .formatted(other, name));
      }
    }

    table.check(session);
  }

  /**
   * Moves the files of rows to where they stay until they are appended, since those of tasks are
   * removed when partitions are published.
   */
  static void keep(FileStore store, RunDirectory directory, Tally tally) throws IOException {
    for (WrittenFile file : tally.compared()) {
      Location to = directory.kept().resolve(KEPT).resolve(Output.name(file));
      store.createDirectories(to.parent());
      store.rename(directory.tasks().resolve(file.path()), to);
    }
  }

  /**
   * Appends the rows of partitions that were published, and removes their files.
   *
   * @param startedAt when the run began
   */
  static void append(
      SparkSession session,
      CheckedRun checked,
      RunDirectory directory,
      Tally tally,
      List<String> published,
      Instant startedAt)
      throws RefusedException, IOException, AnalysisException {
    Optional<TableToWrite> place = checked.settings().challengers().table();
    List<String> compared =
        checked.challengers().all().stream()
            .map(one -> one.name())
            .filter(name -> tally.challengers().get(name).counts().isPresent())
            .toList();
    if (place.isEmpty() || tally.compared().isEmpty() || compared.isEmpty()) {
      return;
    }

    Location kept = directory.keptAtEnd().resolve(KEPT);
    String[] files =
        tally.compared().stream()
            .map(file -> HadoopPaths.pattern(kept.resolve(Output.name(file))))
            .toArray(String[]::new);
    Dataset<Row> rows =
        session
            .read()
            .schema(checked.comparedColumns())
            .parquet(files)
            .filter(col(ScoresOfBoth.PARTITION).isin(published.toArray()))
            .filter(col(ScoresOfBoth.CHALLENGER).isin(compared.toArray()))
            .select(
                lit(checked.settings().runId()).as(RUN),
                lit(Timestamp.from(startedAt)).as(AT),
                col("*"));
    table(place.get(), checked.comparedColumns()).append(session, rows);
    checked.place().store().delete(kept);
  }
}
