package io.paritree.spark.versions;

import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.execution.datasources.FilePartition;
import scala.collection.Iterator;

/**
 * The rows or batches of a file scan whose files are assigned to its tasks in another way.
 *
 * @param <T> rows or batches
 */
public final class ReassignedScan<T> extends RDD<T> implements PreferredHosts {
  private final RDD<T> scanned;
  private final transient FilePartition[] tasks;

  /**
   * @param scanned a scan, and operators that process the rows of each of its tasks separately
   * @param tasks which files each task reads; the array is taken over
   */
  public ReassignedScan(RDD<T> scanned, FilePartition[] tasks) {
    super(scanned, scanned.elementClassTag());
    this.scanned = scanned;
    this.tasks = tasks;
  }

  @Override
  public Partition[] getPartitions() {
    return tasks;
  }

  @Override
  public Iterator<T> compute(Partition task, TaskContext context) {
    // Every RDD between this one and the scan passes the partition on and reads only its index.
    return scanned.iterator(task, context);
  }

  @Override
  public scala.collection.immutable.Seq<String> getPreferredLocations(Partition task) {
    return SparkLists.scala(List.of(((FilePartition) task).preferredLocations()));
  }
}
