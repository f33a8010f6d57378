package io.paritree.feature;

import java.util.Objects;

/** What becomes of a category that training never saw. */
public sealed interface Unseen {
  /** It counts as missing, and each split sends it to its default side. */
  record Missing() implements Unseen {}

  /** The row is refused. */
  record Reject() implements Unseen {}

  /**
   * It counts as another category.
   *
   * @param category one of the vocabulary, spelled as in the manifest
   */
  record Category(String category) implements Unseen {
    public Category {
      Objects.requireNonNull(category, "category");
    }
  }
}
