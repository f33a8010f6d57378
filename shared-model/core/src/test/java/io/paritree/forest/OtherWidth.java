package io.paritree.forest;

import java.util.Map;

/** Compares wide slices with the specification, in a JVM of its own, which has another width. */
public final class OtherWidth {
  private static final int[] DEPTHS = {0, 1, 3, 6, 7, 8, 20};
  private static final int ROWS = 600;

  private OtherWidth() {}

  /**
   * Compares forests of all the ways that a tree is evaluated and its leaves are looked up.
   *
   * @param args the seed
   */
  public static void main(String[] args) {
    long seed = Long.parseLong(args[0]);
    RandomForests random = new RandomForests(seed);
    for (int depth : DEPTHS) {
      RandomForests.Shape shape = new RandomForests.Shape();
      shape.maxDepth = depth;
      shape.maxLeaves = Math.min(1 << depth, 256);
      shape.earlyLeaf = 0;
      shape.categorical = depth % 2 * 0.4;
      shape.outputs = depth == 7 ? 2 : 1;
      shape.thresholdsPerFeature = depth == 8 ? 600 : 50;
      Forest forest = random.forest(shape);
      Map<String, Engine> ways = Ways.of(forest);
      Engine wide = ways.get("wide-slices");
      if (wide != null) {
        FastForestTest.assertSameBits(seed, forest, wide, random.rows(forest, ROWS));
      }
    }

    System.out.println(VectorWidth.BITS + " bits compared");
  }
}
