package io.paritree.model.trainer;

import io.paritree.forest.Engine;
import io.paritree.xgboost.XgboostModel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

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
  boolean separates(Claim claim, float[][] slots) {
    int[] tested = tested(claim);
    long constant = Arrays.stream(tested).filter(feature -> isConstant(feature, slots)).count();
    return isMost(tested.length - constant, tested.length);
  }

  /** Returns whether rows are at enough places among the thresholds to show a claim. */
  boolean isShown(Claim claim, float[][] slots) {
    int[] some = claim.leastPlaces() > 1 ? tested(claim) : new int[0];
    for (int feature : some) {
      Map<Float, Long> rowsAt = rowsAt(feature, slots);
      rowsAt.remove(Float.NaN);
      rowsAt.values().removeIf(count -> count < LEAST_AT_A_PLACE);
      if (rowsAt.size() < claim.leastPlaces()) {
        return false;
      }
    }

    return true;
  }

  private static boolean isMost(long shown, long all) {
    return all > FEW_FEATURES ? shown * 2 >= all : shown == all;
  }

  private boolean isConstant(int feature, float[][] slots) {
    return rowsAt(feature, slots).size() <= 1;
  }

  /** Returns how many rows are at each place of a feature. */
  private Map<Float, Long> rowsAt(int feature, float[][] slots) {
    Map<Float, Long> rowsAt = new HashMap<>();
    for (float[] row : slots) {
      rowsAt.merge(place(feature, row[feature]), 1L, Long::sum);
    }

    return rowsAt;
  }

  /** Returns whether all slots are between the same thresholds. */
  boolean areAlike(float[][] ones, float[][] others) {
    for (int row = 0; row < ones.length; row++) {
      for (int feature = 0; feature < evidence.width(); feature++) {
        float one = ones[row][feature];
        float other = others[row][feature];
        boolean isAlike =
            Float.compare(one, other) == 0
                || !evidence.isTested(feature)
                || Float.compare(place(feature, one), place(feature, other)) == 0;
        if (!isAlike) {
          return false;
        }
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
  boolean isOfTheRows(Finding found, Claim claim, float[][] slots, Engine engine) {
    int[] tested = tested(claim);
    int dealt = Math.min(tested.length, MAX_DEALT);
    long shown =
        IntStream.range(0, dealt)
            .map(next -> tested[(int) ((long) next * tested.length / dealt)])
            .filter(feature -> lost(found, feature, slots, engine))
            .filter(feature -> !isAsGoodAsOne(found, feature, slots, engine))
            .count();
    return isMost(shown, dealt);
  }

  private boolean lost(Finding found, int feature, float[][] slots, Engine engine) {
    float[][] dealt = copy(slots);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int row = rows.size() - 1; row > 0; row--) {
      int other = random.nextInt(row + 1);
      float slot = dealt[row][feature];
      dealt[row][feature] = dealt[other][feature];
      dealt[other][feature] = slot;
    }

    return isLost(found, dealt, engine);
  }

  private static float[][] copy(float[][] slots) {
    return Arrays.stream(slots).map(float[]::clone).toArray(float[][]::new);
  }

  /**
   * Returns whether as many rows agree, or nearly, if a feature has one and the same value in all
   * of them: what the trainer did may then be anything that leaves nothing of the feature.
   */
  private boolean isAsGoodAsOne(Finding found, int feature, float[][] slots, Engine engine) {
    Map<Float, Float> slotOf = new HashMap<>();
    for (float[] row : slots) {
      slotOf.putIfAbsent(place(feature, row[feature]), row[feature]);
    }

    return rowsAt(feature, slots).entrySet().stream()
        .sorted(Map.Entry.<Float, Long>comparingByValue().reversed())
        .limit(MAX_PLACES)
        .map(place -> slotOf.get(place.getKey()))
        .anyMatch(
            slot -> {
              float[][] constant = copy(slots);
              for (float[] row : constant) {
                row[feature] = slot;
              }

              return !isLost(found, constant, engine);
            });
  }

  /** Returns whether enough of the rows that agree do not with other slots. */
  private boolean isLost(Finding found, float[][] other, Engine engine) {
    BitSet left =
        Attempts.agreeing(rows, new Scored(engine, other), found.reading(), found.precision());
    left.and(found.agreeing());
    int lost = found.rows() - left.cardinality();
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
