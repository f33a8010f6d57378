package io.paritree;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Names in a message: the first ones, and the number of the others.
 *
 * <p>Limited, because a model may have thousands of them, and a file as many wrong names as bytes.
 * Not thread-safe.
 */
public final class NameList {
  /** How many wrong names are shown, which must all be mended. */
  private static final int MAX_WRONG = 100;

  /** How many known names are shown, where one of them is meant. */
  private static final int MAX_KNOWN = 20;

  /** How many examples are shown, and the most characters of each. */
  private static final int MAX_EXAMPLES = 10;

  private static final int MAX_EXAMPLE = 40;

  private final List<String> names = new ArrayList<>();
  private final int max;
  private int count;

  private NameList(int max) {
    this.max = max;
  }

  /** Returns an empty list for wrong names: the first hundred are shown. */
  public static NameList ofWrong() {
    return new NameList(MAX_WRONG);
  }

  /** Returns known names as a text in brackets: the first twenty are shown, safe to print. */
  public static String known(Collection<?> names) {
    NameList list = new NameList(MAX_KNOWN);
    names.forEach(name -> list.add(list.isFull() ? "" : Fault.printable(String.valueOf(name))));
    return "[" + list + "]";
  }

  /** Returns names as a text in brackets: the first ten are shown, cut and safe to print. */
  public static String examples(Collection<?> names) {
    NameList list = new NameList(MAX_EXAMPLES);
    names.forEach(
        name -> list.add(list.isFull() ? "" : Fault.printable(String.valueOf(name), MAX_EXAMPLE)));
    return "[" + list + "]";
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** Returns whether further names are only counted. */
  public boolean isFull() {
    return count >= max;
  }

  /** Adds a name in the form in which the message shows it. */
  public void add(String name) {
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
