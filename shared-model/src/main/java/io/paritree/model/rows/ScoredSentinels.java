package io.paritree.model.rows;

import io.paritree.Fault;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Watches rows for numbers that look like missing values, but are scored as the numbers they are.
 */
public final class ScoredSentinels {
  private static final int SHOWN = 10;

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

  /** Returns a sentence per number, with the features that have it. */
  public List<String> notes() {
    Map<Double, List<String>> byNumber = new TreeMap<>();
    for (int feature = 0; feature < features.size(); feature++) {
      for (double number : numbers.get(feature).found()) {
        byNumber
            .computeIfAbsent(number, key -> new ArrayList<>())
            .add(
                "'%s' is %s in %s rows"
                    .formatted(
                        Fault.printable(features.get(feature).name()),
                        text(number),
                        numbers.get(feature).rows(number)));
      }
    }

    List<String> notes = new ArrayList<>();
    byNumber.forEach(
        (number, found) -> {
          int more = Math.max(0, found.size() - SHOWN);
          notes.add(
              "%s%s, which is scored as a number; if it meant a missing value to the trainer, say so in a schema (\"missing\": [%s]) or leave these cells empty"
                  .formatted(
                      String.join(", ", found.subList(0, found.size() - more)),
                      more == 0 ? "" : ", and so are %s more features".formatted(more),
                      text(number)));
        });
    return notes;
  }

  private static String text(double number) {
    return Double.toString(number).replaceFirst("\\.0$", "");
  }
}
