package io.paritree.spark.task;

import io.paritree.spark.input.ReadColumn;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** A columnar batch as a block. */
public final class VectorBlock implements InputBlock {
  private final int[] ordinals;
  private final int indexOrdinal;
  private final VectorCells[] cells;
  private ColumnarBatch batch;

  /**
   * @param ordinals the ordinal of each column in the batch; -1 for columns that are not in it
   * @param indexOrdinal the ordinal of a row's index in its file; -1 if rows have none
   */
  public VectorBlock(TaskPlan plan, int[] ordinals, int indexOrdinal) {
    this(plan.input().columns().stream().map(ReadColumn::type).toList(), ordinals, indexOrdinal);
  }

  /**
   * @param types of the columns
   * @param ordinals the ordinal of each of them in the batch
   */
  public VectorBlock(List<DataType> types, int[] ordinals) {
    this(types, ordinals, -1);
  }

  private VectorBlock(List<DataType> types, int[] ordinals, int indexOrdinal) {
    this.ordinals = ordinals;
    this.indexOrdinal = indexOrdinal;
    this.cells = new VectorCells[ordinals.length];
    for (int column = 0; column < ordinals.length; column++) {
      if (ordinals[column] >= 0) {
        cells[column] = new VectorCells(types.get(column));
      }
    }
  }

  /** Begins a batch, of at most {@link TaskPlan#BLOCK_ROWS} rows. */
  public void bind(ColumnarBatch batch) {
    this.batch = batch;
    for (int column = 0; column < cells.length; column++) {
      if (cells[column] != null) {
        cells[column].bind(batch.column(ordinals[column]));
      }
    }
  }

  @Override
  public int rows() {
    return batch.numRows();
  }

  @Override
  public Cells cells(int column) {
    return cells[column];
  }

  @Override
  public SpecializedGetters row(int row) {
    return batch.getRow(row);
  }

  @Override
  public int ordinal(int column) {
    return ordinals[column];
  }

  @Override
  public long indexInFile(int row) {
    return indexOrdinal < 0 ? -1 : batch.column(indexOrdinal).getLong(row);
  }
}
