package io.paritree.spark.run;

import java.io.IOException;
import org.apache.spark.sql.SparkSession;

/**
 * Starts Spark and reads the rows of a CSV file: the peer that a run of a few rows is compared
 * with.
 *
 * <p>Usage: {@code BareSession INPUT}.
 */
final class BareSession {
  private BareSession() {}

  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark = SparkSession.builder().appName("bare").getOrCreate()) {
      spark
          .read()
          .option("header", true)
          .csv(arguments[0])
          .write()
          .format("noop")
          .mode("overwrite")
          .save();
    }
  }
}
