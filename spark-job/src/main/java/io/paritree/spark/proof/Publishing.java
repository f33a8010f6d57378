package io.paritree.spark.proof;

import io.paritree.store.Location;
import org.apache.spark.sql.SparkSession;

/**
 * Scores records that are in files, and publishes the scores so that servers answer them by key.
 */
@FunctionalInterface
public interface Publishing {
  /**
   * Scores and publishes.
   *
   * @param path of the files
   * @param output the directory to publish to, in place of what is there
   * @return the id of the run
   */
  String published(SparkSession session, String path, Location output) throws Exception;
}
