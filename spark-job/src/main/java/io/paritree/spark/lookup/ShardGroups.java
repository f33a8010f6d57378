package io.paritree.spark.lookup;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.rdd.PartitionCoalescer;
import org.apache.spark.rdd.PartitionGroup;
import org.apache.spark.rdd.RDD;
import scala.Option;
import scala.collection.JavaConverters;

/** Gives each task of a stage the buckets of one shard. */
final class ShardGroups implements PartitionCoalescer, Serializable {
  private final transient List<ShardPlan> shards; // only the driver makes groups

  ShardGroups(List<ShardPlan> shards) {
    this.shards = shards;
  }

  @Override
  @SuppressWarnings("deprecation") // of JavaConverters, which both Scala 2.12 and 2.13 have
  public PartitionGroup[] coalesce(int most, RDD<?> buckets) {
    List<PartitionGroup> groups = new ArrayList<>();
    for (ShardPlan shard : shards) {
      PartitionGroup group = new PartitionGroup(Option.empty());
      List<Partition> own = JavaConverters.bufferAsJavaList(group.partitions());
      for (int bucket = shard.first(); bucket < shard.end(); bucket++) {
        own.add(buckets.partitions()[bucket]);
      }

      groups.add(group);
    }

    return groups.toArray(PartitionGroup[]::new);
  }
}
