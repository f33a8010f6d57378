package io.paritree.model.golden;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.InvalidRowException;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import java.util.List;

/** Verifies golden rows: scores them again and compares bit by bit. */
public final class GoldenRows {
  private GoldenRows() {}

  /**
   * Scores golden rows and compares the results with the stored ones.
   *
   * @param origin names the file in messages
   * @throws CorruptModelException naming the row, the expected and the computed value, if a margin
   *     or a leaf differs by a bit
   */
  public static void verify(String origin, List<GoldenRow> rows, Schema schema, Engine engine)
      throws CorruptModelException {
    float[] slots = slots(origin, rows, schema);
    float[] margins = new float[rows.size() * engine.outputs()];
    int[] leaves = new int[rows.size() * engine.trees()];
    engine.score(slots, rows.size(), margins, null);
    if (engine.trees() > 0) {
      engine.leaves(slots, rows.size(), leaves);
    }

    for (int row = 0; row < rows.size(); row++) {
      compare(origin, row, rows.get(row), engine, margins, leaves);
    }
  }

  private static float[] slots(String origin, List<GoldenRow> rows, Schema schema)
      throws CorruptModelException {
    float[] slots = new float[rows.size() * schema.width()];
    for (int row = 0; row < rows.size(); row++) {
      try {
        JsonRecord.encode(schema, rows.get(row).record(), slots, row * schema.width());
      } catch (InvalidRowException e) {
        throw new CorruptModelException(
            "Cannot open model package: golden row %s (%s line %s) does not fit the schema: %s"
                .formatted(row + 1, origin, row + 1, Fault.printable(e.faults().toString(), 300)),
            e);
      }
    }

    return slots;
  }

  private static void compare(
      String origin, int index, GoldenRow row, Engine engine, float[] margins, int[] leaves)
      throws CorruptModelException {
    int outputs = engine.outputs();
    int trees = engine.trees();
    if (row.marginBits().length != outputs || row.leaves().length != trees) {
      throw new CorruptModelException(
          "Cannot open model package: golden row %s (%s line %s) has %s margins and %s leaves, but the model computes %s and %s"
              .formatted(
                  index + 1,
                  origin,
                  index + 1,
                  row.marginBits().length,
                  row.leaves().length,
                  outputs,
                  trees));
    }

    for (int output = 0; output < outputs; output++) {
      int computed = Float.floatToRawIntBits(margins[index * outputs + output]);
      if (computed != row.marginBits()[output]) {
        throw differs(
            origin, index, "margin " + output, bits(row.marginBits()[output]), bits(computed));
      }
    }

    for (int tree = 0; tree < trees; tree++) {
      int computed = leaves[index * trees + tree];
      if (computed != row.leaves()[tree]) {
        throw differs(
            origin,
            index,
            "the leaf of tree " + tree,
            String.valueOf(row.leaves()[tree]),
            String.valueOf(computed));
      }
    }
  }

  private static CorruptModelException differs(
      String origin, int index, String what, String expected, String computed) {
    return new CorruptModelException(
        "Cannot open model package: golden row %s (%s line %s): expected %s to be %s, but computed %s"
            .formatted(index + 1, origin, index + 1, what, expected, computed));
  }

  private static String bits(int bits) {
    return "%s (bits %08x)".formatted(Float.intBitsToFloat(bits), bits);
  }
}
