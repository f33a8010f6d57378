package io.paritree.spark.lookup;

import io.paritree.lookup.KeyForm;
import io.paritree.lookup.ShardSizes;
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
 * @param buckets the number of buckets of all partitions
 */
record IndexPlan(
    String run, KeyForm keys, ArrayList<String> scores, ArrayList<Part> partitions, int buckets)
    implements Serializable {

  /**
   * A partition.
   *
   * @param first its first bucket, counted through all partitions
   */
  record Part(String name, int first, int buckets) implements Serializable {}

  static IndexPlan of(String run, KeyForm keys, List<String> scores, List<IndexedPartition> all) {
    ArrayList<Part> parts = new ArrayList<>();
    int first = 0;
    for (IndexedPartition one : all) {
      int buckets = ShardSizes.buckets(one.rows(), one.bytes());
      parts.add(new Part(one.partition(), first, buckets));
      first += buckets;
    }

    return new IndexPlan(run, keys, new ArrayList<>(scores), parts, first);
  }
}
