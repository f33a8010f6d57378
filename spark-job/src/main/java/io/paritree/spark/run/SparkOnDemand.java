package io.paritree.spark.run;

import io.paritree.spark.tables.formats.AskedFormat;
import io.paritree.spark.task.KryoClasses;
import io.paritree.store.HadoopUser;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Spark, started when it is first needed: a run that has nothing to do ends without it.
 *
 * <p>Not thread-safe.
 */
final class SparkOnDemand implements AutoCloseable {
  private final Supplier<SparkSession> start;
  private volatile SparkSession session;

  /**
   * @param start starts Spark, which {@link #close} stops
   */
  SparkOnDemand(Supplier<SparkSession> start) {
    this.start = start;
  }

  /**
   * Returns a Spark that is not started yet, with the settings of this JVM. If Delta is on its
   * class path, its tables can be read and written.
   *
   * @param main class of the command
   * @param command name to show, unless another one is given
   */
  static SparkOnDemand notStarted(Class<?> main, String command) {
    return new SparkOnDemand(
        () -> {
          HadoopUser.ensureNamed();
          SparkConf given = new SparkConf();
          SparkSession.Builder builder = SparkSession.builder().appName(name(given, main, command));
          AskedFormat.settings(given).forEach(builder::config);

          KryoClasses.settings(given).forEach(builder::config);
          return builder.getOrCreate();
        });
  }

  /**
   * Returns the name to show: the given one, unless it is the main class's name, which spark-submit
   * sets if none is given.
   */
  static String name(SparkConf given, Class<?> main, String command) {
    String name = given.get("spark.app.name", "");
    return name.isEmpty() || name.equals(main.getName()) ? command : name;
  }

  /** Returns a running Spark, which {@link #close} does not stop: its owner does. */
  static SparkOnDemand running(SparkSession session) {
    SparkOnDemand running = new SparkOnDemand(null);
    running.session = session;
    return running;
  }

  /** Returns a session; the first call may take seconds. */
  SparkSession session() {
    if (session == null) {
      session = start.get();
    }

    return session;
  }

  /** Cancels what Spark does now, if it has been started. For any thread. */
  void cancelJobs() {
    SparkSession started = session;
    if (started != null) {
      try {
        started.sparkContext().cancelAllJobs();
      } catch (IllegalStateException e) {
        // Spark is stopped.
      }
    }
  }

  /** Returns Spark's settings for Hadoop's clients, which Hadoop's own files may lack. */
  Map<String, String> hadoopSettings() {
    SparkConf conf = session == null ? new SparkConf() : session.sparkContext().getConf();
    Map<String, String> settings = new HashMap<>();
    for (scala.Tuple2<String, String> setting : conf.getAllWithPrefix("spark.hadoop.")) {
      settings.put(setting._1(), setting._2());
    }

    return settings;
  }

  @Override
  public void close() {
    if (start != null && session != null) {
      session.stop();
    }
  }
}
