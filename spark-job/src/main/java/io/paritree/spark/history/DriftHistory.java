package io.paritree.spark.history;

import io.paritree.output.RunDrift;
import io.paritree.profile.Profile;
import io.paritree.rule.Rule;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.files.ParquetFile;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.formats.AskedFormat;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * The table of drift, to which a run appends what it has compared, once, when it has ended; a
 * directory of Parquet files, or a table that is there. A run with very many rows appends them in
 * parts, as its groups end. Not thread-safe.
 */
public final class DriftHistory {
  private static final int PART_ROWS = 200_000;

  private final SparkSession session;
  private final TableToWrite table;
  private final String name;
  private final HistoryRows form;
  private final List<HistoryRows.Compared> pending = new ArrayList<>();
  private long pendingRows;
  private int parts;

  /**
   * @param table a path, or a name in a catalog
   * @param name of the run, which no other run has
   * @param run its id
   * @param at when it began
   */
  public DriftHistory(
      SparkSession session,
      TableToWrite table,
      String name,
      String run,
      Instant at,
      List<Rule> rules) {
    this.session = session;
    this.table = table;
    this.name = name;
    this.form =
        new HistoryRows(
            run,
            at,
            rules.stream()
                .collect(Collectors.toMap(Rule::text, Function.identity(), (one, same) -> one)));
  }

  /** Adds a partition; it is written later. */
  public void add(RunDrift.Partition drift, Profile profile) {
    HistoryRows.Compared compared = new HistoryRows.Compared(drift, profile);
    pending.add(compared);
    pendingRows += compared.size();
  }

  /** Returns whether there is so much that it is not to be kept in memory. */
  public boolean isLarge() {
    return pendingRows >= PART_ROWS;
  }

  /** Writes what was added. */
  public void write() throws RefusedException, IOException, AnalysisException {
    Iterator<Object[]> rows = pending.stream().flatMap(form::of).iterator();
    boolean isParquet = isParquet(session, table);
    while (rows.hasNext()) {
      parts++;
      if (isParquet) {
        writeFile(rows);
      } else {
        append(rows);
      }
    }

    pending.clear();
    pendingRows = 0;
  }

  /** A directory that shows no table is one of files. */
  private static boolean isParquet(SparkSession session, TableToWrite table) throws IOException {
    return table.isPath() && !AskedFormat.hasTable(table.name(), HadoopPaths.settings(session));
  }

  private void append(Iterator<Object[]> rows)
      throws RefusedException, IOException, AnalysisException {
    List<Row> some = new ArrayList<>();
    while (rows.hasNext() && some.size() < PART_ROWS) {
      some.add(RowFactory.create(rows.next()));
    }

    AskedFormat.AUTO.append(
        session, table, session.createDataFrame(some, HistoryColumn.schema()).coalesce(1));
  }

  private void writeFile(Iterator<Object[]> rows) throws IOException {
    Map<String, String> hadoop = HadoopPaths.settingsByName(session);
    Location directory = FileStore.located(table.name(), hadoop);
    String file = "%s%s.parquet".formatted(name, parts == 1 ? "" : "." + parts);
    Path temporary = Files.createTempDirectory("paritree");
    try {
      Path written = temporary.resolve(file);
      ParquetFile parquet =
          ParquetWriters.of(session, HistoryColumn.schema())
              .open(new org.apache.hadoop.fs.Path(written.toUri()));
      while (rows.hasNext() && parquet.rows() < PART_ROWS) {
        parquet.writeValues(rows.next());
      }

      parquet.close();
      FileStore.of(directory, hadoop).replace(directory.resolve(file), Files.readAllBytes(written));
    } finally {
      FileStore.of(Location.of(temporary)).delete(Location.of(temporary));
    }
  }

  /**
   * Checks that the table is there and has the columns of drift; a directory of files has them.
   *
   * @throws RefusedException if it is not, or has not
   */
  public static void check(SparkSession session, TableToWrite table)
      throws RefusedException, IOException {
    if (isParquet(session, table)) {
      return;
    }

    Optional<String> problem = HistoryColumn.problem(AskedFormat.AUTO.columns(session, table));
    if (problem.isPresent()) {
      throw table.refused(problem.get());
    }
  }

  /**
   * Returns why the place of the table cannot be used, beside places of the run; empty if it can.
   */
  public static Stream<String> problems(
      TableToWrite table, Map<String, String> hadoop, List<Location> places) throws IOException {
    if (!table.isPath()) {
      return Stream.of();
    }

    Location given = FileStore.located(table.name(), hadoop);
    Location real = FileStore.of(given, hadoop).real(given);
    List<Location> near = new ArrayList<>();
    for (Location place : places) {
      Location other = FileStore.of(place, hadoop).real(place);
      if (other.holds(real) || real.holds(other)) {
        near.add(place);
      }
    }

    return near.stream()
        .map(
            place ->
                "Cannot write drift to %s: it and %s are one inside the other; give --drift-table a"
                        .formatted(given, place)
                    + " place of its own");
  }
}
