package io.paritree.outcome;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.Optional;

/**
 * A value that says how good scores were.
 *
 * @param name as reports and rules have it
 * @param value NaN if the rows have none
 * @param interval where it lies in 95 of 100 cases, if that is known
 */
public record Measure(String name, double value, Optional<Interval> interval) {
  static Measure of(String name, double value) {
    return new Measure(name, value, Optional.empty());
  }

  void write(JsonGenerator json) throws IOException {
    JsonText.member(json, name, value);
    if (interval.isPresent() && !Double.isNaN(value)) {
      json.writeArrayFieldStart(name + "_interval");
      json.writeNumber(interval.get().low());
      json.writeNumber(interval.get().high());
      json.writeEndArray();
    }
  }
}
