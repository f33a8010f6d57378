package io.paritree.spark.sql;

import io.paritree.spark.sql.RowColumns.Place;
import io.paritree.spark.tables.SqlName;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that are taken from a Dataset to score its rows: the kept columns, in order, then the
 * other columns that the model reads.
 *
 * @param columns each has the {@link #name} of its place
 * @param places where the rows then have the model's values
 */
record Selection(List<Column> columns, RowColumns places) {
  /**
   * @param given the columns of the Dataset
   * @param found where they have the model's values
   */
  static Selection of(List<String> kept, StructType given, RowColumns found) {
    List<String> taken = new ArrayList<>(kept);
    ArrayList<Place> places = new ArrayList<>();
    for (Place place : found.places()) {
      String name = given.fieldNames()[place.ordinal()];
      if (!taken.contains(name)) {
        taken.add(name);
      }

      places.add(new Place(taken.indexOf(name), place.isCell(), place.type()));
    }

    List<Column> columns = new ArrayList<>();
    for (String name : taken) {
      columns.add(SqlName.column(name).as(name(columns.size())));
    }

    return new Selection(columns, new RowColumns(places, columns.size()));
  }

  /** Returns a name of a column that no other one has, whether case counts or not. */
  static String name(int place) {
    return "c" + place;
  }
}
