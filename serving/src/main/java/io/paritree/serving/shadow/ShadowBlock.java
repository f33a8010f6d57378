package io.paritree.serving.shadow;

import io.paritree.Fault;
import io.paritree.comparison.ComparedBlock;
import io.paritree.comparison.Side;
import io.paritree.feature.Faults;
import io.paritree.forest.Engine;
import io.paritree.model.difference.ModelPair;
import io.paritree.model.difference.OwnFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of several requests that a champion has scored, gathered to be scored by a challenger
 * together. Its arrays are used again. Not thread-safe.
 */
final class ShadowBlock implements ComparedBlock {
  private static final int MAX_ROWS = 256;
  private static final int MAX_VALUES = 1 << 18;

  private final OwnFields fields;
  private final Engine engine;
  private final Rows champion;
  private final Rows challenger;
  private final int capacity;
  private final List<List<String>> keys = new ArrayList<>();
  private final List<List<Fault>> faults = new ArrayList<>(); // the challenger's, by row
  private final Faults found = new Faults();

  /** The rows as one of the models sees them, row after row. */
  private record Rows(int width, float[] slots, float[] margins, float[] scores) {
    static Rows of(Engine engine, int rows) {
      return new Rows(
          engine.width(),
          new float[rows * engine.width()],
          new float[rows * engine.outputs()],
          new float[rows * engine.scores()]);
    }
  }

  /**
   * @param engine scores for the challenger
   */
  ShadowBlock(ModelPair models, OwnFields fields, Engine engine) {
    this.fields = fields;
    this.engine = engine;
    this.capacity = capacity(models);
    this.champion = Rows.of(models.champion().engine(), capacity);
    this.challenger = Rows.of(engine, capacity);
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
    return engine == one;
  }

  /** Returns whether there is room for the rows of a request, or for a block of them. */
  boolean hasRoom(ShadowRows rows) {
    return rows() + rows.count() <= capacity;
  }

  void clear() {
    keys.clear();
    faults.clear();
  }

  /** Adds rows, for which there is room. */
  void add(ShadowRows rows) {
    int at = rows();
    System.arraycopy(rows.slots(), 0, champion.slots, at * champion.width, rows.slots().length);
    copy(rows.margins(), champion.margins, at, rows.count());
    copy(rows.scores(), champion.scores, at, rows.count());
    for (int row = 0; row < rows.count(); row++) {
      found.clear();
      if (!fields.hasSameSlots()) {
        int from = (at + row) * champion.width;
        int to = (at + row) * challenger.width;
        fields.encode(champion.slots, from, rows.values(), row, challenger.slots, to, found);
      }

      keys.add(List.of(rows.requestId(), String.valueOf(rows.places()[row])));
      faults.add(found.list());
    }
  }

  private static void copy(float[] from, float[] to, int row, int rows) {
    System.arraycopy(from, 0, to, row * (from.length / rows), from.length);
  }

  /** Scores all rows with the challenger. */
  void score() {
    engine.score(slotsOf(Side.CHALLENGER), rows(), challenger.margins, challenger.scores);
  }

  private float[] slotsOf(Side side) {
    return side == Side.CHAMPION || fields.hasSameSlots() ? champion.slots : challenger.slots;
  }

  private Rows of(Side side) {
    return side == Side.CHAMPION ? champion : challenger;
  }

  @Override
  public int rows() {
    return keys.size();
  }

  @Override
  public boolean isScored(Side side, int row) {
    return side == Side.CHAMPION || faults.get(row).isEmpty();
  }

  @Override
  public List<Fault> faults(Side side, int row) {
    return side == Side.CHAMPION ? List.of() : faults.get(row);
  }

  @Override
  public float[] scores(Side side) {
    return of(side).scores;
  }

  @Override
  public float[] margins(Side side) {
    return of(side).margins;
  }

  @Override
  public List<String> key(int row) {
    return keys.get(row);
  }

  @Override
  public String slice(int row) {
    return "";
  }

  @Override
  public float[] slots(Side side, int row) {
    int width = of(side).width;
    return Arrays.copyOfRange(slotsOf(side), row * width, (row + 1) * width);
  }
}
