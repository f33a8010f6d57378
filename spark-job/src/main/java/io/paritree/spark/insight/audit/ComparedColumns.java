package io.paritree.spark.insight.audit;

import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.score.ScoreFields;
import io.paritree.spark.tables.SqlName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of published rows that are compared, in the order of {@link #values}.
 *
 * @param stored the columns of published rows; none if there are no rows
 * @param keys the columns of the key
 * @param floats scores, margins and contributions
 * @param texts label and version
 * @param passed columns of the input, which are before the scores
 * @param missing columns that the model gives to each row, and published rows do not have
 * @param others published columns that are not compared
 */
record ComparedColumns(
    StructType stored,
    List<String> keys,
    List<String> floats,
    List<String> texts,
    List<String> passed,
    List<String> missing,
    List<String> others) {

  /**
   * Finds them.
   *
   * @throws RefusedException if no key is known, one is no column, or a number has another type
   */
  static ComparedColumns of(AuditedPartition partition, StructType stored, ScoringModel model)
      throws RefusedException {
    if (partition.keys().isEmpty()) {
      throw new RefusedException(
          "keys: nothing records which columns identify a row; give them as --keys, and to the run that scores");
    }

    List<String> names = Arrays.asList(stored.fieldNames());
    for (String key : names.isEmpty() ? List.<String>of() : partition.keys()) {
      if (!names.contains(key)) {
        throw new RefusedException("keys: the published rows have no column '%s'".formatted(key));
      }
    }

    ScoreColumns columns = columns(model);
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
    List<String> floats = new ArrayList<>(columns.numbers());
    floats.addAll(ScoreFields.contributions(model));
    floats.retainAll(own);
    for (String name : floats) {
      DataType type = stored.apply(name).dataType();
      if (!type.equals(DataTypes.FloatType)) {
        throw new RefusedException(
            "scores: the published column '%s' is of type %s, and float was written"
                .formatted(name, type.catalogString()));
      }
    }

    List<String> texts = new ArrayList<>(List.of(ScoreColumns.MODEL_VERSION));
    if (columns.hasLabel()) {
      texts.add(0, ScoreColumns.LABEL);
    }

    List<String> missing = new ArrayList<>(columns.scores());
    missing.addAll(texts);
    missing.removeAll(names.isEmpty() ? missing : own);
    texts.retainAll(own);
    List<String> others = new ArrayList<>(own);
    others.removeAll(floats);
    others.removeAll(texts);
    others.removeAll(partition.keys());
    others.removeAll(partition.levels());
    return new ComparedColumns(stored, partition.keys(), floats, texts, passed, missing, others);
  }

  /** Returns the columns that are compared. */
  List<String> values() {
    List<String> values = new ArrayList<>(floats);
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

  boolean hasMargins(ScoringModel model) {
    return floats.containsAll(columns(model).margins());
  }

  boolean hasContributions(ScoringModel model) {
    return ScoreFields.contributions(model).stream().anyMatch(floats::contains);
  }

  private static ScoreColumns columns(ScoringModel model) {
    return ScoreColumns.of(model.outputs(), model.engine().scores(), model.engine().outputs());
  }

  /** Returns the columns of the key, of rows with these columns. */
  List<Column> keys(StructType schema) {
    return keys.stream().map(name -> exact(name, schema)).toList();
  }

  /** Returns the columns that are compared, of rows with these columns. */
  List<Column> values(StructType schema) {
    return values().stream().map(name -> exact(name, schema)).toList();
  }

  /** Returns a column with the type that it has in the published rows, as Spark compares it. */
  private Column exact(String name, StructType schema) {
    DataType own = schema.apply(name).dataType();
    String column = SqlName.quoted(name);
    if (texts.contains(name) || floats.contains(name)) {
      return functions.expr(exact(column, DataTypes.StringType, 0));
    }

    DataType type = stored.fields().length == 0 ? own : stored.apply(name).dataType();
    String cast = own.equals(type) ? column : "cast(%s as %s)".formatted(column, type.sql());
    return functions.expr(exact(cast, type, 0));
  }

  /**
   * Returns an expression whose values are equal to Spark where they have the same bits: a text for
   * each number, as -0.0 is 0.0 to Spark, and a list for each map. A NaN is any NaN.
   */
  private static String exact(String value, DataType type, int depth) {
    String part = "x" + depth;
    if (type instanceof ArrayType list) {
      return "transform(%s, %s -> %s)"
          .formatted(value, part, exact(part, list.elementType(), depth + 1));
    } else if (type instanceof MapType map) {
      DataType entry = new StructType().add("key", map.keyType()).add("value", map.valueType());
      String entries = "map_entries(%s)".formatted(value);
      return "array_sort(%s)".formatted(exact(entries, new ArrayType(entry, false), depth));
    } else if (type instanceof StructType struct) {
      List<String> fields = new ArrayList<>();
      for (StructField field : struct.fields()) {
        String name = value + "." + SqlName.quoted(field.name());
        fields.add("'f%s', %s".formatted(fields.size(), exact(name, field.dataType(), depth + 1)));
      }

      return "if(%s is null, null, named_struct(%s))".formatted(value, String.join(", ", fields));
    } else if (type instanceof FloatType
        || type instanceof DoubleType
        || type instanceof StringType) {
      return "cast(%s as string)".formatted(value);
    }

    return type instanceof BinaryType ? "hex(%s)".formatted(value) : value;
  }
}
