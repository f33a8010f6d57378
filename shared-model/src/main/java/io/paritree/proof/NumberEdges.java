package io.paritree.proof;

import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/** The edges of numbers. */
final class NumberEdges {
  private static final double[] ENDS = {
    0.0,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    0x1.ffffffp127, // rounds to infinity
    0x1p24 + 1,
    0x1p53 + 1,
    1e39,
    -1e39,
    1e-46,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    1,
    -1,
    0.1,
    0.5
  };

  private final Consumer<EdgeValue> to;

  /**
   * @param to receives the values
   */
  NumberEdges(Consumer<EdgeValue> to) {
    this.to = to;
  }

  private void add(double value, Edge edge) {
    if (Double.isFinite(value)) {
      to.accept(new EdgeValue(Double.toString(value), edge));
    }
  }

  /**
   * Adds a threshold, the floats next to it, the doubles beside the middles between them, and other
   * spellings of it.
   */
  void threshold(float threshold) {
    float below = Math.nextDown(threshold);
    float above = Math.nextUp(threshold);
    add(below, Edge.THRESHOLD);
    add(threshold, Edge.THRESHOLD);
    add(above, Edge.THRESHOLD);
    for (float next : new float[] {below, above}) {
      double middle = ((double) threshold + next) / 2; // exact: a double has 29 bits more
      add(Math.nextDown(middle), Edge.MIDPOINT);
      add(middle, Edge.MIDPOINT);
      add(Math.nextUp(middle), Edge.MIDPOINT);
    }

    to.accept(new EdgeValue(Float.toString(threshold), Edge.SPELLING));
    to.accept(new EdgeValue(String.format(Locale.ROOT, "%.16e", threshold), Edge.SPELLING));
  }

  /** Adds what is at the ends of floats and doubles; -0.0 among them. */
  void ends() {
    for (double end : ENDS) {
      add(end, Edge.NUMBER);
    }

    add(-0.0, Edge.NUMBER);
    to.accept(new EdgeValue("-0", Edge.NUMBER));
    to.accept(new EdgeValue("1E2", Edge.NUMBER));
    to.accept(new EdgeValue("9007199254740993", Edge.NUMBER));
    to.accept(new EdgeValue("1e400", Edge.NUMBER));
  }

  /** Adds the bounds of a feature and what is beside them. */
  void bounds(NumberFeature feature) {
    for (float bound : new float[] {feature.min(), feature.max()}) {
      if (!Float.isInfinite(bound)) {
        add(Math.nextDown(bound), Edge.BOUND);
        add(bound, Edge.BOUND);
        add(Math.nextUp(bound), Edge.BOUND);
        add(Math.nextDown((double) bound), Edge.BOUND);
        add(Math.nextUp((double) bound), Edge.BOUND);
      }
    }
  }

  /** Adds the numbers that mean "missing" for a feature, and the floats next to them. */
  void sentinels(Feature feature) {
    Set<Double> numbers = feature.sentinels().withSpelledNumbers().numbers();
    numbers.stream()
        .sorted()
        .forEach(
            number -> {
              add(number, Edge.SENTINEL);
              add(Math.nextUp((float) (double) number), Edge.SENTINEL);
              add(Math.nextDown((float) (double) number), Edge.SENTINEL);
            });
  }
}
