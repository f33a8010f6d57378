package io.paritree.model.trainer;

import io.paritree.forest.Engine;
import io.paritree.xgboost.XgboostModel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Tells whether rows that agree with the predictions are evidence.
 *
 * <p>Rows can agree for no reason of their own: if a claim puts a feature of all rows on one side
 * of each threshold, every other claim that does so agrees as well. So the values that a claim
 * gives a feature are dealt to the rows at random, and then one of them is given to all. If the
 * same rows agree, it was not the claim that let them. And the cure of a claim must let the same
 * rows pass.
 */
final class Proof {
  private static final long SEED = 20_261_128L;

  /** Features of one claim that are dealt. */
  private static final int MAX_DEALT = 8;

  /** Of a claim about more features than this, half of them must show it; otherwise all. */
  private static final int FEW_FEATURES = 3;

  private static final int LEAST_AT_A_PLACE = 3;

  /** Values, one of each place among the thresholds, that all rows are given. */
  private static final int MAX_PLACES = 6;

  /** The least number of rows that must not agree any more when values are dealt. */
  private static final int LEAST_LOST = 5;

  private final Evidence evidence;
  private final List<TrainerRow> rows;
  private final float[][] thresholds;
  private final boolean isLinear;
  private final double bits;
  private final double leastBits;

  /**
   * @param rows the rows that claims are about
   * @param bits what one agreeing row shows
   * @param leastBits what rows must show together
   */
  Proof(Evidence evidence, List<TrainerRow> rows, double bits, double leastBits) {
    XgboostModel model = evidence.sealing().model();
    this.evidence = evidence;
    this.rows = rows;
    this.thresholds = evidence.thresholds();
    this.isLinear = model.isLinear();
    this.bits = bits;
    this.leastBits = leastBits;
  }

  private int[] tested(Claim claim) {
    return claim.features().stream()
        .mapToInt(Integer::intValue)
        .filter(evidence::isTested)
        .toArray();
  }

  /**
   * Returns whether rows differ by the features that a claim changes.
   *
   * @param slots the rows' slots under the claim
   */
  boolean separates(Claim claim, float[] slots) {
    int[] tested = tested(claim);
    int constant = 0;
    for (int feature : tested) {
      constant += isConstant(feature, slots) ? 1 : 0;
    }

    return isMost(tested.length - constant, tested.length);
  }

  /** Returns whether rows are at enough places among the thresholds to show a claim. */
  boolean isShown(Claim claim, float[] slots) {
    int[] some = claim.leastPlaces() > 1 ? tested(claim) : new int[0];
    for (int feature : some) {
      Map<Float, Integer> places = new HashMap<>();
      for (int at = feature; at < slots.length; at += evidence.width()) {
        if (!Float.isNaN(slots[at])) {
          places.merge(place(feature, slots[at]), 1, Integer::sum);
        }
      }

      places.values().removeIf(count -> count < LEAST_AT_A_PLACE);
      if (places.size() < claim.leastPlaces()) {
        return false;
      }
    }

    return true;
  }

  private static boolean isMost(int shown, int all) {
    return all > FEW_FEATURES ? shown * 2 >= all : shown == all;
  }

  private boolean isConstant(int feature, float[] slots) {
    int width = evidence.width();
    float first = place(feature, slots[feature]);
    for (int at = feature + width; at < slots.length; at += width) {
      if (Float.compare(place(feature, slots[at]), first) != 0) {
        return false;
      }
    }

    return true;
  }

  /** Returns whether all slots are between the same thresholds. */
  boolean areAlike(float[] ones, float[] others) {
    for (int at = 0; at < ones.length; at++) {
      int feature = at % evidence.width();
      boolean isAlike =
          Float.compare(ones[at], others[at]) == 0
              || !evidence.isTested(feature)
              || Float.compare(place(feature, ones[at]), place(feature, others[at])) == 0;
      if (!isAlike) {
        return false;
      }
    }

    return true;
  }

  /** Returns between which thresholds a slot is; of a category the slot itself. */
  private float place(int feature, float slot) {
    boolean isNumber = feature < thresholds.length && thresholds[feature].length > 0;
    if (!isNumber || isLinear || Float.isNaN(slot)) {
      return slot;
    }

    int found = Arrays.binarySearch(thresholds[feature], slot + 0f);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /**
   * Returns whether rows agree because of what a claim gives each of them.
   *
   * @param found what agrees under the claim and others
   * @param slots the rows' slots under all of them
   */
  boolean isOfTheRows(Finding found, Claim claim, float[] slots, Engine engine) {
    int[] tested = tested(claim);
    int dealt = Math.min(tested.length, MAX_DEALT);
    int shown = 0;
    for (int next = 0; next < dealt; next++) {
      int feature = tested[(int) ((long) next * tested.length / dealt)];
      boolean isShown =
          lost(found, feature, slots, engine) && !isAsGoodAsOne(found, feature, slots, engine);
      shown += isShown ? 1 : 0;
    }

    return isMost(shown, dealt);
  }

  private boolean lost(Finding found, int feature, float[] slots, Engine engine) {
    float[] dealt = slots.clone();
    int width = evidence.width();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int row = rows.size() - 1; row > 0; row--) {
      int other = random.nextInt(row + 1);
      float slot = dealt[row * width + feature];
      dealt[row * width + feature] = dealt[other * width + feature];
      dealt[other * width + feature] = slot;
    }

    return isLost(found, dealt, engine);
  }

  /**
   * Returns whether as many rows agree, or nearly, if a feature has one and the same value in all
   * of them: what the trainer did may then be anything that leaves nothing of the feature.
   */
  private boolean isAsGoodAsOne(Finding found, int feature, float[] slots, Engine engine) {
    Map<Float, Integer> counts = new HashMap<>();
    Map<Float, Float> slotOf = new HashMap<>();
    for (int at = feature; at < slots.length; at += evidence.width()) {
      float place = place(feature, slots[at]);
      counts.merge(place, 1, Integer::sum);
      slotOf.putIfAbsent(place, slots[at]);
    }

    List<Float> places =
        counts.entrySet().stream()
            .sorted(Map.Entry.<Float, Integer>comparingByValue().reversed())
            .limit(MAX_PLACES)
            .map(Map.Entry::getKey)
            .toList();
    for (float place : places) {
      float[] constant = slots.clone();
      for (int at = feature; at < slots.length; at += evidence.width()) {
        constant[at] = slotOf.get(place);
      }

      if (!isLost(found, constant, engine)) {
        return true;
      }
    }

    return false;
  }

  /** Returns whether enough of the rows that agree do not with other slots. */
  private boolean isLost(Finding found, float[] other, Engine engine) {
    Scored scored = new Scored(engine, other, rows.size());
    int lost = 0;
    for (int row = 0; row < rows.size(); row++) {
      boolean isLost =
          found.agreeing().get(row)
              && !found.reading().agrees(rows.get(row), scored, row, found.precision());
      lost += isLost ? 1 : 0;
    }

    return lost >= LEAST_LOST && lost * bits >= leastBits;
  }

  /** Returns whether the rows that agree would pass if everything was done as it is worded. */
  boolean isCured(Finding found, Engine engine) {
    Trial trial = new Trial(evidence);
    for (Claim claim : found.claims()) {
      if (!claim.cure().isTried()) {
        if (found.inputs().contains(claim)) {
          return true; // what only the trainer can do
        }
      } else {
        claim.cure().change().accept(trial);
      }
    }

    BitSet passing = trial.agreeing(rows, found.reading(), found.precision(), engine);
    passing.and(found.agreeing());
    return passing.cardinality() == found.rows();
  }
}
