package io.paritree.spark.report;

import java.util.Map;

/**
 * How many values were missing, or in no vocabulary, among the rows that a model was sealed with.
 *
 * @param rows number of rows, 1 or more
 * @param missing missing values by feature
 * @param unseen values that are in no vocabulary, by feature
 */
public record SealedRows(long rows, Map<String, Long> missing, Map<String, Long> unseen) {
  public SealedRows {
    missing = Map.copyOf(missing);
    unseen = Map.copyOf(unseen);
  }
}
