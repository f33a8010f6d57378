package io.paritree.serving;

import java.util.Random;

/** Randomness that a failed run tells and {@code -Dseed=} replays. */
final class Seed {
  private Seed() {}

  static long value() {
    String given = System.getProperty("seed", "");
    return given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
  }

  static Random random(long seed) {
    return new Random(seed);
  }
}
