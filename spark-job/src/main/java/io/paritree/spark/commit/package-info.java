/**
 * How a run's partitions become rows of a table of any format: by one commit to the table's log.
 *
 * <p>The second way to publish, beside the renames of {@code spark.publish}.
 */
package io.paritree.spark.commit;
