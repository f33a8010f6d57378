package io.paritree.spark.sql;

import io.paritree.feature.Field;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Schema;
import io.paritree.spark.sql.RowColumns.Part;
import io.paritree.spark.sql.RowColumns.Place;
import io.paritree.spark.tables.SqlName;
import io.paritree.spark.versions.rows.FloatPair;
import java.util.ArrayList;
import java.util.List;
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
  /** Whether two floats may be one column. */
  enum Floats {
    PAIRED,
    WHOLE
  }

  /**
   * @param given the columns of the Dataset
   * @param found where they have the model's values
   */
  static Selection of(
      List<String> kept, Schema schema, StructType given, RowColumns found, Floats floatsAre) {
    List<Place> places = found.places();
    List<String> names = places.stream().map(place -> given.fieldNames()[place.ordinal()]).toList();
    List<String> taken = new ArrayList<>(kept);
    List<Integer> floats = new ArrayList<>(); // fields
    for (int field = 0; field < places.size(); field++) {
      if (floatsAre == Floats.PAIRED
          && !kept.contains(names.get(field))
          && canBePaired(schema.fields().get(field), places.get(field).type())) {
        floats.add(field);
      }
    }

    if (floats.size() % 2 == 1) {
      floats.remove(floats.size() - 1);
    }

    ArrayList<Place> selected = new ArrayList<>(places);
    for (int field = 0; field < places.size(); field++) {
      if (!floats.contains(field)) {
        if (!taken.contains(names.get(field))) {
          taken.add(names.get(field));
        }

        int ordinal = taken.indexOf(names.get(field));
        Place place = places.get(field);
        selected.set(field, new Place(ordinal, place.part(), place.type()));
      }
    }

    List<Column> columns = new ArrayList<>();
    for (String name : taken) {
      columns.add(SqlName.column(name).as(name(columns.size())));
    }

    for (int at = 0; at < floats.size(); at += 2) {
      int first = floats.get(at);
      int second = floats.get(at + 1);
      selected.set(first, new Place(columns.size(), Part.FIRST, DataTypes.FloatType));
      selected.set(second, new Place(columns.size(), Part.SECOND, DataTypes.FloatType));
      columns.add(FloatPair.of(names.get(first), names.get(second)).as(name(columns.size())));
    }

    return new Selection(columns, new RowColumns(selected, columns.size()));
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
