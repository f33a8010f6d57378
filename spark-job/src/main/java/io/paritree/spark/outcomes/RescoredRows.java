package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.feature.Schema;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.DirectoryInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.Input;
import io.paritree.spark.input.InputCheck;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.input.ReadSession;
import io.paritree.spark.input.TableInput;
import io.paritree.spark.outcomes.OutcomeQuery.Challenger;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.SqlName;
import io.paritree.spark.tables.TableToRead;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The rows of an input, scored again by another model. */
final class RescoredRows {
  private RescoredRows() {}

  /**
   * Scores the input.
   *
   * @param keys of the rows that are needed; empty for all
   * @throws RefusedException if the input lacks what is needed
   */
  static FoundScores of(
      SparkSession session,
      OutcomeQuery query,
      PublishedScores published,
      Optional<Dataset<Row>> keys,
      Rescoring rescoring)
      throws RefusedException, ModelException, IOException {
    Challenger asked = query.challenger().orElseThrow();
    Rescoring.Model model;
    try {
      model = rescoring.open(session, asked.model());
    } catch (IllegalArgumentException e) {
      throw refused(asked, e.getMessage());
    }

    // Labels and published scores are read as without the option.
    SparkSession reading =
        asked.comparison() == ReadColumn.Case.COMPARED
            ? session
            : ReadSession.of(session, Map.of("spark.sql.caseSensitive", "false"));
    FoundScores input = input(reading, query, published, model.schema());
    Dataset<Row> rows = named(input.rows(), query, published, asked);
    List<String> names = Arrays.asList(rows.columns());
    List<String> levels =
        published.levels().stream().filter(names::contains).collect(Collectors.toList());
    List<String> kept = new ArrayList<>(query.keys());
    levels.stream().filter(level -> !kept.contains(level)).forEach(kept::add);
    for (String key : query.keys()) {
      if (!names.contains(key)) {
        throw new RefusedException(
            "Cannot score %s again: it has no column '%s', a key of the published scores"
                .formatted(asked.source(), key));
      }
    }

    if (keys.isPresent()) {
      rows = rows.join(keys.get(), sameKeys(query, rows), "left_semi");
    }

    try {
      return new FoundScores(
          model.scored(rows, kept, asked.comparison()),
          levels,
          input.version(),
          Optional.empty(),
          QuarantinedKeys.UNKNOWN,
          ScoringPackages.of(model.measured()));
    } catch (IllegalArgumentException e) {
      throw refused(asked, e.getMessage());
    }
  }

  private static RefusedException refused(Challenger asked, String why) {
    return new RefusedException(
        "Cannot score %s again with %s: %s".formatted(asked.source(), asked.model(), why));
  }

  /** Gives keys and partition columns the names that they are asked for by. */
  private static Dataset<Row> named(
      Dataset<Row> rows, OutcomeQuery query, PublishedScores published, Challenger asked)
      throws RefusedException {
    if (asked.comparison() == ReadColumn.Case.COMPARED) {
      return rows;
    }

    List<String> wanted = new ArrayList<>(query.keys());
    wanted.addAll(published.levels());
    Set<String> seen = new HashSet<>();
    List<Column> columns = new ArrayList<>();
    for (String name : rows.columns()) {
      if (!seen.add(asked.comparison().key(name))) {
        throw new RefusedException(
            "Cannot score %s again: it has several columns '%s' if case is ignored"
                .formatted(asked.source(), Fault.printable(name)));
      }

      columns.add(SqlName.column(name).as(asked.comparison().asked(name, wanted)));
    }

    return rows.select(columns.toArray(Column[]::new));
  }

  private static Column sameKeys(OutcomeQuery query, Dataset<Row> rows) {
    Column same = lit(true);
    for (int index = 0; index < query.keys().size(); index++) {
      Column key = rows.col(PublishedScores.quoted(query.keys().get(index)));
      same = same.and(key.equalTo(col(PublishedScores.key(index))));
    }

    return same;
  }

  /** Returns the rows, in files or a version that has all that the job would ask for. */
  private static FoundScores input(
      SparkSession session, OutcomeQuery query, PublishedScores published, Schema schema)
      throws RefusedException, IOException {
    Challenger asked = query.challenger().orElseThrow();
    List<String> levels = published.levels();
    List<String> problems = new ArrayList<>();
    if (!asked.inputTable().isEmpty()) {
      TableToRead named = new TableToRead(asked.inputTable(), asked.inputVersion());
      PinnedTable table = query.published().tableFormat().input(session, named);
      Input listing = TableInput.of(table, PartitionChoice.ALL, problems);
      CheckedInput checked = check(session, query, listing, schema, levels, problems);
      refuse(asked, problems);
      return found(table.rows(checked.reading(session), Map.of()), table.version());
    }

    Map<String, String> hadoop = HadoopPaths.settingsByName(session);
    Location path = FileStore.located(asked.input(), hadoop);
    FileStore store = FileStore.of(path, hadoop);
    Input listing = DirectoryInput.read(store, query.published().calls(), path, problems);
    List<Location> files = listing.files().stream().map(InputFile::location).toList();
    if (problems.isEmpty() && files.isEmpty()) {
      problems.add("it has no file");
    } else if (listing.files().stream().anyMatch(file -> file.name().contains(".csv"))) {
      problems.add("its files are CSV; give Parquet files or a table");
    }

    refuse(asked, problems);
    CheckedInput checked = check(session, query, listing, schema, levels, problems);
    if (!problems.isEmpty()) {
      refuseGone(query.published().calls(), store, files); // then all is read again
    }

    refuse(asked, problems);
    StructType columns = new StructType();
    for (ReadColumn column : checked.read()) {
      columns = column.isPartition() ? columns : columns.add(column.name(), column.type());
    }

    SparkSession reading = checked.reading(session);
    return found(ParquetRows.ofFiles(reading, path, asked.input(), files, columns), "");
  }

  /**
   * Checks an input.
   *
   * @param levels the partition columns of the published scores, by which rows are joined if the
   *     input has them
   */
  private static CheckedInput check(
      SparkSession session,
      OutcomeQuery query,
      Input listing,
      Schema schema,
      List<String> levels,
      List<String> problems) {
    return new InputCheck(
            InputFormat.PARQUET,
            listing,
            schema,
            query.keys(),
            levels,
            "",
            query.challenger().orElseThrow().comparison(),
            query.published().calls(),
            problems)
        .check(listing.partitions(), session, () -> {});
  }

  private static void refuseGone(CallsAtOnce calls, FileStore store, List<Location> files)
      throws IOException {
    calls.each(
        files,
        file -> {
          if (store.find(file).isEmpty()) {
            throw new FileNotFoundException("%s is gone".formatted(file));
          }
        });
  }

  private static void refuse(Challenger asked, List<String> problems) throws RefusedException {
    if (!problems.isEmpty()) {
      throw refused(asked, String.join("; ", problems));
    }
  }

  private static FoundScores found(Dataset<Row> rows, String version) {
    return new FoundScores(
        rows,
        List.of(),
        version,
        Optional.empty(),
        QuarantinedKeys.UNKNOWN,
        ScoringPackages.UNKNOWN);
  }
}
