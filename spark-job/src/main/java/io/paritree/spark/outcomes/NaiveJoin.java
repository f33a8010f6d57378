package io.paritree.spark.outcomes;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.outcome.BinaryMeasures;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a join says that takes each missing label for the negative outcome, all partitions for
 * mature, and labels from before the score for labels as any other.
 *
 * @param rows all that have a score
 * @param rate the share of positive outcomes among them
 * @param auc the area under the curve, where the scores of a bin ({@link ScoreCounts#bin}) are
 *     equal
 * @param measuredAuc the same of the rows that are measured; its error is nearly the same
 */
record NaiveJoin(long rows, double rate, double auc, double measuredAuc) {
  /** Rows by bins of their scores, as counts of positive and of negative outcomes. */
  static final class Counts {
    private final TreeMap<Integer, long[]> bins = new TreeMap<>();

    void add(int bin, boolean isPositive, long rows) {
      bins.computeIfAbsent(bin, any -> new long[2])[isPositive ? 1 : 0] += rows;
    }

    /** Returns the same counts with all other scores as negative ones. */
    private Counts within(Map<Integer, Long> scores) {
      Counts all = new Counts();
      scores.forEach(
          (bin, rows) -> {
            long positives = bins.containsKey(bin) ? bins.get(bin)[1] : 0;
            all.bins.put(bin, new long[] {rows - positives, positives});
          });
      return all;
    }

    private double auc() {
      double ordered = 0;
      double positives = 0;
      double negatives = 0;
      for (long[] bin : bins.values()) {
        ordered += bin[1] * (negatives + bin[0] / 2.0);
        negatives += bin[0];
        positives += bin[1];
      }

      return ordered / (positives * negatives);
    }

    private long sum(int which) {
      return bins.values().stream().mapToLong(bin -> bin[which]).sum();
    }
  }

  /**
   * @param scores all, by their bins
   * @param labelled the rows with a label
   * @param measured the rows that are measured, as they are
   */
  static NaiveJoin of(Map<Integer, Long> scores, Counts labelled, Counts measured) {
    Counts all = labelled.within(scores);
    long rows = all.sum(0) + all.sum(1);
    return new NaiveJoin(rows, (double) all.sum(1) / rows, all.auc(), measured.auc());
  }

  /** Returns by how much it is off. */
  double aucDifference() {
    return auc - measuredAuc;
  }

  double rateDifference(BinaryMeasures measured) {
    return rate - measured.totals().mean();
  }

  /** Returns what it says, from what is right and the difference. */
  double auc(BinaryMeasures measured) {
    return measured.auc() + aucDifference();
  }

  /** Writes what it says into an open object. */
  void write(JsonGenerator json) throws IOException {
    json.writeNumberField("n", rows);
    JsonText.member(json, "auc", auc);
    JsonText.member(json, "rate", rate);
  }

  /** Writes what it says, and how far that is off, into an open object. */
  void write(JsonGenerator json, BinaryMeasures measured) throws IOException {
    json.writeNumberField("n", rows);
    JsonText.member(json, "auc", auc(measured));
    JsonText.member(json, "rate", rate);
    JsonText.member(json, "auc_difference", aucDifference());
    JsonText.member(json, "rate_difference", rateDifference(measured));
  }
}
