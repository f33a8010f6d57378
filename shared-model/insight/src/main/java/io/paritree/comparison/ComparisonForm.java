package io.paritree.comparison;

import io.paritree.model.manifest.Outputs;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What is compared of the rows of two models. Immutable and thread-safe.
 *
 * @param champion the outputs of the model that acts
 * @param challenger those that may take their place
 * @param outputs which outputs are compared: the first hundred that both have, or the only one of
 *     both; names that nobody gave are the same only where both models have as many
 * @param isOfMargins whether margins are compared in place of scores, since a model's only score is
 *     the index of a class
 * @param keys what the members of a key are called
 * @param by the column whose values divide the rows; empty if they are not divided
 * @param mostMoved how many of the rows that move most are kept
 * @param mostValues how many different values of an output are counted by all of their bits
 */
public record ComparisonForm(
    Outputs champion,
    Outputs challenger,
    List<Output> outputs,
    boolean isOfMargins,
    List<String> keys,
    String by,
    int mostMoved,
    int mostValues)
    implements Serializable {
  /** Of all outputs together. */
  private static final int MOST_VALUES = 1 << 13;

  private static final int LEAST_VALUES = 1_000;
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

  /** Returns the form of two models. */
  public static ComparisonForm of(
      Outputs champion, Outputs challenger, List<String> keys, String by, int mostMoved) {
    boolean isOfMargins =
        champion.kind() == Outputs.Kind.CLASS_INDEX
            || challenger.kind() == Outputs.Kind.CLASS_INDEX;
    List<Output> outputs = outputs(values(champion, isOfMargins), values(challenger, isOfMargins));
    int each = Math.max(LEAST_VALUES, MOST_VALUES / Math.max(1, outputs.size()));
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

    if (!areNamedAlike(champion, challenger)) {
      return List.of();
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
   * Returns whether a name means the same in both lists: {@code "0"} of two classes is no class of
   * four, unless somebody has called them so.
   */
  private static boolean areNamedAlike(List<String> champion, List<String> challenger) {
    return champion.size() == challenger.size() || !isNumbered(champion) || !isNumbered(challenger);
  }

  private static boolean isNumbered(List<String> names) {
    return IntStream.range(0, names.size())
        .allMatch(index -> names.get(index).equals(String.valueOf(index)));
  }

  /**
   * Returns the form of the rows of one value, whose values take less memory. Of many outputs there
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
        Math.max(LEAST_VALUES, mostValues / PART_OF_A_SLICE));
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

  /** Returns whether rows of both models have labels of the same meaning, which can flip. */
  boolean hasFlips() {
    return champion.hasLabel()
        && challenger.hasLabel()
        && areNamedAlike(champion.classes(), challenger.classes());
  }

  /** Returns whether the only score of both models is the index of a class. */
  boolean hasIndices() {
    return champion.kind() == Outputs.Kind.CLASS_INDEX
        && challenger.kind() == Outputs.Kind.CLASS_INDEX;
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
