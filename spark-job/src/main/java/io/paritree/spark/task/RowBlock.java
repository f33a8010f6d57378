package io.paritree.spark.task;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.DataType;

/** Internal rows, collected into a block. */
public final class RowBlock implements InputBlock {
  private final InternalRow[] block;
  private final int[] ordinals;
  private final int indexOrdinal;
  private final int malformedOrdinal;
  private final RowCells[] cells;
  private int rows;

  /**
   * @param ordinals the ordinal of each column in a row; -1 for columns that are not in it
   * @param indexOrdinal the ordinal of a row's index in its file; -1 if rows have none
   * @param malformedOrdinal the ordinal of the text of a malformed line; -1 if rows have none
   */
  public RowBlock(
      TaskPlan plan, int capacity, int[] ordinals, int indexOrdinal, int malformedOrdinal) {
    this.block = new InternalRow[capacity];
    this.ordinals = ordinals;
    this.indexOrdinal = indexOrdinal;
    this.malformedOrdinal = malformedOrdinal;
    this.cells = new RowCells[ordinals.length];
    for (int column = 0; column < ordinals.length; column++) {
      if (ordinals[column] >= 0) {
        DataType type = plan.column(column).type();
        cells[column] = new RowCells(block, ordinals[column], ColumnKind.of(type), type);
      }
    }
  }

  void clear() {
    rows = 0;
  }

  boolean isFull() {
    return rows == block.length;
  }

  /** Adds a row, which must not change later; callers copy Spark's own rows first. */
  void add(InternalRow row) {
    block[rows++] = row;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public Cells cells(int column) {
    return cells[column];
  }

  @Override
  public SpecializedGetters row(int row) {
    return block[row];
  }

  @Override
  public int ordinal(int column) {
    return ordinals[column];
  }

  @Override
  public long indexInFile(int row) {
    return indexInFile(block[row]);
  }

  /** Returns the index of a row in its file, from 0; -1 if it is not known. */
  long indexInFile(InternalRow row) {
    return indexOrdinal < 0 ? -1 : row.getLong(indexOrdinal);
  }

  @Override
  public String malformed(int row) {
    return malformedOrdinal < 0 || block[row].isNullAt(malformedOrdinal)
        ? null
        : block[row].getUTF8String(malformedOrdinal).toString();
  }
}
