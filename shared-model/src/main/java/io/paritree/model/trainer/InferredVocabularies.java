package io.paritree.model.trainer;

import io.paritree.feature.VocabularyFeature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Orders of categories that have no name: the predictions show them. */
final class InferredVocabularies {
  private static final int MAX_INFERRED = 200;
  private static final int MAX_EXCHANGES = 20_000;
  private static final int MAX_MARGINS = 1 << 24;
  private static final String SHOWN_ORDER = "in an order that the predictions show";

  private final VocabularyClaims made;
  private final List<TrainerRow> rows;
  private final Attempts attempts;
  private final Finding base;

  /** Returns that every row has one code of a feature, unless it is missing. */
  private static Claim coded(Claim before, int feature, int code) {
    return new InputClaim(
        "",
        Cure.NONE,
        Set.of(),
        (row, slots) -> {
          before.change(row, slots);
          slots[feature] = Float.isNaN(slots[feature]) ? Float.NaN : code;
          return true;
        });
  }

  private InferredVocabularies(Evidence evidence, Attempts attempts, Finding base) {
    this.made = new VocabularyClaims(evidence);
    this.rows = evidence.rows();
    this.attempts = attempts;
    this.base = base;
  }

  /**
   * Returns orders that the predictions themselves show: of one feature alone, found code by code,
   * and of all together, found by exchanging codes as long as the scores come nearer.
   *
   * @param base the claims that hold as well
   */
  static List<Claim> of(Evidence evidence, Attempts attempts, Finding base) {
    InferredVocabularies inferred = new InferredVocabularies(evidence, attempts, base);
    VocabularyClaims made = inferred.made;
    List<Integer> free = new ArrayList<>();
    int sum = 0;
    for (int feature : made.free()) {
      int size = made.vocabulary(feature).size();
      if (evidence.feature(feature) instanceof VocabularyFeature && size <= MAX_INFERRED) {
        free.add(feature);
        sum += size;
        inferred
            .infer(feature, size)
            .ifPresent(sorted -> made.add(SHOWN_ORDER, Map.of(feature, sorted)));
      }
    }

    if (free.size() > 1 && sum <= MAX_INFERRED) {
      inferred.exchange(free);
    }

    return made.claims();
  }

  private void exchange(List<Integer> features) {
    Map<Integer, List<String>> orders = new LinkedHashMap<>();
    features.forEach(feature -> orders.put(feature, new ArrayList<>(made.vocabulary(feature))));
    double least = attempts.distance(base);
    boolean isNearer = true;
    int asked = 0;
    while (isNearer && least > 0) {
      isNearer = false;
      for (int feature : features) {
        List<String> order = orders.get(feature);
        for (int one = 0; one < order.size(); one++) {
          for (int other = one + 1; other < order.size(); other++) {
            Collections.swap(order, one, other);
            double now = attempts.distance(base.with(made.trial(orders)));
            if (now < 0 || asked++ > MAX_EXCHANGES) {
              return;
            }

            if (now < least) {
              least = now;
              isNearer = true;
            } else {
              Collections.swap(order, one, other);
            }
          }
        }
      }
    }

    for (int feature : features) {
      List<String> order = orders.get(feature);
      boolean[][] isPossible = possible(feature, order.size(), made.trial(orders));
      int[] categoryOf = order.stream().mapToInt(made.vocabulary(feature)::indexOf).toArray();
      if (!isSettled(feature, isPossible, categoryOf)) {
        return;
      }
    }

    made.add(SHOWN_ORDER, orders);
  }

  private Optional<List<String>> infer(int feature, int size) {
    boolean[][] isPossible = possible(feature, size, Claim.NOTHING);
    int[] categoryOf = new int[size];
    Arrays.fill(categoryOf, -1);
    for (int category = 0; category < size; category++) {
      if (!assign(category, isPossible, categoryOf, new boolean[size])) {
        return Optional.empty();
      }
    }

    List<String> all = made.vocabulary(feature);
    return isSettled(feature, isPossible, categoryOf)
        ? Optional.of(Arrays.stream(categoryOf).mapToObj(all::get).toList())
        : Optional.empty();
  }

  /** Returns for each category which codes let its rows agree, after another claim. */
  private boolean[][] possible(int feature, int size, Claim before) {
    boolean[][] isPossible = new boolean[size][size];
    for (int code = 0; code < size; code++) {
      BitSet agree = attempts.tried(base.with(coded(before, feature, code))).agreeing();
      int[] seen = new int[size];
      int[] agreed = new int[size];
      for (int at = 0; at < rows.size(); at++) {
        float slot = rows.get(at).slots()[feature];
        if (!Float.isNaN(slot)) {
          seen[(int) slot]++;
          agreed[(int) slot] += agree.get(at) ? 1 : 0;
        }
      }

      // A few rows may differ for another reason.
      for (int category = 0; category < size; category++) {
        isPossible[category][code] = agreed[category] >= seen[category] * 0.9;
      }
    }

    return isPossible;
  }

  /**
   * Returns whether no two categories could have each other's codes, unless no row tells those
   * codes apart: two can if each leads to the other from a category to the one that has a code
   * which it could have.
   */
  private boolean isSettled(int feature, boolean[][] isPossible, int[] categoryOf) {
    int size = categoryOf.length;
    if ((long) size * attempts.scored(base).margins().length > MAX_MARGINS) {
      return false;
    }

    float[][] margins = new float[size][];
    for (int code = 0; code < size; code++) {
      margins[code] = attempts.scored(base.with(coded(Claim.NOTHING, feature, code))).margins();
    }

    int[] codeOf = new int[size];
    boolean[][] leads = new boolean[size][size];
    for (int code = 0; code < size; code++) {
      codeOf[categoryOf[code]] = code;
      for (int category = 0; category < size; category++) {
        leads[category][categoryOf[code]] = isPossible[category][code];
      }
    }

    for (int via = 0; via < size; via++) {
      for (int from = 0; from < size; from++) {
        for (int to = 0; to < size && leads[from][via]; to++) {
          leads[from][to] |= leads[via][to];
        }
      }
    }

    for (int one = 0; one < size; one++) {
      for (int other = 0; other < size; other++) {
        boolean isOpen = isPossible[one][codeOf[other]] && leads[other][one];
        if (isOpen && !Arrays.equals(margins[codeOf[one]], margins[codeOf[other]])) {
          return false;
        }
      }
    }

    return true;
  }

  /** Gives a category a code, moving others to other codes if it must (Kuhn's algorithm). */
  private static boolean assign(
      int category, boolean[][] isPossible, int[] categoryOf, boolean[] isTried) {
    for (int step = 0; step < categoryOf.length; step++) {
      int code = (category + step) % categoryOf.length; // its present code first
      if (isPossible[category][code] && !isTried[code]) {
        isTried[code] = true;
        if (categoryOf[code] < 0 || assign(categoryOf[code], isPossible, categoryOf, isTried)) {
          categoryOf[code] = category;
          return true;
        }
      }
    }

    return false;
  }
}
