package io.paritree.feature;

import java.util.Objects;

/** What happens to a category that training never saw. */
public sealed interface Unseen {
  /** It counts as missing: each split sends it to its default side. */
  record Missing() implements Unseen {}

  /** The row is refused. */
  record Reject() implements Unseen {}

  /**
   * It counts as another category.
   *
   * @param category a category of the vocabulary, spelled as in the manifest
   */
  record Category(String category) implements Unseen {
    public Category {
      Objects.requireNonNull(category, "category");
    }
  }
}
