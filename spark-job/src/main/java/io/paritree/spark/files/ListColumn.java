package io.paritree.spark.files;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A column of lists of structs, such as reasons: in Parquet's three levels, as Spark writes them.
 * Not thread-safe.
 */
final class ListColumn {
  private final LeafColumn[] leaves;

  /** The definition levels of an empty list, and of a field that is null. */
  private final int emptyLevel;

  private final int fieldLevel;

  /**
   * @param leaves one per field of the struct
   */
  ListColumn(StructField field, List<LeafColumn> leaves) {
    this.leaves = leaves.toArray(LeafColumn[]::new);
    this.emptyLevel = field.nullable() ? 1 : 0;
    boolean hasNulls = ((ArrayType) field.dataType()).containsNull();
    this.fieldLevel = emptyLevel + 1 + (hasNulls ? 1 : 0);
  }

  /** Returns whether a type can be written. */
  static boolean writes(DataType type) {
    return type instanceof ArrayType list
        && list.elementType() instanceof StructType struct
        && struct.size() > 0
        && Arrays.stream(struct.fields()).allMatch(field -> LeafColumn.writes(field.dataType()));
  }

  void write(InternalRow row, int at) {
    if (row.isNullAt(at)) {
      writeNulls(0, 0);
      return;
    }

    ArrayData list = row.getArray(at);
    int length = list.numElements();
    if (length == 0) {
      writeNulls(0, emptyLevel);
    }

    for (int element = 0; element < length; element++) {
      int repetition = element == 0 ? 0 : 1;
      if (list.isNullAt(element)) {
        writeNulls(repetition, emptyLevel + 1);
        continue;
      }

      InternalRow struct = list.getStruct(element, leaves.length);
      for (int field = 0; field < leaves.length; field++) {
        leaves[field].write(struct, field, repetition, fieldLevel);
      }
    }
  }

  private void writeNulls(int repetition, int level) {
    for (LeafColumn leaf : leaves) {
      leaf.writeNull(repetition, level);
    }
  }
}
