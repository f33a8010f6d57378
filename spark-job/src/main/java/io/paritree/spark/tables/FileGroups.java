package io.paritree.spark.tables;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * Groups of a table's files. Which group a row is in says the file that Spark reads it from: values
 * of partitions are other texts in a table's log than in Spark, or in no column at all.
 *
 * @param groups the number of each file's group, by its path as the table's reader reports it
 * @param isOfPaths whether Spark reports paths, not URIs
 */
public record FileGroups(HashMap<String, Integer> groups, boolean isOfPaths)
    implements UDF1<String, Integer> {

  /**
   * Returns groups of the files of a table.
   *
   * @param groups the number of the group of each file
   */
  public static FileGroups of(PinnedTable table, Map<TableFile, Integer> groups) {
    HashMap<String, Integer> reported = new HashMap<>();
    groups.forEach((file, group) -> reported.put(file.reported(), group));
    return new FileGroups(reported, table.reportsPaths());
  }

  @Override
  public Integer call(String file) {
    return groups.get(isOfPaths ? file : new Path(URI.create(file)).toString());
  }

  /**
   * Returns the number of a row's group; null if its file is in none. Only for rows as they are
   * read, before any exchange.
   */
  public Column column() {
    return functions.udf(this, DataTypes.IntegerType).apply(functions.input_file_name());
  }
}
