package io.paritree.serving;

import java.util.Random;

/** Seeds that a failed run reports and {@code -Dseed=} replays. */
public final class Seed {
  private Seed() {}

  public static long value() {
    String given = System.getProperty("seed", "");
    return given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
  }

  public static Random random(long seed) {
    return new Random(seed);
  }
}
