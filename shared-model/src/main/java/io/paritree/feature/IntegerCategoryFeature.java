package io.paritree.feature;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A whole number from a fixed vocabulary, encoded as its code there.
 *
 * <p>5 and 5.0 are the same category; 5.5 is of the wrong type. Categories must be within 2^53,
 * where a {@code double} holds every whole number.
 */
public final class IntegerCategoryFeature extends Feature {
  private static final double LIMIT = 0x1p53;

  private final List<Long> vocabulary;
  private final Map<Long, Integer> codes;
  private final Unseen unseen;
  private final float unseenSlot;
  private final Set<Double> missingNumbers;

  /**
   * @param vocabulary in code order, each category once, each within 2^53; at most 16,777,216
   * @param unseen what happens to a number that is not in the vocabulary
   * @param missing values that mean "missing"
   * @throws IllegalArgumentException if the vocabulary is empty, too large, out of range or has a
   *     category twice, or if {@code unseen} names a category that is not in it
   */
  public IntegerCategoryFeature(
      String name,
      String column,
      List<Long> vocabulary,
      Unseen unseen,
      Sentinels missing,
      boolean nullable) {
    super(name, column, missing, nullable);
    Categories.checkSize(name, vocabulary.size());
    this.vocabulary = List.copyOf(vocabulary);
    this.codes = codes(name, this.vocabulary);
    this.unseen = Objects.requireNonNull(unseen, "unseen");
    this.missingNumbers =
        missing.withSpelledNumbers().numbers().stream()
            .map(number -> number + 0.0) // -0.0 + 0.0 is 0.0
            .collect(Collectors.toUnmodifiableSet());
    if (unseen instanceof Unseen.Category other) {
      byte[] utf8 = other.category().getBytes(StandardCharsets.UTF_8);
      Integer code =
          NumberText.isNumber(utf8, 0, utf8.length)
              ? code(NumberText.parse(utf8, 0, utf8.length))
              : null;
      if (code == null) {
        throw Categories.unknownStandIn(name, other);
      }

      this.unseenSlot = code;
    } else {
      this.unseenSlot = Float.NaN;
    }
  }

  private static Map<Long, Integer> codes(String name, List<Long> vocabulary) {
    Map<Long, Integer> codes = new HashMap<>();
    for (long category : vocabulary) {
      if (Math.abs((double) category) >= LIMIT) {
        throw new IllegalArgumentException(
            "Cannot use category %s of feature '%s': it must be within 2^53, where a double holds"
                    .formatted(category, name)
                + " every whole number");
      }

      if (codes.putIfAbsent(category, codes.size()) != null) {
        throw new IllegalArgumentException(
            "Cannot use the vocabulary of feature '%s': category %s occurs twice"
                .formatted(name, category));
      }
    }

    return Map.copyOf(codes);
  }

  private Integer code(double value) {
    return value == Math.rint(value) && Math.abs(value) < LIMIT ? codes.get((long) value) : null;
  }

  /** Returns the categories in code order. */
  public List<Long> vocabulary() {
    return vocabulary;
  }

  /** Returns what happens to a number that is not in the vocabulary. */
  public Unseen unseen() {
    return unseen;
  }

  @Override
  public Kind kind() {
    return Kind.INTEGER_CATEGORY;
  }

  @Override
  public String expected() {
    return "a whole number";
  }

  @Override
  public float number(double value, Faults faults) {
    if (Double.isNaN(value)
        || (!missingNumbers.isEmpty() && missingNumbers.contains(value + 0.0))) {
      return missing(faults);
    }

    if (Double.isInfinite(value)) {
      return faults.notFinite(this, value);
    }

    if (value != Math.rint(value)) {
      return faults.wrongType(this, value);
    }

    Integer code = code(value);
    if (code != null) {
      return code;
    }

    faults.countUnseen();
    if (unseen instanceof Unseen.Missing) {
      return missing(faults);
    }

    return unseen instanceof Unseen.Reject
        ? faults.unseenCategory(this, Faults.text(value), vocabulary.size())
        : unseenSlot;
  }
}
