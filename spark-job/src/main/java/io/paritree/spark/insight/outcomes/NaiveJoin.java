package io.paritree.spark.insight.outcomes;

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
