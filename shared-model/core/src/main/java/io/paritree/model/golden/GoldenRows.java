package io.paritree.model.golden;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.InvalidRowException;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import java.util.List;
import java.util.Optional;

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
    int outputs = engine.outputs();
    int trees = engine.trees();
    int[] margins = new int[rows.size() * outputs];
    int[] leaves = new int[rows.size() * trees];
    for (int index = 0; index < rows.size(); index++) {
      GoldenRow row = rows.get(index);
      if (row.marginBits().length != outputs || row.leaves().length != trees) {
        throw refused(
            origin,
            index,
            " has %s margins and %s leaves, but the model computes %s and %s"
                .formatted(row.marginBits().length, row.leaves().length, outputs, trees));
      }

      System.arraycopy(row.marginBits(), 0, margins, index * outputs, outputs);
      System.arraycopy(row.leaves(), 0, leaves, index * trees, trees);
    }

    EngineResults expected = new EngineResults(rows.size(), margins, new int[0], leaves);
    EngineResults computed = EngineResults.of(engine, slots(origin, rows, schema), rows.size());
    for (int index = 0; index < rows.size(); index++) {
      Optional<EngineResults.Difference> found = computed.difference(expected, index);
      if (found.isPresent()) {
        throw refused(
            origin,
            index,
            ": expected %s to be %s, but computed %s"
                .formatted(found.get().what(), found.get().expected(), found.get().computed()));
      }
    }
  }

  static float[] slots(String origin, List<GoldenRow> rows, Schema schema)
      throws CorruptModelException {
    float[] slots = new float[rows.size() * schema.width()];
    for (int row = 0; row < rows.size(); row++) {
      try {
        JsonRecord.encode(schema, rows.get(row).record(), slots, row * schema.width());
      } catch (InvalidRowException e) {
        throw refused(
            origin,
            row,
            " does not fit the schema: " + Fault.printable(e.faults().toString(), 300));
      }
    }

    return slots;
  }

  static CorruptModelException refused(String origin, int index, String why) {
    return new CorruptModelException(
        "Cannot open model package: golden row %s (%s line %s)%s"
            .formatted(index + 1, origin, index + 1, why));
  }
}
