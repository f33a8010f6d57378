package io.paritree.spark.task;

import io.paritree.model.EngineKind;
import io.paritree.spark.input.ReadColumn;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What every task of a run is told.
 *
 * @param root the input as a qualified Hadoop path; file names are taken below it
 * @param tasks where tasks write, as a Hadoop path
 * @param run stands in the names of files: no two runs may use one name, or a reader that has
 *     listed the files of one run would open those of the next
 * @param columns what is read: those of the files in select order, then those of directory names
 * @param carried which of the columns are written, in output order
 * @param outputPartition the partition that all rows go to; null if they keep the input's
 * @param output the columns of the scored rows
 * @param quarantine the columns of the quarantined rows
 * @param margins how many margins a row has that are written; 0 if they are not asked for
 * @param hasLabel whether a label is written
 * @param modelVersion what the column {@code model_version} holds
 * @param digest the model's digest
 * @param engine which engine scores
 * @param rowsPerFile most rows of one output file
 * @param bytesPerFile length at which an output file is full
 * @param sortedColumns by how many of the first output columns a file's rows are sorted; 0 for none
 * @param keyColumns how many of the first output columns make a row's key
 * @param keyBuckets into how many buckets the hashes of the keys go; 0 if they are not hashed
 * @param sampleRows how many rows of each task are scored, and none written; 0 to score and write
 *     all
 */
public record TaskPlan(
    String root,
    String tasks,
    String run,
    ArrayList<ReadColumn> columns,
    int[] carried,
    String outputPartition,
    StructType output,
    StructType quarantine,
    int margins,
    boolean hasLabel,
    String modelVersion,
    String digest,
    EngineKind engine,
    long rowsPerFile,
    long bytesPerFile,
    int sortedColumns,
    int keyColumns,
    int keyBuckets,
    int sampleRows)
    implements Serializable {

  /** Rows of the largest block. */
  public static final int BLOCK_ROWS = 4_096;

  /** Returns whether some rows are scored to see that it works, and none is written. */
  public boolean isSample() {
    return sampleRows > 0;
  }

  /** Returns a column. */
  public ReadColumn column(int index) {
    return columns.get(index);
  }

  /** Returns the index of a column. */
  public int indexOf(String name) {
    for (int index = 0; index < columns.size(); index++) {
      if (columns.get(index).name().equals(name)) {
        return index;
      }
    }

    throw new IllegalArgumentException("Cannot find column '%s' in the plan".formatted(name));
  }

  /** Returns the types of the columns that make a row's key. */
  public List<DataType> keyTypes() {
    return Arrays.stream(output.fields()).limit(keyColumns).map(StructField::dataType).toList();
  }

  /** Returns the columns that come from files. */
  public List<ReadColumn> fileColumns() {
    return columns.stream().filter(column -> !column.isPartition()).toList();
  }
}
