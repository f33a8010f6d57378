package io.paritree.feature;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The values of a feature that mean "missing".
 *
 * <p>Numbers are compared as the feature compares its own numbers; text is compared as UTF-8 bytes.
 * Immutable and thread-safe.
 *
 * @param numbers finite numbers
 * @param texts without unpaired surrogates
 */
public record Sentinels(Set<Double> numbers, Set<String> texts) {
  /** Only null, absence and NaN are missing. */
  public static final Sentinels NONE = new Sentinels(Set.of(), Set.of());

  public Sentinels {
    numbers = Set.copyOf(numbers);
    texts = Set.copyOf(texts);
    texts.forEach(Utf8::bytes);
    for (double number : numbers) {
      if (Double.isNaN(number) || Double.isInfinite(number)) {
        throw new IllegalArgumentException(
            "Cannot use %s as a missing sentinel: a finite number is expected".formatted(number));
      }
    }
  }

  /**
   * Returns sentinels as a manifest lists them.
   *
   * @param values numbers ({@link Double}) and texts ({@link String})
   * @throws IllegalArgumentException if a value is of another kind or not finite
   */
  public static Sentinels of(List<?> values) {
    Set<Double> numbers = new HashSet<>();
    Set<String> texts = new LinkedHashSet<>();
    for (Object value : values) {
      Objects.requireNonNull(value, "sentinel");
      if (value instanceof Number number) {
        numbers.add(number.doubleValue());
      } else if (value instanceof String text) {
        texts.add(text);
      } else {
        throw new IllegalArgumentException(
            "Cannot use %s as a missing sentinel: a number or a text is expected".formatted(value));
      }
    }

    return new Sentinels(numbers, texts);
  }

  /**
   * Returns these sentinels, where a text that spells a number also means the number.
   *
   * <p>A CSV cell that spells a number is read as a number; without this, a sentinel given as
   * {@code "-999"} would be a value in CSV and in Parquet.
   */
  public Sentinels withSpelledNumbers() {
    Set<Double> all = new HashSet<>(numbers);
    for (String text : texts) {
      double number = NumberText.parse(text);
      if (Double.isFinite(number)) {
        all.add(number);
      }
    }

    return new Sentinels(all, texts);
  }

  /** Returns the numbers as slots, ascending. */
  float[] slots() {
    float[] slots = new float[numbers.size()];
    int next = 0;
    for (double number : numbers) {
      slots[next++] = Slots.of(number);
    }

    Arrays.sort(slots);
    return slots;
  }

  /** Returns the texts as UTF-8. */
  byte[][] utf8() {
    return texts.stream().sorted().map(Utf8::bytes).toArray(byte[][]::new);
  }

  static boolean contains(float[] slots, float slot) {
    for (float sentinel : slots) {
      if (sentinel == slot) {
        return true;
      }
    }

    return false;
  }

  static boolean contains(byte[][] texts, byte[] utf8, int offset, int length) {
    for (byte[] text : texts) {
      if (Arrays.equals(text, 0, text.length, utf8, offset, offset + length)) {
        return true;
      }
    }

    return false;
  }
}
