package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;

/**
 * Rows whose label changes.
 *
 * @param isBinary whether both models have two classes, so that a flip is up or down
 * @param up rows that get the second class and had the first
 * @param down rows that get the first class and had the second
 * @param share of the rows that both models score; NaN without any
 * @param changes how many rows go from which class to which, the most frequent first
 */
public record LabelFlips(boolean isBinary, long up, long down, double share, List<Change> changes) {
  private static final int MOST_WRITTEN = 20;

  /** Rows that go from a class to another. */
  public record Change(String from, String to, long rows) {}

  public LabelFlips {
    changes = List.copyOf(changes);
  }

  /** Returns how many rows have another label. */
  public long rows() {
    return changes.stream().mapToLong(Change::rows).sum();
  }

  void write(JsonGenerator json) throws IOException {
    json.writeNumberField("rows", rows());
    if (isBinary) {
      json.writeNumberField("up", up);
      json.writeNumberField("down", down);
    }

    JsonText.member(json, "share", share);
    JsonText.objects(
        json,
        "classes",
        changes.stream().limit(MOST_WRITTEN).toList(),
        change -> {
          json.writeStringField("from", change.from);
          json.writeStringField("to", change.to);
          json.writeNumberField("rows", change.rows);
        });
  }
}
