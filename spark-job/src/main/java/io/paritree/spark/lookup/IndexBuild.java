package io.paritree.spark.lookup;

import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.lookup.KeyForm;
import io.paritree.lookup.ScoreSpread;
import io.paritree.lookup.StateDirectory;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.task.LookupFile;
import io.paritree.spark.task.PartitionCounts;
import io.paritree.spark.task.ScoreHistogram;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private static final long ROWS_PER_BUCKET = 250_000;
  private static final long BYTES_PER_BUCKET = 16 << 20;
  private static final int MAX_BUCKETS = 1 << 10;
  private static final long BYTES_PER_SHARD = 48 << 20;
  private static final int TASKS_PER_CORE = 4;

  /** Up to this many bytes, a Spark job would take longer than the building; the driver builds. */
  private static final long FEW = 8 << 20;

  private final SparkSession session;
  private final OutputPlace place;
  private final RunDirectory directory;
  private final KeyForm keys;
  private final List<String> scores;
  private final int buckets;

  /** What an index records about its partition in addition to what is built. */
  public record Origin(
      String partition, String identity, String run, String modelVersion, String scoredAt) {}

  /**
   * @param directory the run's
   * @param scores the names of the scores' columns
   * @param buckets of the files
   */
  public IndexBuild(
      SparkSession session,
      OutputPlace place,
      RunDirectory directory,
      KeyForm keys,
      List<String> scores,
      int buckets) {
    this.session = session;
    this.place = place;
    this.directory = directory;
    this.keys = keys;
    this.scores = List.copyOf(scores);
    this.buckets = buckets;
  }

  /**
   * Returns the number of buckets for the rows of a group, a power of two.
   *
   * @param rows about how many
   * @param bytes about their length in the input
   */
  public static int buckets(long rows, long bytes) {
    long wanted = Math.max(rows / ROWS_PER_BUCKET, bytes / BYTES_PER_BUCKET);
    return (int) Long.highestOneBit(Math.max(1, Math.min(MAX_BUCKETS, wanted)));
  }

  /** Returns a power of two. */
  private int shards(long bytes) {
    long wanted = Math.max(1, (bytes + BYTES_PER_SHARD - 1) / BYTES_PER_SHARD);
    return (int) Math.min(buckets, Long.highestOneBit(2 * wanted - 1));
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
    for (BuiltShard shard : bytes <= FEW ? onDriver(plans, hadoop) : inTasks(plans, hadoop)) {
      built.get(shard.partition()).add(shard);
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
    int shards = shards(bytes);
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
          .parallelize(plans, tasks)
          .map(
              plan ->
                  plan.build(
                      settings.value().value(), String.valueOf(TaskContext.get().taskAttemptId())))
          .collect();
    } finally {
      settings.destroy();
    }
  }

  private void finish(
      Origin origin, List<BuiltShard> built, List<LookupFile> files, PartitionCounts count)
      throws IOException {
    List<ShardFile> shards = new ArrayList<>();
    ScoreHistogram histogram = new ScoreHistogram();
    long rows = 0;
    long repeated = 0;
    for (BuiltShard shard : built) { // in the order of the plans
      shards.add(shard.file());
      histogram.add(shard.histogram());
      rows += shard.rows();
      repeated += shard.repeatedKeys();
    }

    long withoutKey =
        files.stream()
            .filter(file -> file.partition().equals(origin.partition()))
            .mapToLong(LookupFile::withoutKey)
            .sum();
    if (rows + withoutKey != count.scored() + count.quarantined()) {
      throw new IOException(
          "Cannot publish '%s': its index has %s rows and %s have no key, but %s were read"
              .formatted(
                  origin.partition(), rows, withoutKey, count.scored() + count.quarantined()));
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
            count.scored(),
            count.quarantined(),
            repeated,
            withoutKey,
            spread(histogram),
            shards);
    FileStore store = place.store();
    store.create(index(origin.partition()).resolve(IndexManifest.FILE), manifest.toJson());
    store.create(index(origin.partition()).resolve(IndexManifest.DIGESTS), manifest.digests());
  }

  private static ScoreSpread spread(ScoreHistogram histogram) {
    if (histogram.count() == 0) {
      return ScoreSpread.NONE;
    }

    List<Float> quantiles = new ArrayList<>();
    for (int quantile = 0; quantile < ScoreSpread.QUANTILES; quantile++) {
      quantiles.add(histogram.quantile(ScoreSpread.share(quantile)));
    }

    return new ScoreSpread(histogram.mean(), histogram.min(), histogram.max(), quantiles);
  }
}
