package io.paritree.feature;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A whole number from a fixed vocabulary, encoded as its code there.
 *
 * <p>5 and 5.0 are the same category; 5.5 is of the wrong type. Categories must be within 2^53,
 * where a {@code double} holds every whole number.
 */
public final class IntegerCategoryFeature extends VocabularyFeature {
  private static final double LIMIT = 0x1p53;

  private final List<Long> vocabulary;
  private final Map<Long, Integer> codes;
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
    this(name, column, vocabulary, codes(name, vocabulary), unseen, missing, nullable);
  }

  private IntegerCategoryFeature(
      String name,
      String column,
      List<Long> vocabulary,
      Map<Long, Integer> codes,
      Unseen unseen,
      Sentinels missing,
      boolean nullable) {
    super(
        name,
        column,
        vocabulary.size(),
        text -> code(codes, NumberText.parse(text)),
        unseen,
        missing,
        nullable);
    this.vocabulary = List.copyOf(vocabulary);
    this.codes = codes;
    this.missingNumbers =
        missing.withSpelledNumbers().numbers().stream()
            .map(number -> number + 0.0) // -0.0 + 0.0 is 0.0
            .collect(Collectors.toUnmodifiableSet());
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

  private static int code(Map<Long, Integer> codes, double value) {
    Integer code =
        value == Math.rint(value) && Math.abs(value) < LIMIT ? codes.get((long) value) : null;
    return code == null ? -1 : code;
  }

  @Override
  public List<Long> vocabulary() {
    return vocabulary;
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

    int code = code(codes, value);
    return code >= 0 ? code : unseen(() -> Faults.text(value), faults);
  }
}
