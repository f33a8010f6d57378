package io.paritree.forest.explain;

import static io.paritree.forest.explain.Quadrature.POINTS;

/** Working memory of one thread for {@link ExactTree}s; it grows to the largest tree. */
final class ExactMemory {
  private static final ThreadLocal<ExactMemory> OF_THREAD =
      ThreadLocal.withInitial(ExactMemory::new);

  /** Per split 1 if the row goes left, otherwise 0. */
  int[] goesLeft = {};

  /** Per edge 1 if the row follows it and all edges of the feature above, otherwise 0. */
  int[] follows = {};

  /** Per edge and point: a. */
  float[] alphas = {};

  /** Per edge and point: the node of the point. */
  float[] nodes = {};

  /** Per edge and point: 1 + a * node. */
  float[] factors = {};

  /** Per edge and point: c, later h; then those of the root. */
  float[] points = {};

  /** Per edge and point: a * h / (1 + a * node). */
  float[] terms = {};

  /** Per feature the contribution of one tree; all zero between two trees. */
  float[] phi = {};

  private ExactMemory() {}

  static ExactMemory ofThread(int edges, int width) {
    ExactMemory memory = OF_THREAD.get();
    memory.phi = memory.phi.length < width ? new float[width] : memory.phi;
    if (memory.follows.length <= edges) {
      memory.grow(edges);
    }

    return memory;
  }

  private void grow(int edges) {
    int size = Math.multiplyExact(POINTS, edges + 1);
    goesLeft = new int[edges];
    follows = new int[edges + 1];
    alphas = new float[size];
    factors = new float[size];
    points = new float[size];
    terms = new float[size];
    nodes = new float[size];
    for (int at = 0; at < size; at++) {
      nodes[at] = Quadrature.node(at % POINTS);
    }
  }
}
