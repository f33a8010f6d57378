package io.paritree.spark.insight.outcomes;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.outcome.Measured;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How good the scores of a slice were.
 *
 * @param isMature whether all outcomes are known by now
 * @param scored rows with a score
 * @param matched rows with a label that counts
 * @param leaks rows whose label is from before they were scored; they are not measured
 * @param coverage the share of rows with a label, of ten groups by score of about as many rows,
 *     lowest scores first; fewer where scores are less than a hundredth apart
 * @param measured empty without a label
 */
record SliceOutcome(
    Slice slice,
    boolean isMature,
    long scored,
    long matched,
    long leaks,
    List<Double> coverage,
    Optional<Measured> measured) {
  /** From so much on, labels are of chosen rows. */
  private static final double SELECTED = 0.20;

  SliceOutcome {
    coverage = List.copyOf(coverage);
  }

  /** Returns whether labels are of rows with high scores more often than of others, or less. */
  boolean isSelected() {
    return coverage.size() > 1
        && Math.abs(coverage.get(0) - coverage.get(coverage.size() - 1)) > SELECTED;
  }

  /** Returns whether labels are of some rows only, whose scores do not say of which. */
  boolean mayBeSelected() {
    return coverage.size() == 1 && matched > 0 && matched < scored;
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField("slice", slice.kind().name().toLowerCase(Locale.ROOT));
    json.writeStringField("name", slice.name());
    json.writeBooleanField("mature", isMature);
    json.writeNumberField("scored", scored);
    json.writeNumberField("matched", matched);
    json.writeNumberField("leaks", leaks);
    json.writeArrayFieldStart("coverage");
    for (double share : coverage) {
      json.writeNumber(share);
    }

    json.writeEndArray();
    if (measured.isPresent()) {
      json.writeObjectFieldStart("measures");
      measured.get().write(json);
      json.writeEndObject();
    }
  }
}
