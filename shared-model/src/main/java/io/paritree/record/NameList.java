package io.paritree.record;

import java.util.ArrayList;
import java.util.List;

/**
 * Names in a message: the first hundred, and the number of the others.
 *
 * <p>Limited, because a file may have as many wrong names as bytes. Not thread-safe.
 */
final class NameList {
  private static final int MAX_NAMES = 100;

  private final List<String> names = new ArrayList<>();
  private int count;

  boolean isEmpty() {
    return count == 0;
  }

  /** Returns whether further names are only counted. */
  boolean isFull() {
    return count >= MAX_NAMES;
  }

  /** Adds a name in the form in which the message shows it. */
  void add(String name) {
    if (!isFull()) {
      names.add(name);
    }

    count++;
  }

  @Override
  public String toString() {
    String shown = String.join(", ", names);
    return count == names.size() ? shown : "%s and %s more".formatted(shown, count - names.size());
  }
}
