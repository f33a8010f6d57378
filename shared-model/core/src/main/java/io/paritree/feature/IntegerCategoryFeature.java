package io.paritree.feature;

import java.util.List;
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

  private final IntegerVocabulary vocabulary;
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
    this(name, column, checked(name, vocabulary), unseen, missing, nullable);
  }

  private IntegerCategoryFeature(
      String name,
      String column,
      IntegerVocabulary vocabulary,
      Unseen unseen,
      Sentinels missing,
      boolean nullable) {
    super(
        name,
        column,
        Values.WHOLE,
        vocabulary.size(),
        text -> code(vocabulary, NumberText.parse(text)),
        unseen,
        missing,
        nullable);
    this.vocabulary = vocabulary;
    this.missingNumbers =
        missing.withSpelledNumbers().numbers().stream()
            .map(number -> number + 0.0) // -0.0 + 0.0 is 0.0
            .collect(Collectors.toUnmodifiableSet());
  }

  private static IntegerVocabulary checked(String name, List<Long> vocabulary) {
    for (long category : vocabulary) {
      if (Math.abs((double) category) >= LIMIT) {
        throw new IllegalArgumentException(
            "Cannot use category %s of feature '%s': it must be within 2^53, where a double holds"
                    .formatted(category, name)
                + " every whole number");
      }
    }

    return new IntegerVocabulary(name, vocabulary);
  }

  private static int code(IntegerVocabulary vocabulary, double value) {
    boolean isWhole = value == Math.rint(value) && Math.abs(value) < LIMIT;
    return isWhole ? vocabulary.code((long) value) : -1;
  }

  @Override
  public List<Long> vocabulary() {
    return vocabulary.categories();
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

    int code = code(vocabulary, value);
    return code >= 0 ? code : unseen(() -> Faults.text(value), faults);
  }
}
