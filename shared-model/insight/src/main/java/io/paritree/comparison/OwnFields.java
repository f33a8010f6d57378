package io.paritree.comparison;

import io.paritree.feature.Faults;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.record.RecordValues;
import java.util.ArrayList;
import java.util.List;

/**
 * How the slots of a challenger are made of a champion's row: those of shared fields are copied,
 * the others encoded from the record's values. A field that the champion does not read has no
 * value. Immutable and thread-safe.
 */
public final class OwnFields {
  private static final int NO_VALUE = -1;

  private final SharedFields shared;
  private final List<Field> own;
  private final int[] valueOf; // each own field's place among the kept values
  private final int[] kept; // indexes of the champion's fields

  public OwnFields(ModelPair models) {
    Schema champion = models.champion().schema();
    this.shared = new SharedFields(champion, models.challenger().schema());
    this.own = shared.onlyOfChallenger();
    this.valueOf = new int[own.size()];
    List<Integer> found = new ArrayList<>();
    for (int index = 0; index < valueOf.length; index++) {
      int field = champion.fieldIndex(own.get(index).column());
      valueOf[index] = field < 0 ? NO_VALUE : found.size();
      if (field >= 0) {
        found.add(field);
      }
    }

    this.kept = found.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Returns whether a row has the same slots in both models. */
  public boolean hasSameSlots() {
    return shared.areAll();
  }

  /** Returns the champion's fields whose values are needed, as indexes; not to be changed. */
  public int[] kept() {
    return kept;
  }

  /**
   * Makes a row of the challenger.
   *
   * @param values of the {@link #kept} fields; not used if there are none
   * @param row of the values
   */
  public void encode(
      float[] champion,
      int from,
      RecordValues values,
      int row,
      float[] challenger,
      int to,
      Faults faults) {
    shared.copy(champion, from, challenger, to);
    for (int index = 0; index < valueOf.length; index++) {
      if (valueOf[index] == NO_VALUE) {
        own.get(index).missing(challenger, to, faults);
      } else {
        values.encode(row, valueOf[index], own.get(index), challenger, to, faults);
      }
    }
  }
}
