package io.paritree.spark.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;

/**
 * The columns of a model's fields, in the form in which their values reach {@link BlockScoring}
 * unchanged: as objects, and as {@link PackedNumbers}.
 *
 * @param objects those that are not packed, one for each field of their kind
 * @param floats those of FLOAT
 * @param doubles those of other numbers, which a double holds, or is the nearest to
 * @param read where a {@link PackedRow} has each field
 */
record PackedColumns(
    List<Column> objects, List<Column> floats, List<Column> doubles, RowColumns read) {

  private enum Form {
    OBJECT,
    FLOAT,
    DOUBLE;

    static Form of(DataType type) {
      if (type instanceof FloatType) {
        return FLOAT;
      }

      // A cast of a decimal is not always the nearest double.
      return type instanceof NumericType && !(type instanceof DecimalType) ? DOUBLE : OBJECT;
    }
  }

  /** Returns the columns that the fields read of a Dataset. */
  static PackedColumns of(StructType given, RowColumns columns) {
    List<Column> objects = new ArrayList<>();
    List<Column> floats = new ArrayList<>();
    List<Column> doubles = new ArrayList<>();
    int fields = columns.ordinals().length;
    int[] places = new int[fields];
    DataType[] types = columns.types().clone();
    for (int field = 0; field < fields; field++) {
      StructField column = given.fields()[columns.ordinals()[field]];
      List<Column> list =
          switch (Form.of(types[field])) {
            case OBJECT -> objects;
            case FLOAT -> floats;
            case DOUBLE -> doubles;
          };
      places[field] = list.size();
      list.add(value(column));
    }

    for (int field = 0; field < fields; field++) {
      switch (Form.of(types[field])) {
        case OBJECT -> {}
        case FLOAT -> places[field] += objects.size();
        case DOUBLE -> {
          places[field] += objects.size() + floats.size();
          types[field] = DataTypes.DoubleType;
        }
      }
    }

    return new PackedColumns(objects, floats, doubles, new RowColumns(places, types, fields));
  }

  /**
   * Returns a field's column as a type whose objects hold every value: a {@code String} would
   * replace bytes that are not UTF-8, and a {@code Timestamp} has another calendar before 1582.
   */
  private static Column value(StructField field) {
    DataType type = field.dataType();
    Column column = named(field.name());
    if (type instanceof StringType) {
      return column.cast("binary");
    }

    return type instanceof TimestampType ? functions.unix_micros(column) : column;
  }

  static Column named(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  /** Returns the columns of a {@link PackedNumbers}. */
  Column numbers() {
    return functions.struct(
        array(doubles, "double").as("doubles"), array(floats, "float").as("floats"));
  }

  /** Returns an array without nulls, which Spark copies as a whole. */
  private static Column array(List<Column> columns, String type) {
    Column missing = functions.lit(Double.NaN).cast(type);
    Column[] values =
        columns.stream()
            .map(column -> functions.coalesce(column.cast(type), missing))
            .toArray(Column[]::new);
    Column array = functions.array(values);
    return columns.isEmpty() ? array.cast("array<%s>".formatted(type)) : array;
  }
}
