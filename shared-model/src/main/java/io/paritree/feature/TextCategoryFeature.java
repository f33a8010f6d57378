package io.paritree.feature;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A text from a fixed vocabulary, encoded as its code there.
 *
 * <p>Text is compared as UTF-8 bytes: no trimming, folding or normalisation. The empty text is a
 * value like any other, unless it is a sentinel.
 */
public final class TextCategoryFeature extends Feature {
  private final Vocabulary vocabulary;
  private final Unseen unseen;
  private final float unseenSlot;

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
    super(name, column, missing, nullable);
    Categories.checkSize(name, vocabulary.size());
    this.vocabulary = new Vocabulary(vocabulary);
    this.unseen = Objects.requireNonNull(unseen, "unseen");
    if (unseen instanceof Unseen.Category other) {
      byte[] utf8 = other.category().getBytes(StandardCharsets.UTF_8);
      int code = this.vocabulary.code(utf8, 0, utf8.length);
      if (code < 0) {
        throw Categories.unknownStandIn(name, other);
      }

      this.unseenSlot = code;
    } else {
      this.unseenSlot = Float.NaN;
    }
  }

  /** Returns the categories in code order. */
  public List<String> vocabulary() {
    return vocabulary.categories();
  }

  /** Returns what happens to a text that is not in the vocabulary. */
  public Unseen unseen() {
    return unseen;
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

    faults.countUnseen();
    if (unseen instanceof Unseen.Missing) {
      return missing(faults);
    }

    return unseen instanceof Unseen.Reject
        ? faults.unseenCategory(this, Faults.text(utf8, offset, length), vocabulary.size())
        : unseenSlot;
  }
}
