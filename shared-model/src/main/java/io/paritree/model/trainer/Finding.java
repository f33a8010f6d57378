package io.paritree.model.trainer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Claims, and the rows that agree with the predictions if they hold.
 *
 * @param inputs claims about the inputs, in this order
 * @param agreeing by index in {@link Evidence#rows}
 */
record Finding(
    List<Claim> inputs, Claim forest, Claim reading, Precision precision, BitSet agreeing) {

  /** Returns that nothing was done otherwise. */
  static Finding nothing(BitSet agreeing) {
    return new Finding(List.of(), Claim.NOTHING, Claim.NOTHING, Precision.EXACT, agreeing);
  }

  int rows() {
    return agreeing.cardinality();
  }

  /** Returns the same with one more claim about the inputs, before it is tried. */
  Finding with(Claim claim) {
    List<Claim> all = new ArrayList<>(inputs);
    all.add(claim);
    return new Finding(all, forest, reading, precision, agreeing);
  }

  /** Returns the same with another claim in place of one, before it is tried; none for null. */
  Finding with(int place, Claim claim) {
    List<Claim> all = new ArrayList<>(inputs);
    if (claim == null) {
      all.remove(place);
    } else {
      all.set(place, claim);
    }

    return new Finding(all, forest, reading, precision, agreeing);
  }

  Finding with(Precision other) {
    return new Finding(inputs, forest, reading, other, agreeing);
  }

  /** Returns the same, tried. */
  Finding tried(BitSet found) {
    return new Finding(inputs, forest, reading, precision, found);
  }

  /** Returns all claims that say something. */
  List<Claim> claims() {
    List<Claim> all = new ArrayList<>(inputs);
    all.add(forest);
    all.add(reading);
    all.removeIf(claim -> claim.cause().isEmpty());
    return all;
  }
}
