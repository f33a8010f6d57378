package io.paritree.forest.explain;

import static io.paritree.forest.explain.Quadrature.POINTS;

/** Working memory of one thread for one row; it grows to the largest tree. */
final class RowMemory {
  private static final ThreadLocal<RowMemory> OF_THREAD = ThreadLocal.withInitial(RowMemory::new);

  /** Per column of {@link Ranks}. */
  int[] ranks = {};

  /** Per split 1 if the row goes left, otherwise 0. */
  int[] goesLeft = {};

  /** Per edge 1 if the row follows it and all edges of the feature above, otherwise 0. */
  int[] follows = {};

  /** Per feature its contribution; in the exact mode all zero between two trees. */
  float[] phi = {};

  /** Of the exact mode, per edge and point: a. */
  float[] alphas = {};

  /** The node of the point. */
  float[] nodes = {};

  /** 1 + a * node. */
  float[] factors = {};

  /** First c, then h; after all edges those of the root. */
  float[] points = {};

  /** a * h / (1 + a * node). */
  float[] terms = {};

  /** Of the fast mode, per split e, as in {@link FastTree}. */
  float[] steps = {};

  /** Per split where its t begin. */
  int[] begins = {};

  /** Per split what it adds to the contribution of its feature. */
  float[] gains = {};

  /** Per split, or leaf, and point: first c, then g. */
  float[] path = {};

  private RowMemory() {}

  /** Returns the thread's memory for the exact mode. */
  static RowMemory forExact(int edges, int width) {
    RowMemory memory = OF_THREAD.get();
    memory.grow(edges / 2, width);
    if (memory.points.length < POINTS * (edges + 1)) {
      int size = Math.multiplyExact(POINTS, edges + 1);
      memory.alphas = new float[size];
      memory.factors = new float[size];
      memory.points = new float[size];
      memory.terms = new float[size];
      memory.nodes = new float[size];
      for (int point = 0; point < size; point++) {
        memory.nodes[point] = Quadrature.node(point % POINTS);
      }
    }

    java.util.Arrays.fill(memory.phi, 0f);
    return memory;
  }

  /** Returns the thread's memory for the fast mode. */
  static RowMemory forFast(int splits, int columns, int width) {
    RowMemory memory = OF_THREAD.get();
    memory.grow(splits, width);
    memory.ranks = memory.ranks.length < columns ? new int[columns] : memory.ranks;
    if (memory.gains.length < splits) {
      memory.steps = new float[splits];
      memory.begins = new int[splits];
      memory.gains = new float[splits];
      memory.path = new float[Math.multiplyExact(POINTS, 2 * splits + 1)];
    }

    return memory;
  }

  private void grow(int splits, int width) {
    phi = phi.length < width ? new float[width] : phi;
    if (follows.length < 2 * splits + 1) {
      goesLeft = new int[splits];
      follows = new int[2 * splits + 1];
    }
  }
}
