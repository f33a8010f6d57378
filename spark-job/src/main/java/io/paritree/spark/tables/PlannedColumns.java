package io.paritree.spark.tables;

import java.util.List;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a table that a run's commit makes, with the rows.
 *
 * @param output the columns of the run's files
 * @param partitionColumns are texts
 */
public record PlannedColumns(StructType output, List<String> partitionColumns) {
  public PlannedColumns {
    partitionColumns = List.copyOf(partitionColumns);
  }

  /** Returns all columns of the table. */
  public StructType schema() {
    StructType all = output;
    for (String column : partitionColumns) {
      all = all.add(column, "string");
    }

    return all;
  }
}
