package io.paritree.comparison;

import io.paritree.model.manifest.Outputs;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What is compared of the rows of two models. Immutable and thread-safe.
 *
 * @param champion the outputs of the model that acts
 * @param challenger those that may take their place
 * @param outputs which outputs are compared: the first hundred that both have, or the only one of
 *     both
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
    int mostPairs)
    implements Serializable {
  /** The most pairs where a process compares alone: they take 32 MB. */
  public static final int MOST_PAIRS = 1_000_000;

  /** The most pairs of what is sent, or asked for while it is counted: 40 kB, and 512 kB. */
  public static final int MOST_SENT_PAIRS = 1 << 14;

  private static final int LEAST_PAIRS = 1_000;
  private static final int PART_OF_A_SLICE = 32;
  private static final int MOST_OUTPUTS = 100;
  private static final int MOST_OUTPUTS_OF_SLICES = 10;

  /**
   * An output that both models have.
   *
   * @param champion its place among the values of a row of the one
   * @param challenger its place among those of the other
   */
  public record Output(String name, int champion, int challenger) implements Serializable {
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

    return common.subList(0, Math.min(MOST_OUTPUTS, common.size()));
  }

  /**
   * Returns the form of the rows of one value, whose pairs take less memory. Of many outputs there
   * are labels only.
   */
  ComparisonForm ofSlice() {
    return new ComparisonForm(
        champion,
        challenger,
        outputs.size() > MOST_OUTPUTS_OF_SLICES ? List.of() : outputs,
        isOfMargins,
        keys,
        "",
        mostMoved,
        Math.max(LEAST_PAIRS, mostPairs / PART_OF_A_SLICE));
  }

  Outputs outputsOf(Side side) {
    return side == Side.CHAMPION ? champion : challenger;
  }

  /** Returns the values of a block that are compared. */
  float[] values(ComparedBlock block, Side side) {
    return isOfMargins ? block.margins(side) : block.scores(side);
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

  /**
   * Returns the challenger's class that means the same as each of the champion's: that of the same
   * name. If two classes have other names, they mean the same in their order. -1 if there is none.
   */
  int[] sameClasses() {
    List<String> now = challenger.classes();
    if (isBinary() && !Set.copyOf(now).equals(Set.copyOf(champion.classes()))) {
      return new int[] {0, 1};
    }

    return champion.classes().stream().mapToInt(now::indexOf).toArray();
  }
}
