package io.paritree.comparison;

import io.paritree.model.manifest.Outputs;
import java.util.ArrayList;
import java.util.List;

/**
 * What is compared of the rows of two models. Immutable and thread-safe.
 *
 * @param champion the outputs of the model that acts
 * @param challenger those that may take their place
 * @param outputs which outputs are compared: each that both have, or the only one of both
 * @param isOfMargins whether margins are compared in place of scores, since a model's only score is
 *     the index of a class
 * @param keys what the members of a key are called
 * @param by the column whose values divide the rows; empty if they are not divided
 * @param mostMoved how many of the rows that move most are kept
 * @param mostPairs how many different pairs of values are counted by all of their bits
 */
public record ComparisonForm(
    Outputs champion,
    Outputs challenger,
    List<Output> outputs,
    boolean isOfMargins,
    List<String> keys,
    String by,
    int mostMoved,
    int mostPairs) {
  /** The most pairs where a process compares alone: they take 48 MB. */
  public static final int MOST_PAIRS = 1_000_000;

  private static final int LEAST_PAIRS = 1_000;
  private static final int PART_OF_A_SLICE = 32;
  private static final int PART_OF_DIFFERENCES = 4;

  /**
   * An output that both models have.
   *
   * @param champion its place among the values of a row of the one
   * @param challenger its place among those of the other
   */
  public record Output(String name, int champion, int challenger) {
    int of(Side side) {
      return side == Side.CHAMPION ? champion : challenger;
    }
  }

  public ComparisonForm {
    outputs = List.copyOf(outputs);
    keys = List.copyOf(keys);
  }

  /**
   * Returns the form of two models.
   *
   * @param mostPairs for all outputs together
   */
  public static ComparisonForm of(
      Outputs champion,
      Outputs challenger,
      List<String> keys,
      String by,
      int mostMoved,
      int mostPairs) {
    boolean isOfMargins =
        champion.kind() == Outputs.Kind.CLASS_INDEX
            || challenger.kind() == Outputs.Kind.CLASS_INDEX;
    List<Output> outputs = outputs(values(champion, isOfMargins), values(challenger, isOfMargins));
    int each = Math.max(LEAST_PAIRS, mostPairs / Math.max(1, outputs.size()));
    return new ComparisonForm(
        champion, challenger, outputs, isOfMargins, keys, by, mostMoved, each);
  }

  private static List<String> values(Outputs outputs, boolean isOfMargins) {
    return isOfMargins && outputs.kind() != Outputs.Kind.BINARY && outputs.hasLabel()
        ? outputs.classes()
        : outputs.names();
  }

  private static List<Output> outputs(List<String> champion, List<String> challenger) {
    if (champion.size() == 1 && challenger.size() == 1) {
      return List.of(new Output(challenger.get(0), 0, 0));
    }

    List<Output> common = new ArrayList<>();
    for (int index = 0; index < champion.size(); index++) {
      int other = challenger.indexOf(champion.get(index));
      if (other >= 0) {
        common.add(new Output(champion.get(index), index, other));
      }
    }

    return common;
  }

  /** Returns the form of the rows of one value, whose pairs take less memory. */
  ComparisonForm ofSlice() {
    int pairs = Math.max(LEAST_PAIRS, mostPairs / PART_OF_A_SLICE);
    return new ComparisonForm(
        champion, challenger, outputs, isOfMargins, keys, "", mostMoved, pairs);
  }

  /** Returns how many different differences are counted by all of their bits. */
  int mostDifferences() {
    return mostPairs / PART_OF_DIFFERENCES;
  }

  Outputs outputsOf(Side side) {
    return side == Side.CHAMPION ? champion : challenger;
  }

  /** Returns how many values a row of a model has among those that are compared. */
  int valuesOf(Side side) {
    return values(outputsOf(side), isOfMargins).size();
  }

  /** Returns whether rows of both models have labels, which can flip. */
  boolean hasFlips() {
    return champion.hasLabel() && challenger.hasLabel();
  }

  /** Returns whether both models say yes or no, whatever they call it. */
  boolean isBinary() {
    return champion.kind() == Outputs.Kind.BINARY && challenger.kind() == Outputs.Kind.BINARY;
  }

  /** Returns whether labels mean different things. */
  boolean isFlip(int championClass, int challengerClass) {
    return isBinary()
        ? championClass != challengerClass
        : !champion.classes().get(championClass).equals(challenger.classes().get(challengerClass));
  }
}
