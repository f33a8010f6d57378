package io.paritree.model.rows;

import io.paritree.Fault;
import io.paritree.comparison.ComparedBlock;
import io.paritree.comparison.Side;
import io.paritree.forest.Engine;
import io.paritree.model.difference.ModelPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows that are read for two models, and scored by both. Its arrays are used again. */
final class PairedBlock implements ComparedBlock {
  private final Rows champion;
  private final Rows challenger;
  private final List<Named> names = new ArrayList<>();

  /** Where a row comes from. */
  record Named(List<String> key, String slice) {}

  /** The rows as one of the models sees them. */
  static final class Rows {
    final Engine engine;
    final float[] slots;
    final float[] margins;
    final float[] scores;
    final List<List<Fault>> faults = new ArrayList<>();

    Rows(Engine engine, int capacity) {
      this.engine = engine;
      this.slots = new float[capacity * engine.width()];
      this.margins = new float[capacity * engine.outputs()];
      this.scores = new float[capacity * engine.scores()];
    }

    void score() {
      engine.score(slots, faults.size(), margins, scores);
    }
  }

  PairedBlock(ModelPair models, int capacity) {
    this.champion = new Rows(models.champion().engine(), capacity);
    this.challenger = new Rows(models.challenger().engine(), capacity);
  }

  Rows of(Side side) {
    return side == Side.CHAMPION ? champion : challenger;
  }

  void clear() {
    names.clear();
    champion.faults.clear();
    challenger.faults.clear();
  }

  void add(Named name, List<Fault> ofChampion, List<Fault> ofChallenger) {
    names.add(name);
    champion.faults.add(ofChampion);
    challenger.faults.add(ofChallenger);
  }

  void score() {
    champion.score();
    challenger.score();
  }

  @Override
  public int rows() {
    return names.size();
  }

  @Override
  public boolean isScored(Side side, int row) {
    return of(side).faults.get(row).isEmpty();
  }

  @Override
  public List<Fault> faults(Side side, int row) {
    return of(side).faults.get(row);
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
    return names.get(row).key;
  }

  @Override
  public String slice(int row) {
    return names.get(row).slice;
  }

  @Override
  public float[] slots(Side side, int row) {
    int width = of(side).engine.width();
    return Arrays.copyOfRange(of(side).slots, row * width, (row + 1) * width);
  }
}
