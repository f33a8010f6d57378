package io.paritree;

import java.util.Random;

/**
 * Where random tests draw from: {@code -Dseed=N} replays a run, else each run has a seed of its
 * own.
 */
public final class Seed {
  private Seed() {}

  /** Returns the seed of this run; a test names it where it fails. */
  public static long next() {
    String given = System.getProperty("seed", "");
    return given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
  }
}
