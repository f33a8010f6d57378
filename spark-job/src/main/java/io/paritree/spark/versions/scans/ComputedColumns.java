package io.paritree.spark.versions.scans;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Columns that are computed from others of the same row. Objects that compute the same are equal.
 * Immutable and thread-safe.
 */
public interface ComputedColumns extends Serializable {

  /** Returns the columns that are read; their names are those of the files. */
  StructType inputs();

  /** Returns the columns that are computed, with names that no column of the files has. */
  StructType computed();

  /** Returns the number of rows of the largest batch that can be read. */
  int mostRows();

  /**
   * Begins the batches of a file.
   *
   * @param read the columns of a batch, all inputs among them
   * @param wanted the indexes of those computed columns that are wanted
   * @param file its URI
   */
  OfBatches ofBatches(StructType read, int[] wanted, String file);

  /**
   * Computes all columns of rows.
   *
   * @param read the columns of a row, all inputs among them
   * @param rows the next one may be in the memory of this one
   * @return each row with the computed columns after its own; the next one is in the same memory
   */
  Iterator<? extends InternalRow> ofRows(StructType read, Iterator<InternalRow> rows);

  /** Computes the wanted columns, batch by batch. Not thread-safe. */
  @FunctionalInterface
  interface OfBatches {
    /** Returns the wanted columns of a batch, valid until those of the next one are asked for. */
    ColumnVector[] of(ColumnarBatch batch);
  }
}
