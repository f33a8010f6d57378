package io.paritree.spark.lookup;

import io.paritree.lookup.BuiltShard;
import io.paritree.lookup.BuiltShards;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.KeyForm;
import io.paritree.lookup.ShardSizes;
import io.paritree.output.StateDirectory;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.task.JavaSerialized;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import scala.Option;

/**
 * Builds the indexes of a group's partitions from the files that were written and verified: Spark
 * shuffles their rows by the buckets of their keys, and then a task builds each shard.
 *
 * <p>An index is complete before its partition is published, in a directory that only this run
 * uses, and is used only if the published partition names this run. So it appears with its
 * partition.
 *
 * @param directory the run's
 */
public record IndexBuild(
    SparkSession session, OutputPlace place, RunDirectory directory, KeyForm keys) {
  private static final int TASKS_PER_CORE = 4;

  /** Of a task, which travels with their paths: Spark warns of one of 1,000 KiB. */
  private static final int MOST_FILES = 2_000;

  /**
   * Builds all indexes.
   *
   * @param scores the columns of the scores
   * @param quarantined the files of the group's rows that could not be scored
   * @return the problems of rows that no server could read; then nothing is built
   * @throws IOException if an index does not hold what was counted
   */
  public List<String> build(
      List<IndexedPartition> partitions, List<String> scores, List<Location> quarantined)
      throws IOException {
    IndexPlan plan = IndexPlan.of(directory.name(), keys, scores, partitions);
    JavaSparkContext context = new JavaSparkContext(session.sparkContext());
    context.setJobDescription("index %s".formatted(directory.name()));
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(HadoopPaths.settings(session)));
    JavaPairRDD<Integer, Object> rows = rows(context, plan, files(partitions, quarantined), hadoop);
    try {
      List<RowBatches.Counts> counts = new ArrayList<>();
      for (Object read : rows.values().collectPartitions(new int[] {plan.buckets()})[0]) {
        counts.add((RowBatches.Counts) ((JavaSerialized<?>) read).value());
      }

      Set<String> problems = new LinkedHashSet<>(); // several tasks may find the same one
      for (int one = 0; one < partitions.size(); one++) {
        for (RowBatches.Counts count : counts) {
          if (count.problems()[one] != null) {
            problems.add(problem(partitions.get(one).partition(), count.problems()[one]));
          }
        }
      }

      if (problems.isEmpty()) {
        write(partitions, counts, built(context, rows, plan, shards(plan, counts), hadoop));
      }

      return List.copyOf(problems);
    } finally {
      rows.rdd().cleanShuffleDependencies(false);
      hadoop.destroy();
    }
  }

  private static String problem(String partition, String why) {
    return "index of %s (--lookup-index): %s; pass fewer or shorter columns"
        .formatted(partition.isEmpty() ? "the output" : partition, why);
  }

  private static List<RowBatches.File> files(
      List<IndexedPartition> partitions, List<Location> quarantined) {
    List<RowBatches.File> files = new ArrayList<>();
    for (int one = 0; one < partitions.size(); one++) {
      for (Location file : partitions.get(one).files()) {
        files.add(new RowBatches.File(HadoopPaths.of(file).toString(), one));
      }
    }

    for (Location file : quarantined) {
      files.add(new RowBatches.File(HadoopPaths.of(file).toString(), -1));
    }

    return files;
  }

  /** Shuffles the rows: a partition of the result for each bucket, and one for the counts. */
  private static JavaPairRDD<Integer, Object> rows(
      JavaSparkContext context,
      IndexPlan plan,
      List<RowBatches.File> files,
      Broadcast<SerializableConfiguration> hadoop) {
    int most = Math.min(files.size(), TASKS_PER_CORE * context.defaultParallelism());
    int least = 1 + files.size() / MOST_FILES;
    return context
        .parallelize(files.stream().map(JavaSerialized::new).toList(), Math.max(least, most))
        .mapPartitionsToPair(
            own -> {
              RowBatches batches = new RowBatches(plan, hadoop.value().value(), own);
              TaskContext.get()
                  .addTaskCompletionListener((TaskCompletionListener) task -> batches.close());
              return batches;
            })
        .partitionBy(new HashPartitioner(plan.buckets() + 1));
  }

  private ArrayList<ShardPlan> shards(IndexPlan plan, List<RowBatches.Counts> counts)
      throws IOException {
    place
        .calls()
        .each(plan.partitions(), part -> place.store().createDirectories(index(part.name())));
    ArrayList<ShardPlan> all = new ArrayList<>();
    for (int one = 0; one < plan.partitions().size(); one++) {
      int partition = one;
      long bytes = counts.stream().mapToLong(count -> count.bytes()[partition]).sum();
      IndexPlan.Part part = plan.partitions().get(one);
      int shards = ShardSizes.shards(bytes, part.buckets());
      int buckets = part.buckets() / shards;
      Location to = index(part.name());
      for (int shard = 0; shard < shards; shard++) {
        long seal = IndexManifest.seal(plan.run(), part.name(), shard);
        int first = part.first() + shard * buckets;
        String path = HadoopPaths.of(to).toString();
        all.add(new ShardPlan(one, path, shard, seal, first, first + buckets));
      }
    }

    return all;
  }

  private Location index(String partition) {
    return StateDirectory.index(place.state(), directory.name(), partition);
  }

  /** Returns the shards by the numbers of their partitions. */
  private static List<List<BuiltShard>> built(
      JavaSparkContext context,
      JavaPairRDD<Integer, Object> rows,
      IndexPlan plan,
      ArrayList<ShardPlan> shards,
      Broadcast<SerializableConfiguration> hadoop) {
    int scores = plan.scores().size();
    // Once for an executor: as a part of the stage, each of its many tasks would read it again.
    Broadcast<JavaSerialized<ArrayList<ShardPlan>>> all =
        context.broadcast(new JavaSerialized<>(shards));
    List<JavaSerialized<BuiltShard>> built;
    try {
      built =
          rows.values()
              .rdd()
              .coalesce(shards.size(), false, Option.apply(new ShardGroups(shards)), null)
              .toJavaRDD()
              .mapPartitionsWithIndex(
                  (index, batches) -> {
                    long attempt = TaskContext.get().taskAttemptId();
                    ShardPlan shard = all.value().value().get(index);
                    BuiltShard own = shard.build(batches, scores, hadoop.value().value(), attempt);
                    return List.of(new JavaSerialized<>(own)).iterator();
                  },
                  false)
              .collect();
    } finally {
      all.destroy();
    }

    List<List<BuiltShard>> byPartition = new ArrayList<>();
    plan.partitions().forEach(partition -> byPartition.add(new ArrayList<>()));
    for (int shard = 0; shard < shards.size(); shard++) {
      byPartition.get(shards.get(shard).partition()).add(built.get(shard).value());
    }

    return byPartition;
  }

  private void write(
      List<IndexedPartition> partitions,
      List<RowBatches.Counts> counts,
      List<List<BuiltShard>> built)
      throws IOException {
    place
        .calls()
        .each(
            IntStream.range(0, partitions.size()).boxed().toList(),
            one -> {
              long withoutKey = counts.stream().mapToLong(count -> count.withoutKey()[one]).sum();
              IndexedPartition partition = partitions.get(one);
              new BuiltShards(built.get(one))
                  .manifest(partition.partition(), partition.published(), keys, withoutKey)
                  .write(place.store(), index(partition.partition()));
            });
  }
}
