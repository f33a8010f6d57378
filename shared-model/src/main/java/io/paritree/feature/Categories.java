package io.paritree.feature;

/** Checks that both kinds of category share. */
final class Categories {
  /** Up to this many categories, a {@code float} holds every code exactly. */
  static final int MAX = 16_777_216;

  private Categories() {}

  static void checkSize(String feature, int size) {
    if (size < 1 || size > MAX) {
      throw new IllegalArgumentException(
          "Cannot use the vocabulary of feature '%s': it has %s categories, expected 1 to %s"
              .formatted(feature, size, MAX));
    }
  }

  static IllegalArgumentException unknownStandIn(String feature, Unseen.Category other) {
    return new IllegalArgumentException(
        "Cannot use '%s' for unseen values of feature '%s': it is not in the vocabulary"
            .formatted(other.category(), feature));
  }
}
