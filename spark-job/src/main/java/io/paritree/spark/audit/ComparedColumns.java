package io.paritree.spark.audit;

import io.paritree.model.ScoringModel;
import io.paritree.output.ReasonsForm;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.audit.RowPairs.Side;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.tables.SqlName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of published rows that are compared.
 *
 * @param stored the columns of published rows; none if there are no rows
 * @param keys the columns of the key
 * @param passed columns of the input, which are before the scores
 * @param numbers floats: scores, margins, and what explains them
 * @param texts label, version, and reasons
 * @param hasMargins whether margins are among the numbers
 * @param contributions the columns of contributions, which are among the numbers
 * @param challenged the columns of challengers, which are among numbers and texts
 */
record ComparedColumns(
    StructType stored,
    ArrayList<String> keys,
    List<String> passed,
    List<String> numbers,
    List<String> texts,
    boolean hasMargins,
    List<String> contributions,
    List<String> challenged) {
  static final String FAULTS = "faults";

  /**
   * Finds them.
   *
   * @param contributions the columns that the model's contributions would have
   * @param challengers whose columns are compared, too
   * @throws RefusedException if a column of numbers has another type
   */
  static ComparedColumns of(
      AuditedPartition partition,
      StructType stored,
      ScoringModel model,
      List<String> contributions,
      List<AuditedChallenger> challengers)
      throws RefusedException {
    ScoreColumns columns =
        ScoreColumns.of(model.outputs(), model.engine().scores(), model.engine().outputs());
    List<String> names = Arrays.asList(stored.fieldNames());
    int first = 0; // keys and passed columns are before the scores
    while (first < names.size()
        && !columns.scores().contains(names.get(first))
        && !partition.scores().contains(names.get(first))) {
      first++;
    }

    List<String> passed = new ArrayList<>(names.subList(0, first));
    passed.removeAll(partition.keys());
    passed.removeAll(partition.levels());
    List<String> own = names.subList(first, names.size());
    List<String> numbers = new ArrayList<>(columns.numbers());
    numbers.retainAll(own);
    List<String> texts = new ArrayList<>(required(columns));
    texts.removeAll(columns.numbers());
    texts.retainAll(own);
    boolean hasMargins = own.containsAll(columns.margins());
    if (own.contains(ReasonsForm.COLUMN)) {
      texts.add(ReasonsForm.COLUMN);
      numbers.addAll(List.of(ReasonsForm.BASE, ReasonsForm.REST));
    }

    List<String> explained = new ArrayList<>(contributions);
    explained.retainAll(own);
    numbers.addAll(explained);
    List<String> challenged = new ArrayList<>();
    for (AuditedChallenger other : challengers) {
      challenged.addAll(other.columns().keySet());
      numbers.addAll(other.numbers());
      texts.addAll(other.columns().keySet());
      texts.removeAll(other.numbers());
    }

    challenged.retainAll(own);
    numbers.retainAll(own);
    texts.retainAll(own);
    for (String name : numbers) {
      if (!type(stored, name).equals(DataTypes.FloatType)) {
        throw new RefusedException(
            "scores: the published column '%s' is of type %s, and float was written"
                .formatted(name, type(stored, name).catalogString()));
      }
    }

    return new ComparedColumns(
        stored,
        new ArrayList<>(partition.keys()),
        passed,
        numbers,
        texts,
        hasMargins,
        explained,
        challenged);
  }

  private static List<String> required(ScoreColumns columns) {
    List<String> required = new ArrayList<>(columns.scores());
    if (columns.hasLabel()) {
      required.add(ScoreColumns.LABEL);
    }

    required.add(ScoreColumns.MODEL_VERSION);
    return required;
  }

  /** Returns the columns that each row of the model has, and published rows do not. */
  List<String> missing(ScoringModel model) {
    List<String> missing = required(ScoreColumns.of(model.outputs(), model.engine().scores(), 0));
    missing.removeAll(numbers);
    missing.removeAll(texts);
    return missing;
  }

  /** Returns the published columns that are not compared. */
  List<String> others(AuditedPartition partition) {
    List<String> others = new ArrayList<>(Arrays.asList(stored.fieldNames()));
    others.removeAll(keys);
    others.removeAll(values());
    others.removeAll(partition.levels());
    return others;
  }

  boolean hasReasons() {
    return texts.contains(ReasonsForm.COLUMN);
  }

  ArrayList<String> values() {
    ArrayList<String> values = new ArrayList<>(numbers);
    values.addAll(texts);
    values.addAll(passed);
    return values;
  }

  /** Returns the columns that rows of the input have. */
  List<String> carried() {
    List<String> carried = new ArrayList<>(keys);
    carried.addAll(passed);
    return carried;
  }

  /** Returns the columns of the key, of rows with these columns. */
  List<Column> keys(StructType schema) {
    return keys.stream().map(key -> functions.expr(ofType(key, schema))).toList();
  }

  /**
   * Returns the columns of rows as {@link RowPairs} reads them.
   *
   * @param schema of the rows
   */
  Column[] of(StructType schema, Side side, Column faults) {
    List<Column> columns = start(schema, side);
    for (String name : numbers) {
      columns.add(SqlName.column(name).as("v" + columns.size()));
    }

    for (String name : texts) {
      Column text = ValueText.of(SqlName.quoted(name), type(schema, name));
      columns.add(text.as("v" + columns.size()));
    }

    for (String name : passed) {
      Column text = ValueText.of(ofType(name, schema), type(stored, name));
      columns.add(text.as("v" + columns.size()));
    }

    columns.add(faults.as(FAULTS));
    return columns.toArray(Column[]::new);
  }

  /** Returns the same of rows without values. */
  Column[] withoutValues(StructType schema, Side side, Column faults) {
    List<Column> columns = start(schema, side);
    for (String name : values()) {
      DataType type = numbers.contains(name) ? DataTypes.FloatType : DataTypes.StringType;
      columns.add(functions.lit(null).cast(type).as("v" + columns.size()));
    }

    columns.add(faults.as(FAULTS));
    return columns.toArray(Column[]::new);
  }

  private List<Column> start(StructType schema, Side side) {
    List<Column> columns = new ArrayList<>();
    for (Column key : keys(schema)) {
      columns.add(key.as("k" + columns.size()));
    }

    columns.add(functions.lit(side.ordinal()).as("side"));
    return columns;
  }

  /** Returns a column with the type that it has in the published rows, as an expression. */
  private String ofType(String name, StructType schema) {
    String column = SqlName.quoted(name);
    return !has(stored, name) || type(schema, name).equals(type(stored, name))
        ? column
        : "cast(%s as %s)".formatted(column, type(stored, name).sql());
  }

  static boolean has(StructType schema, String name) {
    return Arrays.asList(schema.fieldNames()).contains(name);
  }

  private static DataType type(StructType schema, String name) {
    return schema.apply(name).dataType();
  }
}
