package io.paritree.spark.sql;

import io.paritree.Fault;
import io.paritree.FaultCode;
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

  /**
   * Returns the slot of a column's value.
   *
   * @throws IllegalStateException if the call on a Dataset, which encodes many rows at once, finds
   *     another one, or another fault
   */
  public static float slot(
      Feature feature, InternalRow row, int ordinal, DataType type, Faults faults) {
    RowColumns.Place place = new RowColumns.Place(ordinal, false, type);
    RowColumns columns = new RowColumns(new ArrayList<>(List.of(place)), row.numFields());
    RowEncoder encoder = new RowEncoder(new Schema(List.of(feature)), columns);
    float[] slots = new float[1];
    encoder.encode(row, slots, 1, 0, faults);

    float[] ofBlock = new float[1];
    int[] nans = new int[encoder.numbers()];
    Faults found = new Faults();
    encoder.encodeAllButNumbers(row, ofBlock, 1, 0, nans, found);
    encoder.encodeNumbers(ofBlock, 1, 1, nans, found);
    if (Float.floatToRawIntBits(slots[0]) != Float.floatToRawIntBits(ofBlock[0])
        || !codes(faults).equals(codes(found))) {
      throw new IllegalStateException(
          "Cannot say what %s of %s is: %s %s in a row, %s %s in a block"
              .formatted(type, row, slots[0], codes(faults), ofBlock[0], codes(found)));
    }

    return slots[0];
  }

  private static List<FaultCode> codes(Faults faults) {
    return faults.list().stream().map(Fault::code).toList();
  }
}
