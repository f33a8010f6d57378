package io.paritree.spark.sql;

import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;

/** The encoder of the functions, for tests of other rooms. */
public final class SingleRow {
  private SingleRow() {}

  /** Returns the slot of a column's value. */
  public static float slot(
      Feature feature, InternalRow row, int ordinal, DataType type, Faults faults) {
    RowColumns.Place place = new RowColumns.Place(ordinal, RowColumns.Part.WHOLE, type);
    RowColumns columns = new RowColumns(new ArrayList<>(List.of(place)), row.numFields());
    float[] slots = new float[1];
    new RowEncoder(new Schema(List.of(feature)), columns).encode(row, slots, 1, 0, faults);
    return slots[0];
  }
}
