package io.paritree.model.rows;

import io.paritree.CorruptModelException;
import io.paritree.forest.Engine;

/** Compares the forest engine with libxgboost on blocks of rows: margins, scores and leaves. */
public final class EngineComparison {
  private final Engine forest;
  private final Engine reference;

  public EngineComparison(Engine forest, Engine reference) {
    this.forest = forest;
    this.reference = reference;
  }

  /**
   * Compares a block; rows with faults are ignored.
   *
   * @throws CorruptModelException naming the first row that differs by a bit
   */
  public void add(CsvRows rows, int count) throws CorruptModelException {
    int outputs = forest.outputs();
    int scores = forest.scores();
    int trees = forest.trees();
    float[] forestMargins = new float[count * outputs];
    float[] forestScores = new float[count * scores];
    int[] forestLeaves = new int[count * trees];
    forest.score(rows.slots(), count, forestMargins, forestScores);
    forest.leaves(rows.slots(), count, forestLeaves);

    float[] margins = new float[count * outputs];
    float[] values = new float[count * scores];
    int[] leaves = new int[count * trees];
    reference.score(rows.slots(), count, margins, values);
    reference.leaves(rows.slots(), count, leaves);

    for (int row = 0; row < count; row++) {
      if (rows.faults(row).isEmpty()) {
        String place = rows.place(row);
        compare(place, "margin", row, outputs, forestMargins, margins);
        compare(place, "score", row, scores, forestScores, values);
        for (int tree = 0; tree < trees; tree++) {
          int at = row * trees + tree;
          if (forestLeaves[at] != leaves[at]) {
            throw differs(
                place,
                "the leaf of tree " + tree,
                String.valueOf(leaves[at]),
                String.valueOf(forestLeaves[at]));
          }
        }
      }
    }
  }

  private static void compare(
      String place, String what, int row, int width, float[] computed, float[] expected)
      throws CorruptModelException {
    for (int index = 0; index < width; index++) {
      int at = row * width + index;
      int bits = Float.floatToRawIntBits(computed[at]);
      int expectedBits = Float.floatToRawIntBits(expected[at]);
      if (bits != expectedBits) {
        throw differs(
            place,
            "%s %s".formatted(what, index),
            "%s (bits %08x)".formatted(expected[at], expectedBits),
            "%s (bits %08x)".formatted(computed[at], bits));
      }
    }
  }

  private static CorruptModelException differs(
      String place, String what, String expected, String computed) {
    return new CorruptModelException(
        "The engines differ at %s: for %s libxgboost gives %s, the forest engine %s"
            .formatted(place, what, expected, computed));
  }
}
