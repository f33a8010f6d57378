package io.paritree.model.golden;

import io.paritree.forest.Engine;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What an engine gives for a block of rows, row by row, to be compared bit by bit.
 *
 * @param rows how many rows; at least one
 * @param marginBits the bits of the margins
 * @param scoreBits the bits of the scores; empty if they are not compared
 * @param leaves XGBoost's node ids of the leaves
 */
public record EngineResults(int rows, int[] marginBits, int[] scoreBits, int[] leaves) {

  /**
   * One number that is not the expected one.
   *
   * @param what which number
   */
  public record Difference(String what, String expected, String computed) {}

  /**
   * Lets an engine compute.
   *
   * @param slots the rows' slots; may hold more rows
   */
  public static EngineResults of(Engine engine, float[] slots, int rows) {
    float[] margins = new float[rows * engine.outputs()];
    float[] scores = new float[rows * engine.scores()];
    int[] leaves = new int[rows * engine.trees()];
    engine.score(slots, rows, margins, scores);
    if (leaves.length > 0) {
      engine.leaves(slots, rows, leaves);
    }

    return new EngineResults(rows, bits(margins), bits(scores), leaves);
  }

  private static int[] bits(float[] values) {
    return IntStream.range(0, values.length)
        .map(at -> Float.floatToRawIntBits(values[at]))
        .toArray();
  }

  /** Returns the first number of a row that differs; empty if all are the expected ones. */
  public Optional<Difference> difference(EngineResults expected, int row) {
    IntFunction<String> number =
        bits -> String.format(Locale.ROOT, "%s (bits %08x)", Float.intBitsToFloat(bits), bits);
    return first("margin ", expected.marginBits, marginBits, row, number)
        .or(() -> first("score ", expected.scoreBits, scoreBits, row, number))
        .or(() -> first("the leaf of tree ", expected.leaves, leaves, row, String::valueOf));
  }

  private Optional<Difference> first(
      String what, int[] expected, int[] computed, int row, IntFunction<String> shown) {
    int width = expected.length / rows;
    for (int index = 0; index < width; index++) {
      int at = row * width + index;
      if (computed[at] != expected[at]) {
        return Optional.of(
            new Difference(what + index, shown.apply(expected[at]), shown.apply(computed[at])));
      }
    }

    return Optional.empty();
  }
}
