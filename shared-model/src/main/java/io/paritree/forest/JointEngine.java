package io.paritree.forest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Several engines that score the same rows, as one: what their splits ask of a slot is found once
 * for all of them.
 *
 * <p>It is a forest of all their trees, in which the outputs of an engine come after those of the
 * one before it. So each sum has the same terms in the same order as in its own engine, and the
 * same bits. Thread-safe; nothing but a {@link WideGate} changes in it.
 */
public final class JointEngine {
  /** Rows that are tried before it is used. */
  private static final int MOST_TRIED = 1024;

  private static final int MOST_SLOTS_TRIED = 1 << 19;

  private final List<Forest> each;
  private final Engine all;

  /**
   * @param all an engine of the {@link #joint} forest
   */
  JointEngine(List<Forest> each, Engine all) {
    this.each = List.copyOf(each);
    this.all = all;
  }

  /** Returns roughly what slices of a forest need for a row, in nanoseconds. */
  static double costOfSlices(Forest forest) {
    return Columns.of(forest)
        .flatMap(
            columns ->
                SplitTests.of(forest, columns)
                    .map(tests -> new Cost(forest, columns).ofSlices(tests)))
        .orElse(Double.MAX_VALUE);
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

  /** Returns the engine of a joint forest that is laid out. */
  static FastForest sliced(SlicesBuilder layout) {
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

  /**
   * Returns a row on or next to the splits that differs from what one of the engines makes of it by
   * itself; empty if there is none.
   *
   * @param engines that it scores for
   */
  Optional<String> difference(List<Engine> engines) {
    int width = all.width();
    int tried = Math.max(1, Math.min(MOST_TRIED, MOST_SLOTS_TRIED / Math.max(1, width)));
    float[] slots = SplitRows.of(joint(each), tried);
    float[] columns = new float[slots.length];
    for (int at = 0; at < slots.length; at++) {
      columns[at % width * tried + at / width] = slots[at];
    }

    List<float[]> margins = new ArrayList<>();
    List<float[]> scores = new ArrayList<>();
    each.forEach(forest -> margins.add(new float[tried * forest.outputs()]));
    each.forEach(forest -> scores.add(new float[tried * forest.scores()]));
    scoreColumns(columns, tried, tried, margins, scores);
    int[] places = IntStream.range(0, tried).toArray();
    for (int at = 0; at < engines.size(); at++) {
      Optional<RecheckedRows.Difference> first =
          new RecheckedRows(places, slots, margins.get(at), scores.get(at))
              .differences(engines.get(at)).stream().findFirst();
      if (first.isPresent()) {
        return Optional.of(first.get().values());
      }
    }

    return Optional.empty();
  }
}
