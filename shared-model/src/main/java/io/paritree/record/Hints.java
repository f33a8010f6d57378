package io.paritree.record;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The nearest known names of the wrong ones in one document or file.
 *
 * <p>Finding one is dear, and whoever sends a document may fill it with wrong names: the first few
 * different ones get a hint, each as often as it stands there, and the others none. Not
 * thread-safe.
 */
public final class Hints {
  private static final int MAX_NAMES = 10;

  private final Map<String, Optional<String>> found = new HashMap<>();

  /**
   * Returns the nearest name of a wrong one, if there is one and the document has not had its
   * share.
   *
   * @param search finds the nearest name; called once for each of the first names
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
