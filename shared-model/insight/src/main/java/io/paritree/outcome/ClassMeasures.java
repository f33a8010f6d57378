package io.paritree.outcome;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How good scores of classes were.
 *
 * @param accuracy the share of rows whose label is the class that came
 * @param logLoss the mean of {@code -ln} of the probability that the class was given, which is
 *     taken to be at least 1e-7; NaN if classes have no scores
 * @param auc the mean of the classes' areas
 * @param classes the most frequent ones among the outcomes, the most frequent first
 * @param mistakes the most frequent wrong labels
 */
public record ClassMeasures(
    OutcomeTotals totals,
    double accuracy,
    double logLoss,
    double auc,
    List<OfClass> classes,
    List<Mistake> mistakes)
    implements Measured {
  /**
   * How good the scores of a class were.
   *
   * @param rows of which it came
   * @param precision the share of them among the rows with this label; NaN without any
   * @param recall the share of them that have this label
   * @param auc the area under the curve of this class against all others; NaN without scores
   */
  public record OfClass(String name, long rows, double precision, double recall, double auc) {}

  /**
   * A wrong label.
   *
   * @param label what it said
   * @param outcome the class that came
   * @param weight of the rows
   */
  public record Mistake(String label, String outcome, double weight) {}

  public ClassMeasures {
    classes = List.copyOf(classes);
    mistakes = List.copyOf(mistakes);
  }

  @Override
  public long rows() {
    return totals.rows();
  }

  @Override
  public List<Measure> measures() {
    Interval interval = Interval.ofShare(accuracy, totals.effectiveRows());
    return List.of(
        new Measure("accuracy", accuracy, Optional.of(interval)),
        Measure.of("log_loss", logLoss),
        Measure.of("auc", auc));
  }

  @Override
  public void write(JsonGenerator json) throws IOException {
    totals.write(json);
    for (Measure measure : measures()) {
      measure.write(json);
    }

    json.writeObjectFieldStart("classes");
    for (OfClass own : classes) {
      json.writeObjectFieldStart(own.name);
      json.writeNumberField("n", own.rows);
      JsonText.member(json, "precision", own.precision);
      JsonText.member(json, "recall", own.recall);
      JsonText.member(json, "auc", own.auc);
      json.writeEndObject();
    }

    json.writeEndObject();
    writeMistakes(json);
  }

  private void writeMistakes(JsonGenerator json) throws IOException {
    Map<String, Map<String, Double>> byLabel = new LinkedHashMap<>();
    for (Mistake own : mistakes) {
      byLabel.computeIfAbsent(own.label, any -> new LinkedHashMap<>()).put(own.outcome, own.weight);
    }

    json.writeObjectFieldStart("mistakes");
    for (Map.Entry<String, Map<String, Double>> label : byLabel.entrySet()) {
      json.writeObjectFieldStart(label.getKey());
      for (Map.Entry<String, Double> outcome : label.getValue().entrySet()) {
        json.writeNumberField(outcome.getKey(), outcome.getValue());
      }

      json.writeEndObject();
    }

    json.writeEndObject();
  }
}
