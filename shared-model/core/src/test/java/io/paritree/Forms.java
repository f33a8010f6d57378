package io.paritree;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Forms of one claim, some of which are tried on a push; {@code -Dforms.all=true} tries all, as
 * each night does.
 */
public final class Forms {
  private Forms() {}

  public static boolean areAllTried() {
    return Boolean.getBoolean("forms.all");
  }

  /** Returns so many of the forms, in their order; the seed, which is printed, chooses them. */
  public static <T> List<T> some(int count, Collection<T> all) {
    if (areAllTried()) {
      return List.copyOf(all);
    }

    long seed = Seed.next();
    List<T> chosen = new ArrayList<>(all);
    Collections.shuffle(chosen, new Random(seed));
    chosen = new ArrayList<>(chosen.subList(0, Math.min(count, chosen.size())));
    System.out.println("seed %s: %s".formatted(seed, chosen));
    List<T> inOrder = new ArrayList<>(all);
    inOrder.retainAll(chosen);
    return inOrder;
  }
}
