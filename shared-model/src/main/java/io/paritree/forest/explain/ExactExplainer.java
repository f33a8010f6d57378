package io.paritree.forest.explain;

import io.paritree.forest.Forest;
import io.paritree.forest.Tree;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Contributions with the bits of {@code predictContrib} of XGBoost4J 3.4 on x86-64.
 *
 * <p>Immutable and thread-safe.
 */
final class ExactExplainer implements Explainer {
  private static final ToIntFunction<Edges> NO_KEY = edges -> 0;

  private final Forest forest;
  private final float[] means;
  private final Ranks ranks;
  private final int maxDepth;

  /** For single rows. */
  private final List<ExactTrees> groups;

  /** For blocks, per tree. */
  private final ExactLanes[] lanes;

  /** Per tree and output of its own, instead of both, where the forest is unusual; else null. */
  private final ExactTree[][] trees;

  ExactExplainer(Forest forest, Edges[] edges) {
    boolean isUsual =
        IntStream.range(0, edges.length)
            .allMatch(index -> ExactTree.isUsual(forest.tree(index), edges[index]));
    this.forest = forest;
    this.means = Edges.means(forest, edges);
    this.ranks = new Ranks(forest);
    this.maxDepth =
        IntStream.range(0, edges.length).map(at -> forest.tree(at).depth()).max().orElse(0);
    this.groups =
        isUsual
            ? Levels.groups(Levels.parts(forest, edges, NO_KEY), NO_KEY, ranks).stream()
                .map(ExactTrees::new)
                .toList()
            : null;
    this.lanes = isUsual ? new ExactLanes[edges.length] : null;
    this.trees = isUsual ? null : new ExactTree[edges.length][];
    for (int index = 0; index < edges.length; index++) {
      if (isUsual) {
        lanes[index] = new ExactLanes(forest.tree(index), edges[index], ranks);
      } else {
        trees[index] = outputs(forest.tree(index), edges[index]);
      }
    }
  }

  private static ExactTree[] outputs(Tree tree, Edges edges) {
    ExactTree[] outputs = new ExactTree[tree.outputs()];
    Arrays.setAll(outputs, vector -> new ExactTree(tree, edges, vector));
    return outputs;
  }

  static Explainer of(Forest forest) {
    return forest.isLinear() ? new Linear(forest) : new ExactExplainer(forest, Edges.of(forest));
  }

  @Override
  public int width() {
    return forest.width();
  }

  @Override
  public int modelWidth() {
    return forest.modelWidth();
  }

  @Override
  public int outputs() {
    return forest.outputs();
  }

  @Override
  public long bytes() {
    return lanes == null
        ? 0
        : groups.stream().mapToLong(ExactTrees::bytes).sum()
            + Arrays.stream(lanes).mapToLong(ExactLanes::bytes).sum();
  }

  @Override
  public void explain(float[] slots, int rows, float[] contributions) {
    explain(slots, forest.width(), 1, rows, contributions);
  }

  @Override
  public void explainColumns(float[] slots, int stride, int rows, float[] contributions) {
    explain(slots, 1, stride, rows, contributions);
  }

  private void explain(
      float[] slots, int rowStride, int featureStride, int rows, float[] contributions) {
    Arrays.fill(contributions, 0, rows * contributions(), 0f);
    int next = 0;
    while (lanes != null && rows - next >= LaneMemory.MIN_ROWS) {
      LaneMemory block = LaneMemory.ofThread(ranks.columns(), maxDepth, modelWidth());
      int count = Math.min(LaneMemory.MAX_ROWS, rows - next);
      block.set(slots, next * rowStride, rowStride, featureStride, count);
      explain(block, contributions, next * contributions());
      block.clear();
      next += count;
    }

    for (; next < rows; next++) {
      int to = next * contributions();
      if (lanes != null) {
        explain(slots, next * rowStride, featureStride, contributions, to);
      } else {
        explainUnusual(slots, next * rowStride, featureStride, contributions, to);
      }
    }

    Edges.writeBases(means, forest, slots, rowStride, featureStride, rows, contributions);
  }

  private void explain(float[] slots, int at, int stride, float[] contributions, int to) {
    RowMemory row = RowMemory.ofThread(ranks.columns(), modelWidth());
    ranks.write(slots, at, stride, row.ranks);
    for (ExactTrees group : groups) {
      group.add(row, contributions, to, modelWidth() + 1);
    }
  }

  private void explainUnusual(float[] slots, int at, int stride, float[] contributions, int to) {
    for (int index = 0; index < trees.length; index++) {
      for (int vector = 0; vector < trees[index].length; vector++) {
        int output = trees[index].length == 1 ? forest.outputOf(index) : vector;
        int first = to + output * (modelWidth() + 1);
        trees[index][vector].add(slots, at, stride, forest.factor(index), contributions, first);
      }
    }
  }

  private void explain(LaneMemory block, float[] contributions, int to) {
    ranks.write(block);
    for (int output = 0; output < means.length; output++) {
      for (int feature = 0; feature < modelWidth(); feature++) {
        Arrays.fill(block.phi(feature), 0, block.rows(), 0f);
        Arrays.fill(block.ofTree(feature), 0, block.rows(), 0f);
      }

      for (int index = 0; index < lanes.length; index++) {
        boolean isVector = forest.tree(index).outputs() > 1;
        if (isVector || forest.outputOf(index) == output) {
          lanes[index].add(isVector ? output : 0, forest.factor(index), block);
        }
      }

      block.copy(contributions, to + output * (modelWidth() + 1), contributions(), modelWidth());
    }
  }

  /**
   * XGBoost's linear booster: a slot contributes its product with the weight; exact in any mode.
   */
  private record Linear(Forest forest) implements Explainer {
    @Override
    public int width() {
      return forest.width();
    }

    @Override
    public int modelWidth() {
      return forest.modelWidth();
    }

    @Override
    public int outputs() {
      return forest.outputs();
    }

    @Override
    public void explain(float[] slots, int rows, float[] contributions) {
      int to = 0;
      for (int row = 0; row < rows; row++) {
        for (int output = 0; output < outputs(); output++) {
          for (int feature = 0; feature < modelWidth(); feature++) {
            float slot = slots[row * width() + feature];
            contributions[to++] =
                Float.isNaN(slot) ? 0f : slot * forest.linearWeight(feature, output);
          }

          contributions[to++] =
              forest.linearWeight(modelWidth(), output)
                  + forest.begin(slots, row * width(), 1, output);
        }
      }
    }
  }
}
