package io.paritree.spark.run;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.tables.SqlName;
import io.paritree.store.Location;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * Counts the rows of staged partitions that repeat a key; shuffles the keys.
 *
 * @param schema the columns of the staged files
 * @param keys which of them form the key; empty if every row has the same key
 */
record DuplicateKeys(SparkSession session, StructType schema, List<String> keys) {
  /**
   * Returns how many rows repeat the key of another row of their partition.
   *
   * @param files the staged files; the files of a partition are in one directory
   */
  long count(List<Location> files) {
    String[] paths = files.stream().map(HadoopPaths::pattern).toArray(String[]::new);
    Dataset<Row> staged = session.read().schema(schema).parquet(paths);
    Column partition =
        functions.regexp_extract(
            staged.metadataColumn("_metadata").getField("file_path"), "^(.*)/[^/]*$", 1);
    // The plan renames the keys: a key of the input may be called count, or have any other name.
    Column[] group = new Column[keys.size() + 1];
    group[0] = partition.as("_partition");
    for (int index = 0; index < keys.size(); index++) {
      group[index + 1] = SqlName.column(keys.get(index)).as("_key" + index);
    }

    Row sum =
        staged
            .groupBy(group)
            .agg(functions.count(functions.lit(1L)).as("_rows"))
            .agg(functions.sum(functions.col("_rows").minus(functions.lit(1L))))
            .collectAsList()
            .get(0);
    return sum.isNullAt(0) ? 0 : sum.getLong(0);
  }
}
