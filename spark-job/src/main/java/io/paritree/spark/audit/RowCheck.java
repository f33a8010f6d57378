package io.paritree.spark.audit;

import io.paritree.ModelException;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.output.QuarantineColumns;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.audit.RowPairs.Known;
import io.paritree.spark.audit.RowPairs.Side;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.tables.SqlName;
import io.paritree.spark.task.JavaSerialized;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;

/**
 * Scores the rows of a partition again, and compares them with the published ones by their keys.
 */
final class RowCheck {
  private static final long PARTS = 1_000_000;
  private static final String FAULTS = "faults";

  private final SparkSession session;
  private final AuditQuery query;
  private final AuditScoring scoring;

  RowCheck(SparkSession session, AuditQuery query, AuditScoring scoring) {
    this.session = session;
    this.query = query;
    this.scoring = scoring;
  }

  /**
   * What was found.
   *
   * @param tally of the rows
   * @param change what says that the input is not the one that was scored; empty if it is
   * @param quarantine whether the faults of quarantined rows were compared
   * @param notCompared columns that were published, and not compared
   */
  record Result(
      RowTally tally, Optional<String> change, Known quarantine, List<String> notCompared) {}

  /** The columns of published rows that are compared. */
  private record Compared(
      ArrayList<String> keys, List<String> passed, List<String> numbers, List<String> texts) {
    ArrayList<String> values() {
      ArrayList<String> values = new ArrayList<>(numbers);
      values.addAll(texts);
      values.addAll(passed);
      return values;
    }

    List<String> carried() {
      List<String> carried = new ArrayList<>(keys);
      carried.addAll(passed);
      return carried;
    }
  }

  /**
   * Compares the rows of a partition.
   *
   * @param published its rows; empty if it has none
   * @param quarantine the directory of its run's quarantined rows; empty if it is not there
   * @throws RefusedException saying what is missing
   */
  Result compare(
      AuditedPartition partition,
      Optional<Dataset<Row>> published,
      Optional<Location> quarantine,
      ModelFiles files,
      ScoringModel model)
      throws RefusedException, ModelException, IOException {
    if (partition.keys().isEmpty()) {
      throw new RefusedException(
          "keys: rows cannot be found again without; give --keys, and when the partition is scored");
    }

    StructType stored = published.map(Dataset::schema).orElse(new StructType());
    for (String key : published.isPresent() ? partition.keys() : List.<String>of()) {
      if (!has(stored, key)) {
        throw new RefusedException("keys: the published rows have no column '%s'".formatted(key));
      }
    }

    Compared compared = compared(partition, stored, model);
    AuditedInput input =
        AuditedInput.of(session, query, partition, model.schema(), compared.carried());
    Dataset<Row> again = again(input, compared, stored, files, model);
    Dataset<Row> all = again;
    if (published.isPresent()) {
      Dataset<Row> rows = sampled(published.get(), keys(compared, stored, stored));
      all = all.union(rows.select(columns(compared, stored, stored, Side.PUBLISHED, noText())));
    }

    Known known = Known.COUNT;
    if (quarantine.isPresent() || partition.rows().quarantined() == 0) {
      known = Known.ALL;
    }

    if (quarantine.isPresent() && partition.rows().quarantined() > 0) {
      Optional<Dataset<Row>> rows = quarantined(partition, quarantine.get(), compared, stored);
      known = rows.isPresent() ? Known.ALL : Known.COUNT;
      all = rows.isPresent() ? all.union(rows.get()) : all;
    }

    RowTally tally = tally(all, new RowPairs(compared.keys, compared.values(), known));
    List<String> notCompared = new ArrayList<>(Arrays.asList(stored.fieldNames()));
    notCompared.removeAll(compared.keys);
    notCompared.removeAll(compared.values());
    notCompared.removeAll(partition.levels());
    return new Result(tally, input.change(), known, notCompared);
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

  private static Compared compared(
      AuditedPartition partition, StructType stored, ScoringModel model) throws RefusedException {
    ScoreColumns columns =
        ScoreColumns.of(model.outputs(), model.engine().scores(), model.engine().outputs());
    List<String> numbers = columns.numbers().stream().filter(name -> has(stored, name)).toList();
    List<String> texts = new ArrayList<>();
    for (String name : List.of(ScoreColumns.LABEL, ScoreColumns.MODEL_VERSION)) {
      boolean isOfModel = columns.hasLabel() || !name.equals(ScoreColumns.LABEL);
      if (isOfModel && has(stored, name)) {
        texts.add(name);
      }
    }

    for (String name : numbers) {
      if (!type(stored, name).equals(DataTypes.FloatType)) {
        throw new RefusedException(
            "scores: the published column '%s' is of type %s, and float was written"
                .formatted(name, type(stored, name).catalogString()));
      }
    }

    List<String> passed = new ArrayList<>();
    for (String name : stored.fieldNames()) {
      if (columns.scores().contains(name) || partition.scores().contains(name)) {
        break; // keys and passed columns are before the scores
      }

      DataType type = type(stored, name);
      boolean isNested =
          type instanceof ArrayType || type instanceof MapType || type instanceof StructType;
      if (!partition.keys().contains(name) && !partition.levels().contains(name) && !isNested) {
        passed.add(name);
      }
    }

    return new Compared(new ArrayList<>(partition.keys()), passed, numbers, texts);
  }

  private Dataset<Row> again(
      AuditedInput input,
      Compared compared,
      StructType stored,
      ModelFiles files,
      ScoringModel model)
      throws RefusedException, ModelException {
    boolean hasMargins = compared.numbers.size() > model.engine().scores();
    Dataset<Row> rows = sampled(input.rows(), keys(compared, input.rows().schema(), stored));
    Dataset<Row> scored;
    try {
      scored =
          scoring.scored(
              rows,
              files,
              compared.carried(),
              hasMargins ? AuditScoring.Margins.SCORED : AuditScoring.Margins.LEFT_OUT);
    } catch (IllegalArgumentException e) {
      throw new RefusedException("the input: " + e.getMessage());
    }

    Column faults = faults(FAULTS);
    return scored.select(columns(compared, scored.schema(), stored, Side.AGAIN, faults));
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
      AuditedPartition partition, Location directory, Compared compared, StructType stored) {
    Dataset<Row> rows = session.read().parquet(HadoopPaths.pattern(directory));
    if (!compared.keys.stream().allMatch(key -> has(rows.schema(), key))) {
      return Optional.empty();
    }

    Dataset<Row> own =
        rows.filter(SqlName.column(QuarantineColumns.PARTITION).equalTo(partition.partition()));
    Compared none = new Compared(compared.keys, List.of(), List.of(), List.of());
    List<Column> columns =
        new ArrayList<>(
            Arrays.asList(
                columns(
                    none,
                    rows.schema(),
                    stored,
                    Side.QUARANTINED,
                    faults(QuarantineColumns.LIST))));
    Column faults = columns.remove(columns.size() - 1);
    compared.numbers.forEach(
        name ->
            columns.add(functions.lit(null).cast(DataTypes.FloatType).as("v" + columns.size())));
    for (int index = compared.numbers.size(); index < compared.values().size(); index++) {
      columns.add(noText().as("v" + columns.size()));
    }

    columns.add(faults);
    return Optional.of(
        sampled(own, keys(compared, rows.schema(), stored)).select(columns.toArray(Column[]::new)));
  }

  /** Returns the columns of rows as {@link RowPairs} reads them. */
  private Column[] columns(
      Compared compared, StructType schema, StructType stored, Side side, Column faults) {
    List<Column> columns = new ArrayList<>();
    for (Column key : keys(compared, schema, stored)) {
      columns.add(key.as("k" + columns.size()));
    }

    columns.add(functions.lit(side.ordinal()).as("side"));
    for (String name : compared.numbers) {
      columns.add(SqlName.column(name).as("v" + columns.size()));
    }

    for (String name : compared.texts) {
      columns.add(SqlName.column(name).as("v" + columns.size()));
    }

    for (String name : compared.passed) {
      Column value = ofType(name, schema, stored);
      Column text =
          type(stored, name).equals(DataTypes.BinaryType)
              ? functions.hex(value)
              : value.cast(DataTypes.StringType);
      columns.add(text.as("v" + columns.size()));
    }

    columns.add(faults.as(FAULTS));
    return columns.toArray(Column[]::new);
  }

  private static List<Column> keys(Compared compared, StructType schema, StructType stored) {
    return compared.keys.stream().map(key -> ofType(key, schema, stored)).toList();
  }

  /** Returns a column with the type that it has in the published rows. */
  private static Column ofType(String name, StructType schema, StructType stored) {
    Column column = SqlName.column(name);
    return !has(stored, name) || type(schema, name).equals(type(stored, name))
        ? column
        : column.cast(type(stored, name));
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

  private static boolean has(StructType schema, String name) {
    return Arrays.asList(schema.fieldNames()).contains(name);
  }

  private static DataType type(StructType schema, String name) {
    return schema.apply(name).dataType();
  }
}
