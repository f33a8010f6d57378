package io.paritree.forest;

import java.util.Random;

/** The seed of a random test: {@code -Dseed=N}, or a new one that a failure prints. */
public final class Seed {
  private Seed() {}

  /** Returns the seed to use. */
  public static long next() {
    String given = System.getProperty("seed", "");
    return given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
  }
}
