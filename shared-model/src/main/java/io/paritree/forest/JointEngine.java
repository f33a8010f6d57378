package io.paritree.forest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Several engines that score the same rows, as one: what their splits ask of a slot is found once
 * for all of them.
 *
 * <p>It is a forest of all their trees, in which the outputs of an engine come after those of the
 * one before it. So each sum has the same terms in the same order as in its own engine, and the
 * same bits. Thread-safe; nothing but a {@link WideGate} changes in it.
 */
public final class JointEngine {

  /*
   * Shared are the ranks of slots among thresholds, and the masks of tests that several forests
   * have: nearly all, if the forests were trained on the same rows, whose histograms give the
   * thresholds. At 100 trees, ranks and masks are more than half of the time of a wide block. What
   * is not shared must stay in a core's own cache from block to block, as that of one forest does;
   * otherwise the engines score one after the other.
   */
  private static final double MAX_RELATIVE_COST = 0.85;
  private static final int MAX_TESTS = 1 << 14;
  private static final long MAX_LEAVES = 1 << 16;

  private final List<Forest> each;
  private final Engine all;

  /**
   * @param all an engine of the {@link #joint} forest
   */
  JointEngine(List<Forest> each, Engine all) {
    this.each = List.copyOf(each);
    this.all = all;
  }

  /**
   * Returns engines as one; empty if that is not faster, or if one of them scores blocks in a way
   * that cannot be shared.
   *
   * @param engines whose rows have the same slots, at least two
   */
  public static Optional<JointEngine> of(List<Engine> engines) {
    List<Forest> forests = new ArrayList<>();
    double apart = 0;
    long leaves = 0;
    for (Engine engine : engines) {
      if (!(engine instanceof FastForest fast) || !fast.isSliced()) {
        return Optional.empty();
      }

      forests.add(fast.forest());
      apart += costOfSlices(fast.forest());
      leaves += fast.forest().trees.stream().mapToLong(Tree::leaves).sum();
    }

    if (leaves > MAX_LEAVES
        || !forests.stream().allMatch(forest -> isLike(forest, forests.get(0)))) {
      return Optional.empty();
    }

    double most = MAX_RELATIVE_COST * apart;
    return layout(forests)
        .filter(layout -> layout.tests.size() <= MAX_TESTS)
        .filter(layout -> costOfSlices(layout.forest) <= most)
        .map(layout -> new JointEngine(forests, sliced(layout)));
  }

  private static double costOfSlices(Forest forest) {
    return Columns.of(forest)
        .flatMap(
            columns ->
                SplitTests.of(forest, columns)
                    .map(tests -> new Cost(forest, columns).ofSlices(tests)))
        .orElse(Double.MAX_VALUE);
  }

  /** Returns whether a forest can be one with another: no leaf nor slot is of a forest alone. */
  private static boolean isLike(Forest forest, Forest other) {
    return forest.width == other.width
        && !forest.hasOffsets()
        && forest.trees.stream().allMatch(tree -> tree.leafVectors == null);
  }

  private static Optional<SlicesBuilder> layout(List<Forest> forests) {
    Forest joint = joint(forests);
    return Columns.of(joint)
        .flatMap(columns -> SplitTests.of(joint, columns))
        .flatMap(tests -> SlicesBuilder.build(joint, tests));
  }

  /** Returns the forest of all trees, whose scores are its margins. */
  static Forest joint(List<Forest> forests) {
    int outputs = forests.stream().mapToInt(Forest::outputs).sum();
    List<Tree> trees = new ArrayList<>();
    forests.forEach(forest -> trees.addAll(forest.trees));
    float[] base = new float[outputs];
    int[] outputOf = new int[trees.size()];
    float[] factors = new float[trees.size()];
    int output = 0;
    int tree = 0;
    for (Forest forest : forests) {
      System.arraycopy(forest.base, 0, base, output, forest.outputs());
      for (int index = 0; index < forest.trees(); index++) {
        outputOf[tree] = output + forest.outputOf(index);
        factors[tree++] = forest.factor(index);
      }

      output += forest.outputs();
    }

    return Forest.of(forests.get(0).width, base, trees, outputOf, factors, Transform.IDENTITY);
  }

  private static FastForest sliced(SlicesBuilder layout) {
    Slices slices = new Slices(layout);
    WideGate wide = new WideGate(slices, layout, costOfSlices(layout.forest));
    return new FastForest(
        layout.forest, new SpecificationRows(layout.forest), slices, wide, 0, null);
  }

  /**
   * Scores a block of rows that is stored feature by feature; see {@link Engine#scoreColumns}.
   *
   * @param margins of each engine, in the order of the engines
   * @param scores of each engine
   */
  public void scoreColumns(
      float[] slots, int stride, int rows, List<float[]> margins, List<float[]> scores) {
    int outputs = all.outputs();
    float[] sums = new float[rows * outputs];
    all.scoreColumns(slots, stride, rows, sums, null);
    int first = 0;
    for (int engine = 0; engine < each.size(); engine++) {
      Forest forest = each.get(engine);
      float[] own = margins.get(engine);
      int count = forest.outputs();
      for (int row = 0; row < rows; row++) {
        for (int output = 0; output < count; output++) {
          own[row * count + output] = sums[row * outputs + first + output];
        }
      }

      forest.transform.apply(own, 0, count, rows, scores.get(engine), 0);
      first += count;
    }
  }
}
