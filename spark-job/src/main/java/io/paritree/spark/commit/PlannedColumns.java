package io.paritree.spark.commit;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that a run's commit gives a table, with the rows: the columns of a new table, or some
 * that the table lacks.
 *
 * @param output the columns of the run's files
 * @param added the columns that are added to a table; empty if the table is made
 * @param partitionColumns of a table that is made; they are texts
 */
public record PlannedColumns(
    StructType output, List<StructField> added, List<String> partitionColumns) {
  public PlannedColumns {
    added = List.copyOf(added);
    partitionColumns = List.copyOf(partitionColumns);
  }

  /** Returns all columns that the table has afterwards. */
  public StructType schema(TableState before) {
    StructType all = before.isAbsent() ? output : before.schema();
    for (StructField field : added) {
      all = all.add(field);
    }

    for (String column : partitionColumns) {
      all = all.add(column, "string");
    }

    return all;
  }
}
