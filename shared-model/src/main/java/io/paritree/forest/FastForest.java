package io.paritree.forest;

import java.util.List;
import java.util.Optional;

/**
 * The engine that serves: a forest laid out for single rows, and again for blocks of rows.
 *
 * <p>Equal to {@link Forest} to the last bit. Immutable and thread-safe; allocates nothing but the
 * working memory of a thread, once, which all engines share.
 */
final class FastForest implements Engine {

  /*
   * A few rows are walked one by one (Walk); from MIN_SLICED rows on, the 64 rows of a block share
   * every operation (Slices), even if some are not there. Slices are left out where a tree has
   * more than 256 leaves, since their cost grows with the leaves and that of a walk with the depth;
   * then blocks are walked, each tree for all rows of a block before the next, so that large trees
   * come from memory once per block.
   */
  private static final int MIN_SLICED = 10;

  private final Forest forest;
  private final RowKeys rowKeys;
  private final Walk[] walks;
  private final Slices slices;
  private final boolean[] isVector;
  private final boolean isPlain;

  private FastForest(Forest forest, RowKeys rowKeys, List<Walk> walks, Slices slices) {
    this.forest = forest;
    this.rowKeys = rowKeys;
    this.walks = walks.toArray(new Walk[0]);
    this.slices = slices;
    this.isVector = new boolean[forest.trees.size()];
    boolean hasVectors = false;
    for (int tree = 0; tree < isVector.length; tree++) {
      isVector[tree] = forest.trees.get(tree).leafVectors != null;
      hasVectors |= isVector[tree];
    }

    this.isPlain = !hasVectors && forest.base.length == 1;
  }

  /** Returns the fast engine of a forest, or the forest itself where nothing is faster. */
  static Engine of(Forest forest) {
    if (forest.linear != null) {
      return forest;
    }

    Optional<Columns> columns = Columns.of(forest);
    if (columns.isEmpty()) {
      return forest;
    }

    RowKeys rowKeys = new RowKeys(columns.get());
    List<Walk> walks = WalkBuilder.build(forest, columns.get(), rowKeys);
    if (walks.isEmpty()) {
      return forest;
    }

    return new FastForest(forest, rowKeys, walks, SlicesBuilder.build(forest, columns.get()));
  }

  @Override
  public int width() {
    return forest.width;
  }

  @Override
  public int trees() {
    return forest.trees.size();
  }

  @Override
  public int outputs() {
    return forest.base.length;
  }

  @Override
  public int scores() {
    return forest.scores();
  }

  @Override
  public void score(float[] slots, int rows, float[] margins, float[] scores) {
    score(slots, forest.width, 1, rows, margins, scores);
  }

  @Override
  public void scoreColumns(float[] slots, int stride, int rows, float[] margins, float[] scores) {
    score(slots, 1, stride, rows, margins, scores);
  }

  private void score(
      float[] slots, int rowStride, int featureStride, int rows, float[] margins, float[] scores) {
    Scratch scratch = Scratch.ofThread();
    int outputs = forest.base.length;
    for (int row = 0; row < rows; row += Block.MAX_ROWS) {
      int count = Math.min(Block.MAX_ROWS, rows - row);
      float[] to = margins == null ? scratch.margins(Block.MAX_ROWS * outputs) : margins;
      int at = margins == null ? 0 : row * outputs;
      scoreBlock(slots, row * rowStride, rowStride, featureStride, count, scratch, to, at);
      if (scores != null) {
        forest.transform.apply(to, at, outputs, count, scores, row * forest.scores());
      }
    }
  }

  private void scoreBlock(
      float[] slots,
      int from,
      int rowStride,
      int featureStride,
      int rows,
      Scratch scratch,
      float[] margins,
      int to) {
    if (rows >= MIN_SLICED && slices != null) {
      slices.score(new Block(slots, from, rowStride, featureStride, rows), scratch, margins, to);
      return;
    }

    int outputs = forest.base.length;
    long[] keys = scratch.keys(rowKeys.size());
    for (int row = 0; row < rows; row++) {
      int at = to + row * outputs;
      System.arraycopy(forest.base, 0, margins, at, outputs);
      rowKeys.fill(slots, from + row * rowStride, featureStride, keys, 0);
      for (Walk walk : walks) {
        int[] found = scratch.found(walk.found());
        walk.findLeaves(keys, found);
        add(walk, found, margins, at);
      }
    }
  }

  private void add(Walk walk, int[] found, float[] margins, int to) {
    if (isPlain) {
      margins[to] = walk.sum(found, margins[to]);
      return;
    }

    int first = walk.first();
    for (int tree = 0; tree < walk.trees(); tree++) {
      if (!isVector[first + tree]) {
        margins[to + forest.outputOf[first + tree]] += walk.weight(found[tree]);
        continue;
      }

      for (int output = 0; output < forest.base.length; output++) {
        margins[to + output] += walk.weight(found[tree], output);
      }
    }
  }

  @Override
  public void leaves(float[] slots, int rows, int[] leaves) {
    forest.leaves(slots, rows, leaves);
  }
}
