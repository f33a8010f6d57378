package io.paritree.forest.explain;

/** Working memory of one thread for {@link FastTree}s and one row. */
final class FastRow {
  private static final ThreadLocal<FastRow> OF_THREAD = ThreadLocal.withInitial(FastRow::new);

  /** Per column of {@link Ranks}. */
  int[] ranks = {};

  /** Per split v, then u - v: whether the row follows the left and the right edge, 1 or 0. */
  int[] follows = {};

  /** Per split and point: c. */
  float[] path = {};

  /** Per split and point: h. */
  float[] sum = {};

  /** Per point: h of one leaf. */
  final float[] leaf = new float[Quadrature.POINTS];

  /** Per feature its contribution. */
  float[] phi = {};

  private float[] slots;
  private int at;
  private int stride;

  private FastRow() {}

  static FastRow ofThread(FastExplainer explainer) {
    FastRow row = OF_THREAD.get();
    int splits = explainer.maxSplits() + 1;
    row.ranks = row.ranks.length < explainer.ranks() ? new int[explainer.ranks()] : row.ranks;
    row.phi = row.phi.length < explainer.width() ? new float[explainer.width()] : row.phi;
    if (row.follows.length < 2 * splits) {
      row.follows = new int[2 * splits];
      row.path = new float[Math.multiplyExact(splits, Quadrature.POINTS)];
      row.sum = new float[row.path.length];
    }

    return row;
  }

  /** Sets the row: its slot f is {@code slots[at + f * stride]}. */
  void set(float[] slots, int at, int stride) {
    this.slots = slots;
    this.at = at;
    this.stride = stride;
  }

  /** Forgets the caller's array. */
  void clear() {
    slots = null;
  }

  float slot(int feature) {
    return slots[at + feature * stride];
  }
}
