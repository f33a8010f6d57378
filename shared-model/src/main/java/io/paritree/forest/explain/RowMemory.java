package io.paritree.forest.explain;

import static io.paritree.forest.explain.Quadrature.POINTS;

import java.util.Arrays;

/** Working memory of one thread for one row; it grows to the largest tree, or group of trees. */
final class RowMemory {
  private static final ThreadLocal<RowMemory> OF_THREAD = ThreadLocal.withInitial(RowMemory::new);

  /** Per column of {@link Ranks}. */
  int[] ranks = {};

  /** Per edge 1 if the row follows it and all edges of its feature above, otherwise 0. */
  int[] follows = {};

  /** Per feature its contribution; in the exact mode all zero between two trees. */
  float[] phi = {};

  /** Of the fast mode, per split e, as in {@link FastTree}. */
  float[] steps = {};

  /** Per split where its t begin. */
  int[] begins = {};

  /** Per split what it adds to the contribution of its feature. */
  float[] gains = {};

  /** Per split, or leaf, and point: first c, then g. */
  float[] path = {};

  /** Of the exact mode, per edge a, as in {@link ExactTree}. */
  float[] alphas = {};

  /** Per edge what it adds to the contribution of its feature. */
  float[] shares = {};

  private float[][] alphasOfLevels = {};
  private float[][] before = {};
  private float[][] points = {};
  private final float[][] share = {{}, {}};
  private float[] ofSplits = {};

  private RowMemory() {}

  /** Returns the thread's memory. */
  static RowMemory ofThread(int columns, int width) {
    RowMemory memory = OF_THREAD.get();
    memory.ranks = memory.ranks.length < columns ? new int[columns] : memory.ranks;
    memory.phi = memory.phi.length < width ? new float[width] : memory.phi;
    Arrays.fill(memory.phi, 0f);
    return memory;
  }

  /** Grows the arrays of the fast mode. */
  void growToSplits(int splits) {
    growToEdges(2 * splits);
    if (gains.length < splits) {
      steps = new float[splits];
      begins = new int[splits];
      gains = new float[splits];
      path = new float[Math.multiplyExact(POINTS, 2 * splits + 1)];
    }
  }

  private void growToEdges(int edges) {
    follows = follows.length <= edges ? new int[edges + 1] : follows;
  }

  /** Grows the arrays of the exact mode. */
  void growToEdges(int edges, int levels, int widest) {
    growToEdges(edges);
    if (shares.length <= edges) {
      alphas = new float[edges + 1];
      shares = new float[edges + 1];
    }

    if (ofSplits.length < widest) {
      alphasOfLevels = new float[0][];
      before = new float[0][];
      points = new float[0][];
      ofSplits = new float[widest];
      share[0] = new float[widest];
      share[1] = new float[widest];
    }

    if (before.length < levels) {
      alphasOfLevels = grown(alphasOfLevels, 2 * levels);
      before = grown(before, levels);
      points = grown(points, 2 * POINTS * levels);
    }
  }

  private float[][] grown(float[][] lanes, int size) {
    float[][] grown = Arrays.copyOf(lanes, size);
    for (int at = lanes.length; at < size; at++) {
      grown[at] = new float[ofSplits.length];
    }

    return grown;
  }

  /** Per split of a level, a of its edge on one side. */
  float[] alphas(int level, int side) {
    return alphasOfLevels[2 * level + side];
  }

  /** Per split of a level, a of the last edge above that tests its feature; 0 if none does. */
  float[] before(int level) {
    return before[level];
  }

  /** Per split of a level, of its edge on one side first c, then h. */
  float[] points(int level, int side, int point) {
    return points[(2 * level + side) * POINTS + point];
  }

  /** What the edges on one side of a level add to contributions. */
  float[] share(int side) {
    return share[side];
  }

  /** Values of the splits of a level. */
  float[] ofSplits() {
    return ofSplits;
  }
}
