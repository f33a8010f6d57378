package io.paritree.spark.insight.audit;

import io.paritree.ModelException;
import io.paritree.model.RecordedModels;
import io.paritree.output.QuarantineColumns;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.sql.SecondScoring;
import io.paritree.spark.tables.SqlName;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * Scores the rows of a partition again, and compares them with the published ones by their keys.
 */
final class RowCheck {
  private static final long PARTS = 1_000_000;
  private static final int ROWS_OF_TASK = 200_000;

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
   * @param input that was scored again
   * @param knowsQuarantined whether the faults of quarantined rows were compared
   */
  record Result(RowTally rows, AuditedInput input, boolean knowsQuarantined) {}

  /**
   * Compares the rows of a partition.
   *
   * @param published its rows; empty if it has none
   * @param compared the columns of them
   * @param quarantine the directory of its run's quarantined rows; empty if it is not there
   * @throws RefusedException saying what is missing
   */
  Result compare(
      AuditedPartition partition,
      Optional<Dataset<Row>> published,
      ComparedColumns compared,
      Optional<Location> quarantine,
      RecordedModels.Found.Same model)
      throws RefusedException, ModelException, IOException {
    AuditedInput input =
        AuditedInput.of(session, query, partition, model.model().schema(), compared.carried());
    Dataset<Row> all = again(input, compared, model);
    if (published.isPresent()) {
      Dataset<Row> rows = sampled(published.get(), compared);
      Column noFaults = functions.lit(null).cast(DataTypes.StringType);
      all = all.unionByName(side(rows, compared, compared.values(rows.schema()), noFaults, true));
    }

    Optional<Dataset<Row>> quarantined = Optional.empty();
    if (quarantine.isPresent()) {
      quarantined = quarantined(partition, quarantine.get(), compared);
      all = quarantined.isPresent() ? all.unionByName(quarantined.get(), true) : all;
    }

    boolean isKnown = quarantined.isPresent() || partition.rows().quarantined() == 0;
    int tasks = (int) (1 + partition.rows().read() * query.sample() / ROWS_OF_TASK);
    KeyedRows keyed =
        new KeyedRows(compared.keys(), compared.values(), compared.floats().size(), isKnown);
    return new Result(keyed.compared(all, tasks), input, isKnown);
  }

  private Dataset<Row> again(
      AuditedInput input, ComparedColumns compared, RecordedModels.Found.Same model)
      throws RefusedException, ModelException {
    Dataset<Row> scored;
    try {
      scored =
          scoring.scored(
              sampled(input.rows(), compared),
              model.files(),
              new SecondScoring.Wanted(
                  compared.carried(),
                  input.cells(),
                  compared.hasMargins(model.model()),
                  compared.hasContributions(model.model())));
    } catch (IllegalArgumentException e) {
      throw new RefusedException("the input: " + e.getMessage());
    }

    Dataset<Row> again = scored.withColumn(KeyedRows.FAULTS, faults(KeyedRows.FAULTS));
    Column isScored = functions.col(KeyedRows.FAULTS).isNull();
    List<Column> values = new ArrayList<>();
    for (Column value : compared.values(again.schema())) {
      values.add(functions.when(isScored, value));
    }

    return side(again, compared, values, functions.col(KeyedRows.FAULTS), false);
  }

  /** Returns rows as {@link KeyedRows} reads them. */
  private static Dataset<Row> side(
      Dataset<Row> rows,
      ComparedColumns compared,
      List<Column> values,
      Column faults,
      boolean isPublished) {
    List<Column> columns = new ArrayList<>();
    for (Column key : compared.keys(rows.schema())) {
      columns.add(key.as("k" + columns.size()));
    }

    for (int index = 0; index < values.size(); index++) {
      columns.add(values.get(index).as("v" + index));
    }

    columns.add(faults.as(KeyedRows.FAULTS));
    columns.add(functions.lit(isPublished).as(KeyedRows.IS_PUBLISHED));
    return rows.select(columns.toArray(Column[]::new));
  }

  /** Returns the fields and codes of faults as a text; null for a row without. */
  private static Column faults(String column) {
    return functions.expr(
        "array_join(array_sort(transform(%s, fault -> concat(fault.field, ' ', fault.code))), ', ')"
            .formatted(SqlName.quoted(column)));
  }

  private Optional<Dataset<Row>> quarantined(
      AuditedPartition partition, Location directory, ComparedColumns compared) {
    Dataset<Row> rows =
        quarantines.computeIfAbsent(
            directory, place -> session.read().parquet(HadoopPaths.pattern(place)));
    List<String> needed = new ArrayList<>(compared.keys());
    needed.addAll(List.of(QuarantineColumns.PARTITION, QuarantineColumns.LIST));
    if (!List.of(rows.schema().fieldNames()).containsAll(needed)) {
      return Optional.empty(); // an earlier version has written it, or without keys
    }

    Dataset<Row> own =
        rows.filter(SqlName.column(QuarantineColumns.PARTITION).equalTo(partition.partition()));
    Column faults = functions.coalesce(faults(QuarantineColumns.LIST), functions.lit(""));
    return Optional.of(side(sampled(own, compared), compared, List.of(), faults, true));
  }

  /** Returns the rows of the keys that are in the sample, which is the same in every audit. */
  private Dataset<Row> sampled(Dataset<Row> rows, ComparedColumns compared) {
    if (query.isOfAll()) {
      return rows;
    }

    Column hash = functions.xxhash64(compared.keys(rows.schema()).toArray(Column[]::new));
    long parts = Math.max(1, Math.round(query.sample() * PARTS));
    return rows.filter(functions.pmod(hash, functions.lit(PARTS)).lt(parts));
  }
}
