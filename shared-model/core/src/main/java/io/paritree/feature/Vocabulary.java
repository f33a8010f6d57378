package io.paritree.feature;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Text categories and their codes, found by their UTF-8 bytes.
 *
 * <p>An open-addressing table of at least twice as many places as categories, so that a look-up
 * creates no object and reads few places. Immutable and thread-safe.
 */
final class Vocabulary {
  private final List<String> categories;
  private final byte[][] utf8;
  private final int[] hashes;
  private final int[] places; // code + 1; 0 where empty
  private final int mask;

  /**
   * @param categories in code order, each once
   * @throws IllegalArgumentException if a category occurs twice or has an unpaired surrogate
   */
  Vocabulary(List<String> categories) {
    this.categories = List.copyOf(categories);
    int size = Math.max(4, Integer.highestOneBit(categories.size()) << 2);
    this.utf8 = new byte[categories.size()][];
    this.hashes = new int[categories.size()];
    this.places = new int[size];
    this.mask = size - 1;
    for (int code = 0; code < utf8.length; code++) {
      byte[] category = Utf8.bytes(this.categories.get(code));
      if (code(category, 0, category.length) >= 0) {
        throw new IllegalArgumentException(
            "Cannot use the vocabulary: category '%s' occurs twice"
                .formatted(this.categories.get(code)));
      }

      utf8[code] = category;
      hashes[code] = hash(category, 0, category.length);
      int place = hashes[code] & mask;
      while (places[place] != 0) {
        place = (place + 1) & mask;
      }

      places[place] = code + 1;
    }
  }

  List<String> categories() {
    return categories;
  }

  int size() {
    return utf8.length;
  }

  /** Returns the code of the category with exactly these bytes, or -1. */
  int code(byte[] text, int offset, int length) {
    int hash = hash(text, offset, length);
    for (int place = hash & mask; places[place] != 0; place = (place + 1) & mask) {
      int code = places[place] - 1;
      if (hashes[code] == hash
          && Arrays.equals(utf8[code], 0, utf8[code].length, text, offset, offset + length)) {
        return code;
      }
    }

    return -1;
  }

  /** Returns the code of a category, or -1. */
  int code(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return code(utf8, 0, utf8.length);
  }

  private static int hash(byte[] text, int offset, int length) {
    int hash = 0x811c9dc5;
    for (int at = offset; at < offset + length; at++) {
      hash = (hash ^ text[at]) * 0x01000193;
    }

    return hash ^ (hash >>> 15);
  }
}
