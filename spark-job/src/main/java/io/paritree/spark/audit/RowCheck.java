package io.paritree.spark.audit;

import io.paritree.FaultCode;
import io.paritree.ModelException;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.output.QuarantineColumns;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.spark.audit.RowPairs.Known;
import io.paritree.spark.audit.RowPairs.Side;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.input.CsvLineRows;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.rows.ScoreFields;
import io.paritree.spark.sql.SecondScoring;
import io.paritree.spark.tables.SqlName;
import io.paritree.spark.task.JavaSerialized;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Scores the rows of a partition again, and compares them with the published ones by their keys.
 */
final class RowCheck {
  private static final long PARTS = 1_000_000;

  /** A column that no input has. */
  private static final String ROW = "all columns of a row";

  private final SparkSession session;
  private final AuditQuery query;
  private final SecondScoring scoring;

  /** The quarantined rows of runs, by their directories. */
  private final Map<Location, Dataset<Row>> quarantines = new ConcurrentHashMap<>();

  RowCheck(SparkSession session, AuditQuery query) {
    this.session = session;
    this.query = query;
    this.scoring = new SecondScoring(query.engine().scorer());
  }

  /**
   * What was found.
   *
   * @param tally of the rows
   * @param input that was scored again
   * @param quarantine whether the faults of quarantined rows were compared
   * @param notCompared columns that were published, and not compared
   */
  record Result(RowTally tally, AuditedInput input, Known quarantine, List<String> notCompared) {}

  /** Returns the columns that each row of a model has, and published rows do not. */
  List<String> lacking(AuditedPartition partition, Dataset<Row> published, ScoringModel model)
      throws RefusedException {
    return ComparedColumns.of(
            partition, published.schema(), model, ScoreFields.contributions(model), List.of())
        .missing(model);
  }

  /**
   * Compares the rows of a partition.
   *
   * @param published its rows; empty if it has none
   * @param quarantine the directory of its run's quarantined rows; empty if it is not there
   * @param others models whose scores of the rows were published, too
   * @throws RefusedException saying what is missing
   */
  Result compare(
      AuditedPartition partition,
      Optional<Dataset<Row>> published,
      Optional<Location> quarantine,
      ModelFiles files,
      ScoringModel model,
      List<AuditedChallenger> others)
      throws RefusedException, ModelException, IOException {
    if (partition.keys().isEmpty()) {
      throw new RefusedException(
          "keys: nothing records which columns identify a row; give them as --keys, and to the run that scores");
    }

    StructType stored = published.map(Dataset::schema).orElse(new StructType());
    for (String key : published.isPresent() ? partition.keys() : List.<String>of()) {
      if (!ComparedColumns.has(stored, key)) {
        throw new RefusedException("keys: the published rows have no column '%s'".formatted(key));
      }
    }

    List<String> contributions = ScoreFields.contributions(model);
    List<String> carried =
        ComparedColumns.of(partition, stored, model, contributions, List.of()).carried();
    AuditedInput input =
        AuditedInput.of(session, query, partition, model.schema(), carried, others);
    List<AuditedChallenger> challengers =
        others.stream().filter(other -> !input.unfit().containsKey(other.name())).toList();
    ComparedColumns compared =
        ComparedColumns.of(partition, stored, model, contributions, challengers);
    Optional<ExplanationSettings> explanation =
        published.flatMap(rows -> PublishedReasons.of(rows, compared, model));
    Dataset<Row> all = again(input, compared, challengers, explanation, files);
    if (published.isPresent()) {
      Dataset<Row> rows = sampled(published.get(), compared.keys(stored));
      all = all.union(rows.select(compared.of(stored, Side.PUBLISHED, noText())));
    }

    Optional<Dataset<Row>> faulty = Optional.empty();
    if (quarantine.isPresent()) {
      faulty = quarantined(partition, quarantine.get(), compared);
      all = faulty.isPresent() ? all.union(faulty.get()) : all;
    }

    boolean isKnown = faulty.isPresent() || partition.rows().quarantined() == 0;
    Known known = isKnown ? Known.ALL : Known.COUNT;
    RowTally tally = tally(all, new RowPairs(compared.keys(), compared.values(), known));
    return new Result(tally, input, known, compared.others(partition));
  }

  private static RowTally tally(Dataset<Row> all, RowPairs pairs) {
    Column[] keys = new Column[pairs.keys().size()];
    for (int index = 0; index < keys.length; index++) {
      keys[index] = functions.col("k" + index);
    }

    RowTally total = new RowTally();
    all
        .repartition(keys)
        .sortWithinPartitions(keys)
        .javaRDD()
        .mapPartitions(pairs)
        .collect()
        .stream()
        .map(JavaSerialized::value)
        .forEach(total::add);
    return total;
  }

  private Dataset<Row> again(
      AuditedInput input,
      ComparedColumns compared,
      List<AuditedChallenger> challengers,
      Optional<ExplanationSettings> explanation,
      ModelFiles files)
      throws RefusedException, ModelException {
    List<String> kept = new ArrayList<>(compared.carried());
    kept.addAll(compared.challenged());
    if (input.isOfCsv()) {
      kept.add(CsvLineRows.MALFORMED);
    }

    Dataset<Row> rows = sampled(input.rows(), compared.keys(input.rows().schema()));
    Dataset<Row> scored;
    try {
      for (AuditedChallenger other : challengers) {
        rows = withScores(rows, other, input.cells());
      }

      scored =
          scoring.scored(
              rows,
              files,
              new SecondScoring.Wanted(
                  kept,
                  input.cells(),
                  compared.hasMargins()
                      ? SecondScoring.Margins.SCORED
                      : SecondScoring.Margins.LEFT_OUT,
                  explanation));
    } catch (IllegalArgumentException e) {
      throw new RefusedException("the input: " + e.getMessage());
    }

    Column faults = faults(ComparedColumns.FAULTS);
    if (input.isOfCsv()) {
      Column malformed = functions.lit(" " + FaultCode.MALFORMED_RECORD.code());
      faults = functions.when(functions.col(CsvLineRows.MALFORMED), malformed).otherwise(faults);
    }

    return scored.select(compared.of(scored.schema(), Side.AGAIN, faults));
  }

  /** Adds the columns of a challenger, which are null in rows that it cannot score. */
  private Dataset<Row> withScores(Dataset<Row> rows, AuditedChallenger other, Set<String> cells)
      throws ModelException {
    // In one column, none of the others has the name of a score.
    Column all =
        functions.struct(Stream.of(rows.columns()).map(SqlName::column).toArray(Column[]::new));
    Dataset<Row> scored =
        scoring.scored(
            rows.withColumn(ROW, all),
            other.files(),
            new SecondScoring.Wanted(
                List.of(ROW), cells, SecondScoring.Margins.LEFT_OUT, Optional.empty()));
    List<Column> columns = new ArrayList<>();
    for (String name : rows.columns()) {
      columns.add(SqlName.column(ROW).getField(name).as(name));
    }

    other
        .columns()
        .forEach(
            (published, own) -> {
              Column isScored = functions.col(ComparedColumns.FAULTS).isNull();
              columns.add(functions.when(isScored, SqlName.column(own)).as(published));
            });
    return scored.select(columns.toArray(Column[]::new));
  }

  /** Returns the fields and codes of faults as a text; null for a row without. */
  private static Column faults(String column) {
    return functions.expr(
        "array_join(array_sort(transform(%s, fault -> concat(fault.field, ' ', fault.code))), ', ')"
            .formatted(SqlName.quoted(column)));
  }

  private static Column noText() {
    return functions.lit(null).cast(DataTypes.StringType);
  }

  private Optional<Dataset<Row>> quarantined(
      AuditedPartition partition, Location directory, ComparedColumns compared) {
    Dataset<Row> rows =
        quarantines.computeIfAbsent(
            directory, place -> session.read().parquet(HadoopPaths.pattern(place)));
    StructType schema = rows.schema();
    List<String> needed = new ArrayList<>(compared.keys());
    needed.addAll(List.of(QuarantineColumns.PARTITION, QuarantineColumns.LIST));
    if (!needed.stream().allMatch(name -> ComparedColumns.has(schema, name))) {
      return Optional.empty(); // an earlier version has written it, or without keys
    }

    Dataset<Row> own =
        rows.filter(SqlName.column(QuarantineColumns.PARTITION).equalTo(partition.partition()));
    Column[] columns =
        compared.withoutValues(schema, Side.QUARANTINED, faults(QuarantineColumns.LIST));
    return Optional.of(sampled(own, compared.keys(schema)).select(columns));
  }

  /** Returns the rows of the keys that are in the sample, which is the same in every audit. */
  private Dataset<Row> sampled(Dataset<Row> rows, List<Column> keys) {
    if (query.isOfAll()) {
      return rows;
    }

    Column hash = functions.xxhash64(keys.toArray(Column[]::new));
    long parts = Math.max(1, Math.round(query.sample() * PARTS));
    return rows.filter(functions.pmod(hash, functions.lit(PARTS)).lt(parts));
  }
}
