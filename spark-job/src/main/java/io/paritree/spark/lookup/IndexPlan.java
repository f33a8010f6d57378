package io.paritree.spark.lookup;

import io.paritree.lookup.KeyForm;
import io.paritree.lookup.build.ShardSizes;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What the tasks that build a group's indexes have in common.
 *
 * @param run the name of the run's directory
 * @param keys the columns of the key
 * @param scores the columns of the scores
 * @param partitions the output partitions
 * @param ends for each, the number of the bucket after its last one; those of all are counted on
 */
record IndexPlan(
    String run, KeyForm keys, ArrayList<String> scores, ArrayList<String> partitions, int[] ends)
    implements Serializable {

  static IndexPlan of(String run, KeyForm keys, List<String> scores, List<IndexedPartition> all) {
    ArrayList<String> names = new ArrayList<>();
    int[] ends = new int[all.size()];
    for (IndexedPartition one : all) {
      int at = names.size();
      int buckets = ShardSizes.buckets(one.rows(), one.bytes());
      ends[at] = (at == 0 ? 0 : ends[at - 1]) + buckets;
      names.add(one.partition());
    }

    return new IndexPlan(run, keys, new ArrayList<>(scores), names, ends);
  }

  /** Returns the first bucket of a partition. */
  int first(int partition) {
    return partition == 0 ? 0 : ends[partition - 1];
  }

  /** Returns the number of buckets of a partition. */
  int buckets(int partition) {
    return ends[partition] - first(partition);
  }

  /** Returns the number of buckets of all partitions. */
  int allBuckets() {
    return ends[ends.length - 1];
  }
}
