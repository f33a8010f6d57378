package io.paritree.model.rows;

import io.paritree.CorruptModelException;
import io.paritree.forest.Engine;
import io.paritree.model.golden.EngineResults;
import java.util.Optional;

/** Compares the forest engine with libxgboost on blocks of rows: margins, scores and leaves. */
public record EngineComparison(Engine forest, Engine reference) {
  /**
   * Compares a block; rows with faults are ignored.
   *
   * @throws CorruptModelException naming the first row that differs by a bit
   */
  public void add(CsvRows rows, int count) throws CorruptModelException {
    EngineResults computed = EngineResults.of(forest, rows.slots(), count);
    EngineResults expected = EngineResults.of(reference, rows.slots(), count);
    for (int row = 0; row < count; row++) {
      if (rows.faults(row).isEmpty()) {
        Optional<EngineResults.Difference> found = computed.difference(expected, row);
        if (found.isPresent()) {
          throw new CorruptModelException(
              "The engines differ at %s: for %s libxgboost gives %s, the forest engine %s"
                  .formatted(
                      rows.place(row),
                      found.get().what(),
                      found.get().expected(),
                      found.get().computed()));
        }
      }
    }
  }
}
