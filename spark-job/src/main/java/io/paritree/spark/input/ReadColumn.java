package io.paritree.spark.input;

import java.io.Serializable;
import org.apache.spark.sql.types.DataType;

/**
 * A column that a run reads.
 *
 * @param name its name, as the run asks for it
 * @param type its type; text for partition columns and for all columns of CSV files
 * @param partitionLevel which level of the directory names it comes from; -1 if from the files
 */
public record ReadColumn(String name, DataType type, int partitionLevel) implements Serializable {

  /** Returns whether the column's values are directory names. */
  public boolean isPartition() {
    return partitionLevel >= 0;
  }
}
