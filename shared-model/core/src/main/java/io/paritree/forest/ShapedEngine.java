package io.paritree.forest;

/**
 * An engine whose rows are those of another one: as many slots, trees, margins and scores. Nothing
 * else is taken from that one, so that no result comes from it by mistake.
 */
public abstract class ShapedEngine implements Engine {
  private final int width;
  private final int trees;
  private final int outputs;
  private final int scores;

  protected ShapedEngine(Engine other) {
    this.width = other.width();
    this.trees = other.trees();
    this.outputs = other.outputs();
    this.scores = other.scores();
  }

  @Override
  public final int width() {
    return width;
  }

  @Override
  public final int trees() {
    return trees;
  }

  @Override
  public final int outputs() {
    return outputs;
  }

  @Override
  public final int scores() {
    return scores;
  }
}
