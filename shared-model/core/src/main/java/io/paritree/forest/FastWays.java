package io.paritree.forest;

import java.util.Optional;

/** The ways in which the fast engine scores blocks, each by itself. */
public final class FastWays {
  private FastWays() {}

  /** Returns an engine as it is where the JVM has no vectors. */
  public static Engine narrow(Engine engine) {
    return engine instanceof FastForest fast ? fast.narrow() : engine;
  }

  /**
   * Returns an engine that scores each block by the JDK's vectors, whether that is faster or not;
   * empty if the JVM has none, or the engine does not use them.
   */
  public static Optional<Engine> wide(Engine engine) {
    return engine instanceof FastForest fast ? fast.wide().map(wide -> wide) : Optional.empty();
  }
}
