package io.paritree.record;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The nearest known names for the wrong names in one document or file.
 *
 * <p>A search is expensive, and a hostile document may consist of wrong names. So only the first
 * ten different ones get a hint, at each place where they occur; the others get none. Not
 * thread-safe.
 */
public final class Hints {
  private static final int MAX_NAMES = 10;

  private final Map<String, Optional<String>> found = new HashMap<>();

  /**
   * Returns the nearest name of a wrong one, if one exists and the wrong one is among the first ten
   * of the document.
   *
   * @param search finds the nearest name; called once for each of the first ten
   */
  public Optional<String> nearest(String wrong, Function<String, Optional<String>> search) {
    Optional<String> known = found.get(wrong);
    if (known != null) {
      return known;
    }

    if (found.size() == MAX_NAMES) {
      return Optional.empty();
    }

    Optional<String> nearest = search.apply(wrong);
    found.put(wrong, nearest);
    return nearest;
  }
}
