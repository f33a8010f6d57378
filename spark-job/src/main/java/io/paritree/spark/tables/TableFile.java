package io.paritree.spark.tables;

import java.util.Map;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;

/**
 * A data file of a version of a table.
 *
 * @param path where it is
 * @param reported its path as the table's reader reports it
 * @param partition the values of the partition columns as texts; null where they are
 * @param bytes its length
 * @param modifiedMillis when it was written, by the log, in milliseconds since 1970; 0 if the log
 *     does not say it
 * @param rows how many rows of it the version has, by the log; empty if the log does not say it
 * @param deletedRows how many of the rows in its footer the version does not have
 */
public record TableFile(
    Path path,
    String reported,
    Map<String, String> partition,
    long bytes,
    long modifiedMillis,
    OptionalLong rows,
    long deletedRows) {}
