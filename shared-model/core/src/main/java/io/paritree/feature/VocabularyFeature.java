package io.paritree.feature;

import io.paritree.NameList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** A value from a fixed vocabulary, encoded as its code there. */
public abstract sealed class VocabularyFeature extends Feature
    permits TextCategoryFeature, IntegerCategoryFeature {
  /** Up to this many categories, a {@code float} holds every code exactly. */
  private static final int MAX_SIZE = 16_777_216;

  private final Unseen unseen;
  private final float unseenSlot;
  private String known; // made when it is needed, by whichever thread needs it

  /**
   * @param size how many categories there are
   * @param codes returns the code of a category by its text; negative if it is none
   */
  VocabularyFeature(
      String name,
      String column,
      Values values,
      int size,
      ToIntFunction<String> codes,
      Unseen unseen,
      Sentinels missing,
      boolean nullable) {
    super(name, column, values, missing, nullable);
    if (size < 1 || size > MAX_SIZE) {
      throw new IllegalArgumentException(
          "Cannot use the vocabulary of feature '%s': it has %s categories, expected 1 to %s"
              .formatted(name, size, MAX_SIZE));
    }

    this.unseen = Objects.requireNonNull(unseen, "unseen");
    this.unseenSlot =
        unseen instanceof Unseen.Category other ? standIn(name, other, codes) : Float.NaN;
  }

  private static float standIn(String name, Unseen.Category other, ToIntFunction<String> codes) {
    int code = codes.applyAsInt(other.category());
    if (code < 0) {
      throw new IllegalArgumentException(
          "Cannot use '%s' for unseen values of feature '%s': it is not in the vocabulary"
              .formatted(other.category(), name));
    }

    return code;
  }

  /** Returns the categories in code order. */
  public abstract List<?> vocabulary();

  /** Returns what happens to a value that is not in the vocabulary. */
  public final Unseen unseen() {
    return unseen;
  }

  /** Returns the slot of a value that is not in the vocabulary. */
  final float unseen(Supplier<String> got, Faults faults) {
    faults.countUnseen(this);
    if (unseen instanceof Unseen.Missing) {
      return missing(faults);
    }

    return unseen instanceof Unseen.Reject
        ? faults.unseenCategory(this, got.get(), known())
        : unseenSlot;
  }

  /** Returns the number of categories and the first of them, for faults. */
  private String known() {
    String text = known;
    if (text == null) {
      text =
          "one of the %s categories %s"
              .formatted(vocabulary().size(), NameList.examples(vocabulary()));
      known = text;
    }

    return text;
  }
}
