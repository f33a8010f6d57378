package io.paritree.forest;

import java.util.Optional;

/**
 * The fast engine: a forest laid out for single rows, and again for blocks of rows.
 *
 * <p>Equal to {@link Forest} to the last bit. Thread-safe. Nothing but a {@link WideGate} changes
 * in it. Scoring allocates only the working memory of a thread, once; all engines share it.
 */
final class FastForest implements Engine {

  /*
   * The ways to score are chosen when the engine is built, by the shape of the forest.
   *
   * One row, or a few: the slots are turned into keys, and all trees are walked with these
   * (KeyWalks). If the keys of all features cost more than the few splits that a row meets, or if
   * there are too many features for the format of a node, the trees are walked as the specification
   * does it.
   *
   * Blocks: from minSliced rows on (never fewer than MIN_SLICED), all rows of a block share every
   * operation (Slices). The operations are for 64 rows, even if the block has fewer. Where the JVM
   * has vectors, they are for 256 or 512 rows once that has been measured to be faster (WideSlices);
   * Cost does not count on it. In slices, the
   * cost of a tree grows with the number of its leaves; in a walk, it grows with the length of its
   * paths. So with a tree of more than 256 leaves, or with many features and few steps, the rows of
   * a block are walked one by one; or, if the trees are too large for a core's cache, each tree is
   * walked with all rows of a block before the next tree.
   *
   * Cost says which way is the cheapest.
   */
  private static final double MIN_GAIN = 0.9;

  /** Fewer rows than this are scored one by one, even if slices should be cheaper. */
  private static final int MIN_SLICED = 10;

  /** The cost of slices for a few rows, as a fraction of their cost for a whole block. */
  private static final double COST_OF_FEW = 0.85;

  private final Forest forest;
  private final Rows rows;
  private final Slices slices;
  private final WideGate wide;
  private final int minSliced;
  private final BlockWalks blockWalks;

  /**
   * Makes the engine from its ways to score.
   *
   * @param slices how to score blocks; null for scoring without slices
   * @param wide how to score blocks of 256 or 512 rows; null for scoring them by slices as well
   * @param minSliced the smallest number of rows that is scored by slices
   * @param blockWalks how to score blocks without slices; null for row by row
   */
  FastForest(
      Forest forest,
      Rows rows,
      Slices slices,
      WideGate wide,
      int minSliced,
      BlockWalks blockWalks) {
    this.forest = forest;
    this.rows = rows;
    this.slices = slices;
    this.wide = wide;
    this.minSliced = minSliced;
    this.blockWalks = blockWalks;
  }

  /** Returns the fast engine of a forest, or the forest itself if no other way is faster. */
  static Engine of(Forest forest) {
    if (forest.linear != null) {
      return forest;
    }

    Optional<Columns> columns = Columns.of(forest);
    if (columns.isEmpty()) {
      return forest;
    }

    Cost cost = new Cost(forest, columns.get());
    Optional<KeyWalks> walks =
        KeyWalks.of(forest, columns.get()).filter(built -> cost.of(built) < cost.ofSpecification());
    double byRow = walks.map(cost::of).orElse(cost.ofSpecification());
    Optional<SplitTests> tests = SplitTests.of(forest, columns.get());
    double sliced = tests.map(cost::ofSlices).orElse(Double.MAX_VALUE);
    Optional<SlicesBuilder> slices =
        sliced < MIN_GAIN * byRow ? SlicesBuilder.build(forest, tests.get()) : Optional.empty();
    Optional<BlockWalks> blockWalks =
        slices.isEmpty() && walks.isPresent() && cost.isLarge()
            ? BlockWalks.of(walks.get()).or(() -> BlockWalks.of(forest, columns.get()))
            : Optional.empty();
    if (slices.isEmpty() && walks.isEmpty()) {
      return forest;
    }

    Optional<Slices> narrow = slices.map(Slices::new);
    Optional<WideGate> wide = slices.map(layout -> new WideGate(narrow.get(), layout, sliced));
    return new FastForest(
        forest,
        walks.isPresent() ? walks.get() : new SpecificationRows(forest),
        narrow.orElse(null),
        wide.orElse(null),
        (int) Math.max(MIN_SLICED, COST_OF_FEW * Block.MAX_ROWS * sliced / byRow),
        blockWalks.orElse(null));
  }

  /** Returns the same engine with another gate; null to score no block by wide slices. */
  private FastForest with(WideGate gate) {
    return new FastForest(forest, rows, slices, gate, minSliced, blockWalks);
  }

  /** Returns the same engine without wide slices. */
  FastForest narrow() {
    return with(null);
  }

  /** Returns the same engine with wide slices from now on; empty if it cannot have them here. */
  Optional<FastForest> wide() {
    return wide == null ? Optional.empty() : wide.opened().map(this::with);
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
    if (rows < minSliced && this.rows instanceof SpecificationRows) {
      forest.score(slots, rows, margins, scores);
      return;
    }

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
    if (rows == 1) {
      float[] to = margins == null ? scratch.margins(outputs) : margins;
      forest.begin(slots, 0, featureStride, to, 0);
      this.rows.add(slots, 0, featureStride, scratch, to, 0);
      if (scores != null) {
        forest.toScores(to, 0, 1, scores, 0);
      }

      return;
    }

    int count;
    for (int row = 0; row < rows; row += count) {
      WideSlices ofMany = wide == null ? null : wide.wide(rows - row);
      count = Math.min(ofMany == null ? Block.MAX_ROWS : WideMemory.ROWS, rows - row);
      float[] to = margins == null ? scratch.margins(count * outputs) : margins;
      int at = margins == null ? 0 : row * outputs;
      Block block = new Block(slots, row * rowStride, rowStride, featureStride, count);
      if (ofMany != null) {
        ofMany.score(block, scratch, to, at);
      } else {
        scoreBlock(block, scratch, to, at);
      }

      if (scores != null) {
        forest.toScores(to, at, count, scores, row * forest.scores());
      }
    }

    if (wide != null && rows > Block.MAX_ROWS) {
      wide.count(rows);
    }
  }

  /** Tries out now whether wide slices are faster, instead of later and in the background. */
  void tryOut() {
    if (wide != null) {
      wide.tryOut();
    }
  }

  private void scoreBlock(Block block, Scratch scratch, float[] margins, int to) {
    if (slices != null && block.rows() >= minSliced) {
      slices.score(block, scratch, margins, to);
      return;
    }

    int outputs = forest.base.length;
    for (int row = 0; row < block.rows(); row++) {
      int from = block.from() + row * block.rowStride();
      forest.begin(block.slots(), from, block.featureStride(), margins, to + row * outputs);
    }

    if (blockWalks != null && block.rows() >= BlockWalks.MIN_ROWS) {
      blockWalks.add(block, scratch, margins, to, outputs);
      return;
    }

    for (int row = 0; row < block.rows(); row++) {
      rows.add(
          block.slots(),
          block.from() + row * block.rowStride(),
          block.featureStride(),
          scratch,
          margins,
          to + row * outputs);
    }
  }

  @Override
  public void leaves(float[] slots, int rows, int[] leaves) {
    forest.leaves(slots, rows, leaves);
  }
}
