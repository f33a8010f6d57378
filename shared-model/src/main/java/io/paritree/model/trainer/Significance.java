package io.paritree.model.trainer;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What rows must show before an explanation is believed: too many for chance, and most of them. */
final class Significance {
  /** What changed inputs must show, in bits: there are many more of them than of other claims. */
  static final double LEAST_OF_INPUTS = 24;

  /**
   * What rows must show before a cause is believed, in bits: as many claims are tried as have this
   * many, and some of them let a row agree by chance.
   */
  private static final double LEAST = 6;

  private static final double MOST = 0.9;

  /** The share of the differing rows that must have single values for these to be named. */
  private static final double LEAST_EXPLAINED = 0.3;

  /** Rows that a claim does not change say nothing about the others if they are fewer. */
  private static final int LEAST_OTHERS = 10;

  /** What a prediction shows that is written in full, if most predictions are different. */
  private static final double BITS_OF_NUMBER = 20;

  private static final int LENGTH_OF_NUMBER = 8;

  /** If there are only a few different predictions, such as labels, many agree by chance. */
  private static final int FEW = 16;

  private static final double MOST_OF_FEW = 0.75;

  private final List<TrainerRow> rows;
  private final Attempts attempts;
  private final int different;
  private final double bits;

  Significance(Evidence evidence, Attempts attempts) {
    this.rows = evidence.rows();
    this.attempts = attempts;
    Set<List<String>> predictions = new HashSet<>();
    rows.forEach(row -> predictions.add(List.of(row.predictions())));
    long full =
        rows.stream().filter(row -> row.predictions()[0].length() >= LENGTH_OF_NUMBER).count();
    this.different = predictions.size();
    boolean isNumber = full * 2 >= rows.size() && different * 2 >= rows.size();
    this.bits = isNumber ? BITS_OF_NUMBER : Math.log(Math.max(different, 1)) / Math.log(2);
  }

  /** Returns what one agreeing row shows, in bits. */
  double bits() {
    return bits;
  }

  /** Returns whether as many rows that agree under changed inputs are too many for chance. */
  boolean isOfInputs(int gained) {
    return gained * bits >= LEAST_OF_INPUTS;
  }

  /**
   * Returns whether an explanation is to be named: it explains most of the rows that differ, or is
   * about single values only and explains most of the rows with them; and these are too many to
   * agree by chance.
   *
   * @param equal number of rows that agree anyway
   */
  boolean isTelling(Finding found, int equal) {
    int gained = found.rows() - equal;
    int open = rows.size() - equal;
    boolean isOfValues =
        !found.inputs().isEmpty()
            && found.claims().size() == found.inputs().size()
            && found.inputs().stream().allMatch(Claim::isOfValues);
    double least = found.inputs().isEmpty() ? LEAST : LEAST_OF_INPUTS;
    boolean isMost = different > FEW || found.rows() >= MOST_OF_FEW * rows.size();
    return isMost
        && gained > 0
        && gained >= (isOfValues ? LEAST_EXPLAINED : MOST) * open
        && gained * bits >= least
        && found.inputs().stream().allMatch(claim -> holds(found, claim));
  }

  /** Returns whether a claim lets most of the rows agree that it changes, as far as others do. */
  private boolean holds(Finding found, Claim claim) {
    float[][] without = attempts.slots(found.with(found.inputs().indexOf(claim), null));
    float[][] slots = attempts.slots(found);
    int changed = 0;
    int agreeing = 0;
    for (int at = 0; at < rows.size(); at++) {
      boolean isSame = Arrays.equals(slots[at], without[at]);
      changed += isSame ? 0 : 1;
      agreeing += !isSame && found.agreeing().get(at) ? 1 : 0;
    }

    int others = rows.size() - changed;
    double ofOthers = others < LEAST_OTHERS ? 1 : (found.rows() - agreeing) / (double) others;
    return agreeing >= MOST * ofOthers * changed;
  }
}
