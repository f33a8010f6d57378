package io.paritree.demo;

import java.time.LocalDateTime;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** Reads the demo's flights, with the demo's own Spark session. */
final class Flights {
  static final int LATE_MINUTES = 15;

  private Flights() {}

  static SparkSession spark() {
    SparkSession spark =
        SparkSession.builder()
            .master("local[*]")
            .appName("paritree-demo")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.sources.partitionColumnTypeInference.enabled", false)
            .getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    return spark;
  }

  /**
   * One flight, as it is in the table.
   *
   * @param scheduled scheduled departure, local time
   * @param late whether it arrived {@link #LATE_MINUTES} minutes late or more
   * @param distance in miles
   */
  record Flight(
      LocalDateTime scheduled, boolean late, int distance, String origin, String destination) {}

  static List<Flight> read(SparkSession spark, String path) {
    return spark
        .read()
        .parquet(path)
        .select("date", "delay", "distance", "origin", "destination")
        .orderBy("date", "origin", "destination", "distance", "delay")
        .collectAsList()
        .stream()
        .map(Flights::flight)
        .toList();
  }

  /**
   * Writes what came of flights, as a source that knows it a day later: {@code flight_id}, {@code
   * late}, {@code known}.
   */
  static void writeLabels(SparkSession spark, String flights, String to) {
    spark
        .read()
        .parquet(flights)
        .selectExpr(
            "flight_id", "delay >= " + LATE_MINUTES + " as late", "date_add(date, 1) as known")
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(to);
  }

  private static Flight flight(Row row) {
    return new Flight(
        row.getAs("date"),
        row.getInt(1) >= LATE_MINUTES,
        row.getInt(2),
        row.getString(3),
        row.getString(4));
  }
}
