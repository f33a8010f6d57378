package io.paritree.spark.lookup;

import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.KeyForm;
import io.paritree.lookup.build.BuiltShard;
import io.paritree.lookup.build.BuiltShards;
import io.paritree.lookup.build.ShardSizes;
import io.paritree.output.ReasonsForm;
import io.paritree.output.StateDirectory;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.task.JavaSerialized;
import io.paritree.spark.task.LookupFile;
import io.paritree.spark.task.PartitionCounts;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Builds the indexes of a group's partitions, shard by shard in tasks, from the files that scoring
 * has left.
 *
 * <p>An index is complete before its partition is published, in a directory that only this run
 * uses, and is used only if the published partition names this run. So it appears with its
 * partition.
 */
public final class IndexBuild {
  private static final int TASKS_PER_CORE = 4;

  /** Up to this many bytes, a Spark job would take longer than the building; the driver builds. */
  private static final long FEW = 8 << 20;

  private final SparkSession session;
  private final OutputPlace place;
  private final RunDirectory directory;
  private final KeyForm keys;
  private final List<String> scores;
  private final Optional<ReasonsForm> reasons;
  private final int buckets;

  /** What an index records about its partition in addition to what is built. */
  public record Origin(
      String partition, String identity, String run, String modelVersion, String scoredAt) {}

  /**
   * @param directory the run's
   * @param scores the names of the scores' columns
   * @param reasons how the reasons of rows are read; empty if they have none
   * @param buckets of the files
   */
  public IndexBuild(
      SparkSession session,
      OutputPlace place,
      RunDirectory directory,
      KeyForm keys,
      List<String> scores,
      Optional<ReasonsForm> reasons,
      int buckets) {
    this.session = session;
    this.place = place;
    this.directory = directory;
    this.keys = keys;
    this.scores = List.copyOf(scores);
    this.reasons = reasons;
    this.buckets = buckets;
  }

  /**
   * Builds all indexes.
   *
   * @param files those of the tasks that count
   * @param counts the rows of each partition
   * @throws IOException if an index does not hold what was counted
   */
  public void build(
      List<Origin> origins, List<LookupFile> files, Map<String, PartitionCounts> counts)
      throws IOException {
    List<ShardPlan> plans = new ArrayList<>();
    long bytes = 0;
    for (int partition = 0; partition < origins.size(); partition++) {
      plans.addAll(plans(partition, origins.get(partition).partition(), files));
    }

    for (LookupFile file : files) {
      bytes += file.bytes();
    }

    Configuration hadoop = HadoopPaths.settings(session);
    List<List<BuiltShard>> built = new ArrayList<>();
    origins.forEach(origin -> built.add(new ArrayList<>()));
    List<BuiltShard> shards = bytes <= FEW ? onDriver(plans, hadoop) : inTasks(plans, hadoop);
    for (int plan = 0; plan < plans.size(); plan++) {
      built.get(plans.get(plan).partition()).add(shards.get(plan));
    }

    for (int partition = 0; partition < origins.size(); partition++) {
      Origin origin = origins.get(partition);
      finish(origin, built.get(partition), files, counts.get(origin.partition()));
    }
  }

  private List<ShardPlan> plans(int partition, String name, List<LookupFile> files)
      throws IOException {
    ArrayList<String> paths = new ArrayList<>();
    long bytes = 0;
    for (LookupFile file : files) {
      if (file.partition().equals(name) && !file.path().isEmpty()) {
        paths.add(HadoopPaths.of(directory.tasks().resolve(file.path())).toString());
        bytes += file.bytes();
      }
    }

    Location to = index(name);
    place.store().createDirectories(to);
    int shards = ShardSizes.shards(bytes, buckets, ShardSizes.BYTES_PER_SHARD);
    List<ShardPlan> plans = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      plans.add(
          new ShardPlan(
              partition,
              name,
              directory.name(),
              paths,
              HadoopPaths.of(to).toString(),
              shard,
              shards,
              buckets,
              scores.size()));
    }

    return plans;
  }

  private Location index(String partition) {
    return StateDirectory.index(place.state(), directory.name(), partition);
  }

  private static List<BuiltShard> onDriver(List<ShardPlan> plans, Configuration hadoop)
      throws IOException {
    List<BuiltShard> built = new ArrayList<>();
    for (ShardPlan plan : plans) {
      built.add(plan.build(hadoop, "driver"));
    }

    return built;
  }

  private List<BuiltShard> inTasks(List<ShardPlan> plans, Configuration hadoop) {
    JavaSparkContext context = new JavaSparkContext(session.sparkContext());
    Broadcast<SerializableConfiguration> settings =
        context.broadcast(new SerializableConfiguration(hadoop));
    context.setJobDescription("index %s".formatted(directory.name()));
    try {
      int tasks = Math.min(plans.size(), TASKS_PER_CORE * context.defaultParallelism());
      return context
          .parallelize(plans.stream().map(JavaSerialized::new).toList(), tasks)
          .map(
              plan ->
                  new JavaSerialized<>(
                      plan.value()
                          .build(
                              settings.value().value(),
                              String.valueOf(TaskContext.get().taskAttemptId()))))
          .collect()
          .stream()
          .map(JavaSerialized::value)
          .toList();
    } finally {
      settings.destroy();
    }
  }

  private void finish(
      Origin origin, List<BuiltShard> built, List<LookupFile> files, PartitionCounts count)
      throws IOException {
    BuiltShards all = BuiltShards.of(built);
    long withoutKey =
        files.stream()
            .filter(file -> file.partition().equals(origin.partition()))
            .mapToLong(LookupFile::withoutKey)
            .sum();
    if (all.rows() + withoutKey != count.scored() + count.quarantined()) {
      throw new IOException(
          "Cannot publish '%s': its index has %s rows and %s have no key, but %s were read"
              .formatted(
                  origin.partition(),
                  all.rows(),
                  withoutKey,
                  count.scored() + count.quarantined()));
    }

    IndexManifest manifest =
        new IndexManifest(
            origin.partition(),
            origin.identity(),
            directory.name(),
            origin.run(),
            origin.modelVersion(),
            origin.scoredAt(),
            keys,
            scores,
            reasons,
            count.scored(),
            count.quarantined(),
            all.repeatedKeys(),
            withoutKey,
            all.spread(),
            all.files());
    byte[] json = manifest.toJson();
    if (json.length > IndexManifest.MAX_BYTES) {
      throw new IOException(
          "Cannot publish '%s' with an index: the names of its keys and scores have %s bytes, and at most %s are read"
              .formatted(origin.partition(), json.length, IndexManifest.MAX_BYTES));
    }

    FileStore store = place.store();
    store.create(index(origin.partition()).resolve(IndexManifest.FILE), json);
    store.create(index(origin.partition()).resolve(IndexManifest.DIGESTS), manifest.digests());
  }
}
