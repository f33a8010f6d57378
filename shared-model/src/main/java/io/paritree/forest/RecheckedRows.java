package io.paritree.forest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Some rows as an engine has scored them, copied, so that another engine can score them again.
 * Thread-safe: nothing changes it.
 *
 * @param places where each row was in the block that it was scored in
 * @param slots row after row
 * @param margins row after row; null if they are not compared
 * @param scores row after row
 */
public record RecheckedRows(int[] places, float[] slots, float[] margins, float[] scores) {

  /**
   * Copies rows of a block.
   *
   * @param places the rows
   * @param slots slot f of row r is {@code slots[r * rowStride + f * featureStride]}
   * @param margins of all rows of the block, as {@code engine} has made them; null if there are
   *     none
   * @param scores likewise
   */
  public static RecheckedRows of(
      int[] places,
      Engine engine,
      float[] slots,
      int rowStride,
      int featureStride,
      float[] margins,
      float[] scores) {
    int width = engine.width();
    float[] copied = new float[places.length * width];
    for (int row = 0; row < places.length; row++) {
      for (int slot = 0; slot < width; slot++) {
        copied[row * width + slot] = slots[places[row] * rowStride + slot * featureStride];
      }
    }

    return new RecheckedRows(
        places,
        copied,
        rows(places, margins, engine.outputs()),
        rows(places, scores, engine.scores()));
  }

  private static float[] rows(int[] places, float[] values, int perRow) {
    if (values == null) {
      return null;
    }

    float[] copied = new float[places.length * perRow];
    for (int row = 0; row < places.length; row++) {
      System.arraycopy(values, places[row] * perRow, copied, row * perRow, perRow);
    }

    return copied;
  }

  /**
   * Returns rows of one engine together; their places are the numbers that they have then.
   *
   * @param all at least one; margins are compared if all have them
   */
  public static RecheckedRows joined(List<RecheckedRows> all) {
    int rows = all.stream().mapToInt(some -> some.places.length).sum();
    return new RecheckedRows(
        IntStream.range(0, rows).toArray(),
        joined(all.stream().map(RecheckedRows::slots).toList()),
        all.stream().anyMatch(some -> some.margins == null)
            ? null
            : joined(all.stream().map(RecheckedRows::margins).toList()),
        joined(all.stream().map(RecheckedRows::scores).toList()));
  }

  private static float[] joined(Collection<float[]> all) {
    float[] values = new float[all.stream().mapToInt(some -> some.length).sum()];
    int to = 0;
    for (float[] some : all) {
      System.arraycopy(some, 0, values, to, some.length);
      to += some.length;
    }

    return values;
  }

  /**
   * A row of which the engines have made something else.
   *
   * @param place where it was in its block
   * @param values both values of the first margin or score that differs, with their bits
   */
  public record Difference(int place, String values) {}

  /** Scores the rows again; returns those of which any bit differs. */
  public List<Difference> differences(Engine other) {
    float[] otherMargins = margins == null ? null : new float[margins.length];
    float[] otherScores = new float[scores.length];
    other.score(slots, places.length, otherMargins, otherScores);
    List<Difference> differences = new ArrayList<>();
    for (int row = 0; row < places.length; row++) {
      String values =
          margins == null ? "" : difference("margin", row, other.outputs(), margins, otherMargins);
      if (values.isEmpty()) {
        values = difference("score", row, other.scores(), scores, otherScores);
      }

      if (!values.isEmpty()) {
        differences.add(new Difference(places[row], values));
      }
    }

    return differences;
  }

  /** Returns how a row's values differ; empty if they do not. */
  private static String difference(
      String what, int row, int perRow, float[] values, float[] others) {
    for (int index = 0; index < perRow; index++) {
      float value = values[row * perRow + index];
      float other = others[row * perRow + index];
      if (Float.floatToIntBits(value) != Float.floatToIntBits(other)) {
        return "%s%s is %s, and %s scored again"
            .formatted(what, perRow == 1 ? "" : " " + index, shown(value), shown(other));
      }
    }

    return "";
  }

  private static String shown(float value) {
    return "%s (0x%s)".formatted(value, Integer.toHexString(Float.floatToIntBits(value)));
  }
}
