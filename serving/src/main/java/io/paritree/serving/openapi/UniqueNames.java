package io.paritree.serving.openapi;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * Names from which every generator of clients makes the same names of classes and methods: letters
 * and digits, beginning with a capital letter. Not thread-safe.
 */
final class UniqueNames {
  private final String first;
  private final Function<String, List<String>> made;
  private final Set<String> taken = new HashSet<>();

  /**
   * @param first what a name begins with that has no letter at its beginning
   * @param made the names that are made of a name, which must be unique whatever their case
   */
  UniqueNames(String first, Function<String, List<String>> made) {
    this.first = first;
    this.made = made;
  }

  /** Returns a name for what has another name, which nothing else gets. */
  String of(String name) {
    StringBuilder capitals = new StringBuilder();
    for (String word : name.split("[^A-Za-z0-9]+")) {
      if (!word.isEmpty()) {
        capitals.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
      }
    }

    String base = capitals.toString().matches("[A-Z].*") ? "" + capitals : first + capitals;
    String unique = base;
    for (int number = 2; made(unique).stream().anyMatch(taken::contains); number++) {
      unique = base + "N" + number;
    }

    taken.addAll(made(unique));
    return unique;
  }

  private List<String> made(String name) {
    return made.apply(name).stream().map(each -> each.toLowerCase(Locale.ROOT)).toList();
  }
}
