package io.paritree.reasons;

import io.paritree.NameList;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.Outputs;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.ReasonRule;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Chooses the reasons of a row's margin among the contributions of its features.
 *
 * <p>The contribution of a group is the sum of the contributions of its slots, in model order, in
 * {@code double}, rounded to a {@code float}. The rest is the sum of the contributions of all
 * groups that are not chosen, in the order of the groups, again in {@code double} and rounded. So
 * the reasons of a row have the same bits wherever they are asked for; base, reasons and rest add
 * up to the margin within rounding. An offset is no reason, but part of its row's base. Immutable
 * and thread-safe.
 */
public final class Reasons {
  private final Explainer explainer;
  private final ContributionMode mode;
  private final Outputs outputs;
  private final List<String> outputNames;
  private final List<ReasonGroup> groups;

  private final int[][] slots;

  private final boolean[] never;

  /** Makes the reasons of a model that is not opened, such as one that is to be sealed. */
  public Reasons(
      Explainer explainer, ContributionMode mode, Outputs outputs, List<ReasonGroup> groups) {
    this.explainer = explainer;
    this.mode = mode;
    this.outputs = outputs;
    this.outputNames = outputNames(outputs, explainer.outputs());
    this.groups = List.copyOf(groups);
    this.slots = new int[groups.size()][];
    this.never = new boolean[groups.size()];
    for (int group = 0; group < never.length; group++) {
      never[group] = groups.get(group).rule().never();
      slots[group] = groups.get(group).slots().stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /**
   * Returns the reasons of a model. The first call for a mode takes time and memory.
   *
   * @throws UnsupportedModelException if the model cannot be explained
   */
  public static Reasons of(ScoringModel model, ContributionMode mode)
      throws UnsupportedModelException {
    return new Reasons(
        model.explainer(mode),
        mode,
        model.outputs(),
        ReasonGroup.of(model.schema(), model.reasonRules()));
  }

  /**
   * Returns the reasons, by fast contributions, of a model that can be explained, as a check has
   * shown.
   *
   * @throws IllegalStateException if it cannot
   */
  public static Reasons checked(ScoringModel model) {
    try {
      return of(model, ContributionMode.FAST);
    } catch (UnsupportedModelException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Margins are named as scores are; for a class index, as the classes are. */
  private static List<String> outputNames(Outputs outputs, int margins) {
    if (outputs.names().size() == margins) {
      return outputs.names();
    }

    return outputs.classes().size() == margins
        ? outputs.classes()
        : IntStream.range(0, margins).mapToObj(String::valueOf).toList();
  }

  /** Returns how the contributions are computed. */
  public ContributionMode mode() {
    return mode;
  }

  /** Returns what may be a reason, in the order of the features. */
  public List<ReasonGroup> groups() {
    return groups;
  }

  /** Returns the names of the margins. */
  public List<String> outputNames() {
    return outputNames;
  }

  /**
   * Returns the index of the margin that a name means: its own, or the class that it belongs to.
   *
   * @return empty if there is none
   */
  public OptionalInt output(String name) {
    int index = outputNames.indexOf(name);
    if (index < 0 && outputs.classes().size() == outputNames.size()) {
      index = outputs.classes().indexOf(name);
    }

    return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /** Returns whether a row has a class, whose margin is explained unless another is asked for. */
  public boolean hasWinner() {
    return outputNames.size() == 1 || outputs.hasLabel();
  }

  /** Returns why rows do not have a class; empty if they have. */
  public Optional<String> winnerProblem() {
    return hasWinner()
        ? Optional.empty()
        : Optional.of(
            "the model has several outputs %s and no classes, so that none of them is the one to explain"
                .formatted(NameList.known(outputNames)));
  }

  /**
   * Returns the index of the margin of a row's class; 0 if there is one margin.
   *
   * @param scores the row's scores start at {@code at}
   * @throws IllegalStateException unless {@link #hasWinner}
   */
  public int winner(float[] scores, int at) {
    if (outputNames.size() == 1) {
      return 0;
    }

    if (!outputs.hasLabel()) {
      throw new IllegalStateException("Cannot choose one of the outputs " + outputNames);
    }

    return outputs.classIndex(scores, at);
  }

  /** Returns the number of contributions of a row; see {@link Explainer#contributions}. */
  public int contributions() {
    return explainer.contributions();
  }

  /**
   * Explains some rows of a block.
   *
   * @param slots the block, row after row
   * @param first the first row that is explained
   * @param contributions receives {@code rows * contributions()} values from index 0
   */
  public void explain(float[] slots, int first, int rows, float[] contributions) {
    int width = explainer.width();
    float[] some =
        first == 0 ? slots : Arrays.copyOfRange(slots, first * width, (first + rows) * width);
    explainer.explain(some, rows, contributions);
  }

  /**
   * Explains a block that is stored feature by feature; see {@link Explainer#explainColumns}.
   *
   * @param contributions receives {@code rows * contributions()} values from index 0
   */
  public void explainColumns(float[] slots, int stride, int rows, float[] contributions) {
    explainer.explainColumns(slots, stride, rows, contributions);
  }

  /**
   * Chooses the reasons of a row: at most {@code most}, the largest first, equal ones in the order
   * of the groups. Only a contribution in the direction is a reason; 0 is in none.
   *
   * @param contributions the row's start at {@code at}
   * @param output the margin that is explained
   * @param into receives the reasons; made for the number of this model's groups
   */
  public void choose(
      float[] contributions, int at, int output, int most, Direction direction, RowReasons into) {
    float[] sums = into.sums;
    sum(contributions, at, output, sums);
    long[] keys = into.keys;
    int candidates = 0;
    for (int group = 0; group < sums.length; group++) {
      if (!never[group] && direction.has(sums[group])) {
        // The bits of a float that is not negative are in the order of its values.
        long descending = Integer.MAX_VALUE - Float.floatToRawIntBits(Math.abs(sums[group]));
        keys[candidates++] = descending << Integer.SIZE | group;
      }
    }

    Arrays.sort(keys, 0, candidates);
    int count = Math.min(most, candidates);
    for (int reason = 0; reason < count; reason++) {
      int group = into.group(reason);
      into.chosen[reason] = sums[group];
      sums[group] = 0;
    }

    double rest = 0;
    for (float sum : sums) {
      rest += sum;
    }

    into.set(count, base(contributions, at, output), (float) rest);
  }

  /** Returns what the contributions to one margin of a row are added to. */
  public float base(float[] contributions, int at, int output) {
    return contributions[at + output * (explainer.modelWidth() + 1) + explainer.modelWidth()];
  }

  /**
   * Adds up the contributions of each group to one margin of a row.
   *
   * @param contributions the row's start at {@code at}
   * @param sums receives one for each group
   */
  public void sum(float[] contributions, int at, int output, float[] sums) {
    int start = at + output * (explainer.modelWidth() + 1);
    for (int group = 0; group < sums.length; group++) {
      double sum = 0;
      for (int slot : slots[group]) {
        sum += contributions[start + slot];
      }

      sums[group] = (float) sum;
    }
  }

  /** Returns how a group is called as a reason, if the package says that. */
  public Optional<ReasonRule.Code> code(int group, float contribution) {
    ReasonRule rule = groups.get(group).rule();
    return contribution > 0 ? rule.up() : rule.down();
  }
}
