package io.paritree.feature;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The known name that a mistyped one most likely meant. */
public final class NearestName {
  private static final int MAX_LENGTH = 64;

  private NearestName() {}

  /**
   * Returns the known name with the fewest edits, case ignored, if no more than a third of the
   * letters differ; of several, the first in alphabetical order. Names of over 64 characters have
   * no nearest.
   */
  public static Optional<String> of(String name, Collection<String> known) {
    if (name.length() > MAX_LENGTH) {
      return Optional.empty();
    }

    String best = null;
    int fewest = Integer.MAX_VALUE;
    for (String candidate : known) {
      if (candidate.length() <= MAX_LENGTH) {
        int edits = edits(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
        boolean near = edits * 3 <= Math.max(name.length(), candidate.length());
        boolean better = edits < fewest || (edits == fewest && candidate.compareTo(best) < 0);
        if (near && better) {
          best = candidate;
          fewest = edits;
        }
      }
    }

    return Optional.ofNullable(best);
  }

  /** Returns the Levenshtein distance. */
  private static int edits(String from, String to) {
    int[] previous = new int[to.length() + 1];
    int[] current = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      previous[column] = column;
    }

    for (int row = 1; row <= from.length(); row++) {
      current[0] = row;
      for (int column = 1; column <= to.length(); column++) {
        int replaced = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
        current[column] =
            Math.min(
                Math.min(current[column - 1], previous[column]) + 1,
                previous[column - 1] + replaced);
      }

      int[] swap = previous;
      previous = current;
      current = swap;
    }

    return previous[to.length()];
  }
}
