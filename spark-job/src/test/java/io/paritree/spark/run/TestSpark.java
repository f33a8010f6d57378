package io.paritree.spark.run;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.mapreduce.util.ConfigUtil;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;

/** One Spark for all tests of this JVM: two threads, loopback only. */
public final class TestSpark {
  /** Beginnings of the names of settings. */
  private static final List<String> SERVICES =
      List.of(
          "yarn.",
          "mapreduce.jobhistory.",
          "mapreduce.map.",
          "mapreduce.reduce.",
          "mapreduce.shuffle.",
          "dfs.balancer.",
          "dfs.datanode.",
          "dfs.federation.",
          "dfs.ha.",
          "dfs.journalnode.",
          "dfs.mover.",
          "dfs.namenode.",
          "ha.",
          "hadoop.http.",
          "hadoop.registry.",
          "ipc.server.");

  private static final SparkSession SESSION = start();
  private static final SparkSession INTERPRETING = interpreted(SESSION.newSession());

  private TestSpark() {}

  /** Returns a session; it keeps running until the JVM ends. */
  public static SparkSession session() {
    return SESSION;
  }

  /**
   * Returns a session for what a test itself writes and reads: Spark interprets its queries,
   * because to generate and compile code for a few rows takes longer than all else. The job never
   * has its settings.
   */
  public static SparkSession interpreting() {
    return INTERPRETING;
  }

  private static SparkSession interpreted(SparkSession session) {
    session.conf().set("spark.sql.codegen.factoryMode", "NO_CODEGEN");
    session.conf().set("spark.sql.codegen.wholeStage", "false");
    return session;
  }

  /** Appends the rows that a stream has now to Parquet files, and stops. */
  static void drain(Dataset<Row> stream, Path sink) throws Exception {
    stream
        .writeStream()
        .trigger(Trigger.AvailableNow())
        .option("checkpointLocation", sink + "-checkpoint")
        .foreachBatch(
            (VoidFunction2<Dataset<Row>, Long>)
                (batch, id) -> batch.write().mode("append").parquet(sink.toString()))
        .start()
        .awaitTermination();
  }

  private static SparkSession start() {
    HdfsConfiguration.init(); // all defaults are loaded before
    ConfigUtil.loadResources();
    SparkSession session = session(SparkSession.builder());
    Configuration settings = session.sparkContext().hadoopConfiguration();
    forgetSources(settings);
    forgetServices(settings);
    return session;
  }

  /**
   * Lets a configuration of Hadoop forget which file each of its 1,600 settings is from. Hadoop
   * packs each of these names by itself with gzip when Spark sends the settings to tasks, which
   * took a twentieth of the tests' time.
   */
  private static void forgetSources(Configuration settings) {
    try {
      Field sources = Configuration.class.getDeclaredField("updatingResource");
      sources.setAccessible(true);
      settings.size(); // read by now
      ((Map<?, ?>) sources.get(settings)).clear();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Lets a configuration of Hadoop forget the settings of services that no task is: two thirds of
   * all, which Spark sends with each query, and copies for each look at a file.
   */
  private static void forgetServices(Configuration settings) {
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, String> setting : settings) {
      if (SERVICES.stream().anyMatch(setting.getKey()::startsWith)) {
        names.add(setting.getKey());
      }
    }

    names.forEach(settings::unset);
  }

  private static SparkSession session(SparkSession.Builder builder) {
    return builder
        .master("local[2]")
        .appName("tests")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.ui.explainMode", "simple") // nobody looks at the plans of queries
        .config("spark.sql.datetime.java8API.enabled", "true")
        .config("spark.sql.shuffle.partitions", "2")
        // Else tasks have a class loader for each session, and for each they compile again what
        // Spark has generated. The packaged job runs with Spark's default.
        .config("spark.sql.artifact.isolation.enabled", "false")
        .config(
            "spark.sql.extensions",
            "io.delta.sql.DeltaSparkSessionExtension,io.paritree.spark.run.TestRules"
                + System.getProperty("paritree.extensions", ""))
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.databricks.delta.snapshotPartitions", "1")
        .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", "2") // of VACUUM too
        .config("spark.sql.warehouse.dir", "target/warehouse")
        .config("spark.hadoop.fs.file.impl", QuickLocalFileSystem.class.getName())
        .config("spark.hadoop.fs.watched.impl", WatchedFileSystem.class.getName())
        .config("spark.delta.logStore.file.impl", LossyLogStore.class.getName())
        .getOrCreate();
  }
}
