package io.paritree.model.rows;

import io.paritree.Fault;
import io.paritree.comparison.GatheredBlock;
import io.paritree.comparison.ModelPair;
import io.paritree.comparison.Side;
import java.util.ArrayList;
import java.util.List;

/** Rows that are read for two models, and scored by both. Its arrays are used again. */
final class PairedBlock extends GatheredBlock {
  private final List<String> slices = new ArrayList<>();

  /** Where a row comes from. */
  record Named(List<String> key, String slice) {}

  PairedBlock(ModelPair models, int capacity) {
    super(models.champion().engine(), models.challenger().engine(), false, capacity);
  }

  @Override
  public void clear() {
    super.clear();
    slices.clear();
  }

  void add(Named name, List<Fault> ofChampion, List<Fault> ofChallenger) {
    add(name.key, ofChampion, ofChallenger);
    slices.add(name.slice);
  }

  void score() {
    of(Side.CHAMPION).score();
    of(Side.CHALLENGER).score();
  }

  @Override
  public String slice(int row) {
    return slices.get(row);
  }
}
