package io.paritree.feature;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the known name that a mistyped name most likely means.
 *
 * <p>A search compares all known names. Where callers send the wrong names, they may send many:
 * search for only a few of them.
 */
public final class NearestName {
  private static final int MAX_LENGTH = Long.SIZE;

  /** A power of 2, and twice the largest number of letters: some places are always empty. */
  private static final int PLACES = 2 * MAX_LENGTH;

  private final int length;

  /** The letters of the name, each at a place that {@link #place} finds. */
  private final char[] letters = new char[PLACES];

  /** The positions of this place's letter in the name: bit i is letter i; 0 if it is empty. */
  private final long[] positions = new long[PLACES];

  private NearestName(String name) {
    this.length = name.length();
    for (int at = 0; at < length; at++) {
      int place = place(name.charAt(at));
      letters[place] = name.charAt(at);
      positions[place] |= 1L << at;
    }
  }

  /**
   * Returns the known name with the fewest edits, case ignored, if no more than a third of the
   * letters differ; if several have the fewest, the first in alphabetical order. Names of over 64
   * characters have no nearest name.
   */
  public static Optional<String> of(String name, Collection<String> known) {
    String small = name.toLowerCase(Locale.ROOT);
    if (name.length() > MAX_LENGTH || small.length() > MAX_LENGTH || small.isEmpty()) {
      return Optional.empty();
    }

    NearestName nearest = new NearestName(small);
    String best = null;
    int fewest = Integer.MAX_VALUE;
    for (String candidate : known) {
      if (candidate.length() <= MAX_LENGTH) {
        int admitted = Math.min(Math.max(name.length(), candidate.length()) / 3, fewest);
        int edits = nearest.edits(candidate.toLowerCase(Locale.ROOT), admitted);
        if (edits <= admitted && (edits < fewest || candidate.compareTo(best) < 0)) {
          best = candidate;
          fewest = edits;
        }
      }
    }

    return Optional.ofNullable(best);
  }

  /*
   * The Levenshtein distance by bit vectors (G. Myers, "A fast bit-vector algorithm for approximate
   * string matching based on dynamic programming", JACM 46, 1999). A column of the table of
   * distances is two words, in which bit i says whether the distance goes up or down by one from
   * letter i - 1 of the name to letter i. A letter of the candidate costs about a dozen operations.
   */

  /**
   * Returns the number of edits from the name to another, or the largest int if over {@code max}.
   */
  private int edits(String other, int max) {
    int left = other.length();
    if (Math.abs(length - left) > max) {
      return Integer.MAX_VALUE;
    }

    long last = 1L << (length - 1);
    long up = -1;
    long down = 0;
    int edits = length;
    for (int at = 0; at < other.length(); at++) {
      long equal = positions[place(other.charAt(at))];
      long vertical = equal | down;
      long horizontal = (((equal & up) + up) ^ up) | equal;
      long rising = down | ~(horizontal | up);
      long falling = up & horizontal;
      edits += (rising & last) != 0 ? 1 : 0;
      edits -= (falling & last) != 0 ? 1 : 0;
      if (edits - --left > max) {
        return Integer.MAX_VALUE; // each remaining letter saves one edit at most
      }

      rising = rising << 1 | 1;
      up = falling << 1 | ~(vertical | rising);
      down = rising & vertical;
    }

    return edits;
  }

  /** Returns the place of a letter, or an empty place if the name does not have it. */
  private int place(char letter) {
    int place = letter % PLACES;
    while (positions[place] != 0 && letters[place] != letter) {
      place = (place + 1) % PLACES;
    }

    return place;
  }
}
