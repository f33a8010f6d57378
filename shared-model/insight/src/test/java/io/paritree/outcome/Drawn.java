package io.paritree.outcome;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Numbers that the scripts of the fixtures draw alike ({@code drawn.py}). */
record Drawn(long seed, int columns) {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** Returns the cells of each line of a fixture, after its header. */
  static Stream<List<String>> lines(String fixture) throws IOException {
    try (InputStream in = Drawn.class.getResourceAsStream("/outcome/" + fixture)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().skip(1).map(line -> List.of(line.split(","))).toList().stream();
    }
  }

  /** Returns 64 random bits. */
  long word(int row, int column) {
    long z = seed + ((long) columns * row + column + 1) * GOLDEN;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Returns the highest bits as a number from 0 to 1, without 1. */
  static double bits(long word, int count) {
    return (word >>> (64 - count)) * StrictMath.pow(2, -count);
  }
}
