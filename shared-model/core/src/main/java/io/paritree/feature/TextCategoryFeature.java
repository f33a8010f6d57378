package io.paritree.feature;

import java.util.List;

/**
 * A text from a fixed vocabulary, encoded as its code there.
 *
 * <p>Text is compared as UTF-8 bytes: no trimming, folding or normalisation. The empty text is a
 * value like any other, unless it is a sentinel.
 */
public final class TextCategoryFeature extends VocabularyFeature {
  private final Vocabulary vocabulary;

  /**
   * @param vocabulary in code order, each category once; at most 16,777,216, so that a {@code
   *     float} holds every code exactly
   * @param unseen what happens to a text that is not in the vocabulary
   * @param missing texts that mean "missing"
   * @throws IllegalArgumentException if the vocabulary is empty, too large or has a category twice,
   *     if {@code unseen} names a category that is not in it, or if a sentinel is a number
   */
  public TextCategoryFeature(
      String name,
      String column,
      List<String> vocabulary,
      Unseen unseen,
      Sentinels missing,
      boolean nullable) {
    this(name, column, new Vocabulary(vocabulary), unseen, missing, nullable);
  }

  private TextCategoryFeature(
      String name,
      String column,
      Vocabulary vocabulary,
      Unseen unseen,
      Sentinels missing,
      boolean nullable) {
    super(
        name, column, Values.TEXT, vocabulary.size(), vocabulary::code, unseen, missing, nullable);
    this.vocabulary = vocabulary;
  }

  @Override
  public List<String> vocabulary() {
    return vocabulary.categories();
  }

  @Override
  public Kind kind() {
    return Kind.TEXT_CATEGORY;
  }

  @Override
  public String expected() {
    return "text";
  }

  @Override
  public float text(byte[] utf8, int offset, int length, Faults faults) {
    int code = vocabulary.code(utf8, offset, length);
    if (code >= 0 && sentinels().texts().isEmpty()) {
      return code;
    }

    if (isMissing(utf8, offset, length)) {
      return missing(faults);
    }

    if (code >= 0) {
      return code;
    }

    if (length > MAX_TEXT) {
      return faults.longText(this, utf8, offset, length);
    }

    if (!Utf8.isWellFormed(utf8, offset, length)) {
      return faults.wrongType(this, "text with an unpaired surrogate, or not in UTF-8");
    }

    return unseen(() -> Faults.text(utf8, offset, length), faults);
  }
}
