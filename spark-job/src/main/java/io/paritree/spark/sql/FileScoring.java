package io.paritree.spark.sql;

import io.paritree.spark.sql.RowColumns.Place;
import io.paritree.spark.task.TaskPlan;
import io.paritree.spark.versions.scans.ComputedColumns;
import java.util.ArrayList;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/**
 * The results of a model as columns that are computed where Spark reads Parquet files: of batches,
 * as the job does, and otherwise of rows. Immutable and thread-safe.
 *
 * @param inputs the columns that have the values of the model's fields, in their order
 * @param computed the columns: scores, margins, the label, faults
 */
record FileScoring(
    PlannedModel model,
    StructType inputs,
    boolean hasMargins,
    boolean hasFaults,
    StructType computed)
    implements ComputedColumns {

  /**
   * Returns the columns that a model's fields are read from.
   *
   * @param given the columns of a Dataset
   * @param found where they have the values
   */
  static StructType inputs(StructType given, RowColumns found) {
    StructType inputs = new StructType();
    for (Place place : found.places()) {
      inputs = inputs.add(given.fields()[place.ordinal()]);
    }

    return inputs;
  }

  @Override
  public int mostRows() {
    return TaskPlan.BLOCK_ROWS;
  }

  @Override
  public OfBatches ofBatches(StructType read, int[] wanted, String file) {
    return new BatchScoring(this, ordinals(read), wanted, file);
  }

  @Override
  public Iterator<? extends InternalRow> ofRows(StructType read, Iterator<InternalRow> rows) {
    ArrayList<Place> places = new ArrayList<>();
    for (int ordinal : ordinals(read)) {
      places.add(new Place(ordinal, false, read.fields()[ordinal].dataType()));
    }

    RowColumns columns = new RowColumns(places, read.size());
    return new BlockScoring(model, columns, hasMargins, hasFaults, false, null, computed)
        .call(rows);
  }

  private int[] ordinals(StructType read) {
    int[] ordinals = new int[inputs.size()];
    for (int field = 0; field < ordinals.length; field++) {
      ordinals[field] = read.fieldIndex(inputs.fields()[field].name());
    }

    return ordinals;
  }

  @Override
  public String toString() {
    return "the results of " + model;
  }
}
