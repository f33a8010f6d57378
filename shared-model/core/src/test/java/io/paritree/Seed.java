package io.paritree;

import java.util.Random;

/** The seed of random tests: {@code -Dseed=N} replays a run; otherwise each run has a new seed. */
public final class Seed {
  private Seed() {}

  /** Returns the seed of this run; a test shows it when it fails. */
  public static long next() {
    String given = System.getProperty("seed", "");
    return given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
  }
}
