package io.paritree.serving.insight.traffic;

import io.paritree.comparison.GatheredBlock;
import io.paritree.comparison.ModelPair;
import io.paritree.comparison.OwnFields;
import io.paritree.comparison.Side;
import io.paritree.feature.Faults;
import io.paritree.forest.Engine;
import java.util.List;

/**
 * Rows of several requests that a champion has scored, gathered to be scored by a challenger
 * together. Its arrays are used again. Not thread-safe.
 */
final class ShadowBlock extends GatheredBlock {
  private static final int MAX_ROWS = 256;
  private static final int MAX_VALUES = 1 << 18;

  private final OwnFields fields;
  private final int capacity;
  private final Faults found = new Faults();

  /**
   * @param engine scores for the challenger
   */
  ShadowBlock(ModelPair models, OwnFields fields, Engine engine) {
    super(models.champion().engine(), engine, fields.hasSameSlots(), capacity(models));
    this.fields = fields;
    this.capacity = capacity(models);
  }

  /** Returns how many rows of two models are held together. */
  static int capacity(ModelPair models) {
    int widest = 1;
    for (Side side : Side.values()) {
      Engine engine = models.of(side).engine();
      widest = Math.max(widest, Math.max(engine.width(), engine.outputs()));
    }

    return Math.max(1, Math.min(MAX_ROWS, MAX_VALUES / widest));
  }

  /** Returns whether this engine scores the rows. */
  boolean isScoredBy(Engine one) {
    return of(Side.CHALLENGER).engine() == one;
  }

  /** Returns whether there is room for the rows of a request, or for a block of them. */
  boolean hasRoom(ShadowRows rows) {
    return rows() + rows.count() <= capacity;
  }

  /** Adds rows, for which there is room. */
  void add(ShadowRows rows) {
    Rows champion = of(Side.CHAMPION);
    Rows challenger = of(Side.CHALLENGER);
    int first = rows();
    System.arraycopy(rows.slots(), 0, champion.slots(), champion.at(first), rows.slots().length);
    copy(rows.margins(), champion.margins(), first, rows.count());
    copy(rows.scores(), champion.scores(), first, rows.count());
    for (int row = 0; row < rows.count(); row++) {
      found.clear();
      if (!fields.hasSameSlots()) {
        fields.encode(
            champion.slots(),
            champion.at(first + row),
            rows.values(),
            row,
            challenger.slots(),
            challenger.at(first + row),
            found);
      }

      String place = String.valueOf(rows.places()[row]);
      add(List.of(rows.requestId(), place), List.of(), found.list());
    }
  }

  private static void copy(float[] from, float[] to, int row, int rows) {
    System.arraycopy(from, 0, to, row * (from.length / rows), from.length);
  }

  /** Scores all rows with the challenger. */
  void score() {
    of(Side.CHALLENGER).score();
  }
}
