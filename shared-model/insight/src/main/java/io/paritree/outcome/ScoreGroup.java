package io.paritree.outcome;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;

/**
 * A tenth of the rows by their scores: what was expected of them, and what came.
 *
 * @param rows whatever they weigh
 * @param weight of the rows
 * @param meanScore what was expected
 * @param outcome the mean outcome: of two outcomes the share of the positive one
 * @param interval of that share; empty for other outcomes
 */
public record ScoreGroup(
    long rows, double weight, double meanScore, double outcome, Optional<Interval> interval) {

  void write(JsonGenerator json) throws IOException {
    json.writeNumberField("n", rows);
    json.writeNumberField("mean_score", meanScore);
    new Measure("outcome", outcome, interval).write(json);
  }
}
