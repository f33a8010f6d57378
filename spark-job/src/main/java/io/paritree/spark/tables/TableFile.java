package io.paritree.spark.tables;

import java.util.Map;
import org.apache.hadoop.fs.Path;

/**
 * A data file of a version of a table.
 *
 * @param path where it is
 * @param partition the values of the partition columns as the log has them; null where they are
 * @param bytes its length
 * @param modifiedMillis when it was written, by the log, in milliseconds since 1970
 * @param deletedRows how many of its rows the version does not have
 */
public record TableFile(
    Path path, Map<String, String> partition, long bytes, long modifiedMillis, long deletedRows) {}
