package io.paritree.profile;

import java.io.Serializable;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Counts of the rows of each value of a column.
 *
 * <p>The first {@link #MOST} values in the order of their texts have counts of their own. Where
 * there are more, those of the last are added to the others, so that the result is the same in
 * whatever order rows come: a value that is among the first of all rows is among the first of some.
 * Not thread-safe.
 *
 * @param <C> what is counted of the rows of a value
 */
public final class CountsByValue<C extends Counts<C>> implements Serializable {
  /** The slice of rows without a value. */
  public static final String MISSING = "(missing)";

  /** The slice of rows whose values have no slice of their own. */
  public static final String OTHERS = "(others)";

  /** The most values with a slice of their own: the first in the order of their texts. */
  static final int MOST = 50;

  private static final int MAX_LENGTH = 100;

  private final TreeMap<String, C> own = new TreeMap<>();
  private C missing; // null without such rows
  private C others; // null without such rows

  /**
   * Returns the name of the slice of a value: its text, or what counts of a long one. A value that
   * is spelled as the slices of other rows is one of the others.
   *
   * @param text empty without a value
   */
  public static String name(String text) {
    if (text.isEmpty()) {
      return MISSING;
    }

    if (text.equals(MISSING) || text.equals(OTHERS)) {
      return OTHERS;
    }

    if (text.length() <= MAX_LENGTH) {
      return text;
    }

    boolean isDivided = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1));
    return text.substring(0, isDivided ? MAX_LENGTH - 1 : MAX_LENGTH);
  }

  /**
   * Makes place for the rows of some slices.
   *
   * @param none makes counts of no row
   */
  public void expect(Collection<String> slices, Supplier<C> none) {
    Set<String> names = new HashSet<>(slices);
    if (names.remove(MISSING) && missing == null) {
      missing = none.get();
    }

    if (names.remove(OTHERS) && others == null) {
      others = none.get();
    }

    if (own.keySet().containsAll(names)) {
      return;
    }

    TreeSet<String> kept = new TreeSet<>(names);
    kept.addAll(own.keySet());
    while (kept.size() > MOST) {
      kept.pollLast();
    }

    if (others == null && !kept.containsAll(names)) {
      others = none.get();
    }

    for (String name : List.copyOf(own.keySet())) {
      if (!kept.contains(name)) {
        addToOthers(own.remove(name));
      }
    }

    kept.forEach(name -> own.computeIfAbsent(name, value -> none.get()));
  }

  private void addToOthers(C counts) {
    if (others == null) {
      others = counts;
    } else {
      others.add(counts);
    }
  }

  /** Returns where rows of an expected slice are counted, until others are expected. */
  public C of(String name) {
    return switch (name) {
      case MISSING -> missing;
      case OTHERS -> others;
      default -> own.getOrDefault(name, others);
    };
  }

  /** Returns a copy, whose counts are its own. */
  public CountsByValue<C> copy(Supplier<C> none) {
    CountsByValue<C> copy = new CountsByValue<>();
    copy.expect(all().keySet(), none);
    all().forEach((name, counts) -> copy.of(name).add(counts));
    return copy;
  }

  /** Adds another's rows, whose counts it may take over. */
  public void add(CountsByValue<C> other) {
    missing = sum(missing, other.missing);
    others = sum(others, other.others);
    other.own.forEach((name, counts) -> own.put(name, sum(own.get(name), counts)));
    while (own.size() > MOST) {
      addToOthers(own.pollLastEntry().getValue());
    }
  }

  private static <C extends Counts<C>> C sum(C one, C other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }

    one.add(other);
    return one;
  }

  /** Returns all slices by their names, those of missing values and of others last. */
  public Map<String, C> all() {
    Map<String, C> all = new LinkedHashMap<>(own);
    if (missing != null) {
      all.put(MISSING, missing);
    }

    if (others != null) {
      all.put(OTHERS, others);
    }

    return all;
  }
}
