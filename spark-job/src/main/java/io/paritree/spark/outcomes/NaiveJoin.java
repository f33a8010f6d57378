package io.paritree.spark.outcomes;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.outcome.BinaryMeasures;
import java.io.IOException;

/**
 * What a join says that takes each missing label for the negative outcome, all partitions for
 * mature, and labels from before the score for labels as any other.
 *
 * @param rows all that have a score
 * @param rate the share of positive outcomes among them
 * @param auc the area under the curve, where the scores of a bin ({@link ScoreBins}) are equal
 * @param measuredAuc the same of the rows that are measured; its error is nearly the same
 */
record NaiveJoin(long rows, double rate, double auc, double measuredAuc) {
  /** Rows by bins of their scores, as counts of positive and of negative outcomes. */
  static final class Counts {
    private final ScoreBins negatives = new ScoreBins();
    private final ScoreBins positives = new ScoreBins();

    void add(int bin, boolean isPositive, long rows) {
      (isPositive ? positives : negatives).add(bin, rows);
    }

    void add(Counts other) {
      negatives.add(other.negatives);
      positives.add(other.positives);
    }

    /** Returns the same counts with all other scores as negative ones. */
    private Counts within(ScoreBins scores) {
      Counts all = new Counts();
      scores.forEach(
          (bin, rows) -> {
            all.positives.add(bin, positives.of(bin));
            all.negatives.add(bin, rows - positives.of(bin));
          });
      return all;
    }

    private double auc() {
      double[] ordered = new double[1];
      double[] below = new double[1];
      ScoreBins all = new ScoreBins();
      all.add(negatives);
      all.add(positives);
      all.forEach(
          (bin, rows) -> {
            ordered[0] += positives.of(bin) * (below[0] + negatives.of(bin) / 2.0);
            below[0] += negatives.of(bin);
          });
      return ordered[0] / ((double) positives.total() * negatives.total());
    }
  }

  /**
   * @param scores all, by their bins
   * @param labelled the rows with a label
   * @param measured the rows that are measured, as they are
   */
  static NaiveJoin of(ScoreBins scores, Counts labelled, Counts measured) {
    Counts all = labelled.within(scores);
    long rows = scores.total();
    return new NaiveJoin(rows, (double) all.positives.total() / rows, all.auc(), measured.auc());
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
