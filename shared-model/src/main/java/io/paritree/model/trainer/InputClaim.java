package io.paritree.model.trainer;

import java.util.Set;

/**
 * A claim that rows had other slots.
 *
 * @param features the slots that it may change
 * @param isOfValues whether it is about single values
 */
record InputClaim(
    String cause, Cure cure, String kind, Set<Integer> features, boolean isOfValues, Change change)
    implements Claim {

  /** What {@link Claim#change} does. */
  interface Change {
    boolean apply(TrainerRow row, float[] slots);
  }

  InputClaim(String cause, Cure cure, Set<Integer> features, Change change) {
    this(cause, cure, cure.text(), features, false, change);
  }

  static InputClaim ofValues(String cause, Cure cure, Set<Integer> features, Change change) {
    return new InputClaim(cause, cure, cure.text(), features, true, change);
  }

  @Override
  public boolean change(TrainerRow row, float[] slots) {
    return change.apply(row, slots);
  }
}
