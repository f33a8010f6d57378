package io.paritree.spark.sql;

import io.paritree.feature.Field;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Schema;
import io.paritree.spark.sql.RowColumns.Part;
import io.paritree.spark.tables.SqlName;
import io.paritree.spark.versions.rows.FloatPair;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that are taken from a Dataset to score its rows: the kept columns, in order, then the
 * other columns that the model reads, two floats at a time as one column.
 *
 * @param columns each has the {@link #name} of its place
 * @param places where the rows then have the model's values
 */
record Selection(List<Column> columns, RowColumns places) {

  /**
   * @param given the columns of the Dataset
   * @param found where they have the model's values
   */
  static Selection of(List<String> kept, Schema schema, StructType given, RowColumns found) {
    String[] names =
        IntStream.of(found.ordinals())
            .mapToObj(at -> given.fieldNames()[at])
            .toArray(String[]::new);
    int[] ordinals = new int[names.length];
    Part[] parts = new Part[ordinals.length];
    List<String> taken = new ArrayList<>(kept);
    List<Integer> floats = new ArrayList<>(); // fields
    for (int field = 0; field < ordinals.length; field++) {
      if (!kept.contains(names[field])
          && canBePaired(schema.fields().get(field), found.types()[field])) {
        floats.add(field);
      }
    }

    if (floats.size() % 2 == 1) {
      floats.remove(floats.size() - 1);
    }

    for (int field = 0; field < ordinals.length; field++) {
      if (!floats.contains(field)) {
        if (!taken.contains(names[field])) {
          taken.add(names[field]);
        }

        ordinals[field] = taken.indexOf(names[field]);
        parts[field] = Part.WHOLE;
      }
    }

    List<Column> columns = new ArrayList<>();
    for (String name : taken) {
      columns.add(SqlName.column(name).as(name(columns.size())));
    }

    for (int at = 0; at < floats.size(); at += 2) {
      int first = floats.get(at);
      int second = floats.get(at + 1);
      ordinals[first] = columns.size();
      ordinals[second] = columns.size();
      parts[first] = Part.FIRST;
      parts[second] = Part.SECOND;
      columns.add(FloatPair.of(names[first], names[second]).as(name(columns.size())));
    }

    return new Selection(columns, new RowColumns(ordinals, parts, found.types(), columns.size()));
  }

  /** Returns whether nothing is lost if a null becomes NaN: if only a number is read. */
  private static boolean canBePaired(Field field, DataType type) {
    return type.equals(DataTypes.FloatType)
        && field.features().size() == 1
        && field.features().get(0) instanceof NumberFeature;
  }

  /** Returns a name of a column that no other one has, whether case counts or not. */
  static String name(int place) {
    return "c" + place;
  }
}
