package io.paritree.outcome;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * Weights of rows by what the label said and what came.
 *
 * @param truePositives label and outcome are positive
 * @param falsePositives the label only
 * @param falseNegatives the outcome only
 * @param trueNegatives neither
 */
public record Confusion(
    double truePositives, double falsePositives, double falseNegatives, double trueNegatives) {

  /** Returns the share of positive outcomes among positive labels; NaN without any. */
  public double precision() {
    return truePositives / (truePositives + falsePositives);
  }

  /** Returns the share of positive outcomes whose label is positive; NaN without any. */
  public double recall() {
    return truePositives / (truePositives + falseNegatives);
  }

  void write(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("confusion");
    json.writeNumberField("true_positives", truePositives);
    json.writeNumberField("false_positives", falsePositives);
    json.writeNumberField("false_negatives", falseNegatives);
    json.writeNumberField("true_negatives", trueNegatives);
    json.writeEndObject();
  }
}
