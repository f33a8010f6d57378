package io.paritree.comparison;

import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.json.JsonText;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.model.manifest.SchemaWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which fields two models encode alike, so that a value is encoded once for both. Immutable and
 * thread-safe.
 *
 * <p>Fields are alike if all of their features have the same written form, which is all that
 * decides what a slot is.
 */
public final class SharedFields {
  private final List<Field> shared = new ArrayList<>();
  private final List<Field> onlyChallenger;
  private final boolean areAll;
  private final int[] from;
  private final int[] to;

  public SharedFields(Schema champion, Schema challenger) {
    List<Integer> fromSlots = new ArrayList<>();
    List<Integer> toSlots = new ArrayList<>();
    List<Field> rest = new ArrayList<>(challenger.fields());
    for (Field field : champion.fields()) {
      int place = challenger.fieldIndex(field.column());
      if (place >= 0 && forms(field).equals(forms(challenger.fields().get(place)))) {
        Field same = challenger.fields().get(place);
        shared.add(field);
        rest.remove(same);
        for (int feature = 0; feature < field.features().size(); feature++) {
          fromSlots.add(field.slot(feature));
          toSlots.add(same.slot(feature));
        }
      }
    }

    this.onlyChallenger = List.copyOf(rest);
    this.from = fromSlots.stream().mapToInt(Integer::intValue).toArray();
    this.to = toSlots.stream().mapToInt(Integer::intValue).toArray();
    this.areAll =
        shared.size() == champion.fields().size() && rest.isEmpty() && Arrays.equals(from, to);
  }

  private static List<String> forms(Field field) {
    return field.features().stream().map(SharedFields::form).toList();
  }

  private static String form(Feature feature) {
    byte[] written =
        JsonText.compact(out -> new SchemaWriter(out, true).feature(feature, ReasonRule.NONE));
    return new String(written, StandardCharsets.UTF_8);
  }

  /** Returns the fields that both encode alike, as the champion has them. */
  public List<Field> shared() {
    return List.copyOf(shared);
  }

  /** Returns the fields that the challenger alone reads, or reads otherwise. */
  public List<Field> onlyOfChallenger() {
    return onlyChallenger;
  }

  /** Returns whether both models have the same slots in the same places. */
  public boolean areAll() {
    return areAll;
  }

  /**
   * As {@link #copy}, for a block of rows whose slots are stored feature by feature.
   *
   * @param stride how far the slots of two features are apart
   */
  public void copyColumns(float[] champion, float[] challenger, int stride, int rows) {
    for (int slot = 0; slot < from.length; slot++) {
      System.arraycopy(champion, from[slot] * stride, challenger, to[slot] * stride, rows);
    }
  }

  /** Gives a row of the challenger the slots that it has in common with a row of the champion. */
  public void copy(float[] champion, int at, float[] challenger, int to) {
    for (int slot = 0; slot < from.length; slot++) {
      challenger[to + this.to[slot]] = champion[at + from[slot]];
    }
  }
}
