package io.paritree.comparison;

import io.paritree.Fault;
import io.paritree.forest.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows that are gathered until both models have scored them, in arrays that are used again. Who
 * extends it fills them, and says what the rows are called. Not thread-safe.
 */
public abstract class GatheredBlock implements ComparedBlock {
  private final List<List<String>> keys = new ArrayList<>();
  private final Rows champion;
  private final Rows challenger;

  /**
   * The rows as one of the models sees them, row after row.
   *
   * @param faults of each row that was added
   */
  public record Rows(
      Engine engine, float[] slots, float[] margins, float[] scores, List<List<Fault>> faults) {
    private static Rows of(Engine engine, float[] slots, int capacity) {
      return new Rows(
          engine,
          slots,
          new float[capacity * engine.outputs()],
          new float[capacity * engine.scores()],
          new ArrayList<>());
    }

    /** Returns where the slots of a row begin. */
    public int at(int row) {
      return row * engine.width();
    }

    /** Scores the rows that were added. */
    public void score() {
      engine.score(slots, faults.size(), margins, scores);
    }
  }

  /**
   * Makes a block for so many rows.
   *
   * @param hasSameSlots whether the models read the same slots, which are then stored once
   */
  protected GatheredBlock(Engine champion, Engine challenger, boolean hasSameSlots, int capacity) {
    float[] slots = new float[capacity * champion.width()];
    this.champion = Rows.of(champion, slots, capacity);
    this.challenger =
        Rows.of(
            challenger, hasSameSlots ? slots : new float[capacity * challenger.width()], capacity);
  }

  /** Returns the rows as a model sees them. */
  public final Rows of(Side side) {
    return side == Side.CHAMPION ? champion : challenger;
  }

  /** Adds a row, whose slots are stored. */
  protected final void add(List<String> key, List<Fault> faults, List<Fault> ofOther) {
    keys.add(key);
    champion.faults.add(faults);
    challenger.faults.add(ofOther);
  }

  /** Removes all rows. */
  public void clear() {
    keys.clear();
    champion.faults.clear();
    challenger.faults.clear();
  }

  @Override
  public final int rows() {
    return keys.size();
  }

  @Override
  public final boolean isScored(Side side, int row) {
    return of(side).faults.get(row).isEmpty();
  }

  @Override
  public final List<Fault> faults(Side side, int row) {
    return of(side).faults.get(row);
  }

  @Override
  public final float[] scores(Side side) {
    return of(side).scores;
  }

  @Override
  public final float[] margins(Side side) {
    return of(side).margins;
  }

  @Override
  public final List<String> key(int row) {
    return keys.get(row);
  }

  @Override
  public String slice(int row) {
    return "";
  }

  @Override
  public final float[] slots(Side side, int row) {
    Rows rows = of(side);
    return Arrays.copyOfRange(rows.slots, rows.at(row), rows.at(row + 1));
  }
}
