package io.paritree.model.rows;

import io.paritree.Fault;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import java.util.ArrayList;
import java.util.List;

/**
 * Watches rows for numbers that look like missing values, but are scored as the numbers they are.
 */
public final class ScoredSentinels {
  private final List<Feature> features;
  private final List<FarNumbers> numbers = new ArrayList<>();

  public ScoredSentinels(Schema schema) {
    this.features = schema.features();
    features.forEach(feature -> numbers.add(new FarNumbers()));
  }

  /**
   * Adds a row without faults.
   *
   * @param slots holds its slots from {@code at}
   */
  public void add(float[] slots, int at) {
    for (int feature = 0; feature < features.size(); feature++) {
      if (features.get(feature).kind() == Feature.Kind.NUMBER) {
        numbers.get(feature).add(slots[at + feature]);
      }
    }
  }

  /** Returns a sentence per feature. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    for (int feature = 0; feature < features.size(); feature++) {
      for (double number : numbers.get(feature).found()) {
        String text = Double.toString(number).replaceFirst("\\.0$", "");
        notes.add(
            "'%s' is %s in %s rows, which is scored as a number; if it meant a missing value to the trainer, say so in a schema (\"missing\": [%s]) or leave these cells empty"
                .formatted(
                    Fault.printable(features.get(feature).name()),
                    text,
                    numbers.get(feature).rows(number),
                    text));
      }
    }

    return notes;
  }
}
