package io.paritree.demo;

import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;

import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * A day as a source delivers it that has changed without a word: the flights of the last day once
 * more, a day later, with each origin as the ICAO's code ({@code KBOS}) in place of the IATA's
 * ({@code BOS}).
 */
final class SpoiledDay {
  private SpoiledDay() {}

  /**
   * Writes the day.
   *
   * @param flights the directory of the flights to score
   * @param to the directory of the day's partition
   */
  static void write(SparkSession spark, String flights, String to) {
    spark
        .read()
        .parquet(flights + "/flight_date=2001-06-30")
        .withColumn("flight_id", regexp_replace(expr("flight_id"), "^20010630", "20010701"))
        .withColumn("date", expr("date + interval 1 day"))
        .withColumn("origin", concat(lit("K"), expr("origin")))
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(to + "/flight_date=2001-07-01");
  }
}
