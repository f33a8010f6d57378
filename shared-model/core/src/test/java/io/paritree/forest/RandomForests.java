package io.paritree.forest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Forests of any shape, and rows with values on and next to thresholds; all from one seed. */
public final class RandomForests {
  private static final float[] SPECIAL = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    1f,
    -1f
  };

  private final Random random;

  /** The shape of a forest; the defaults make a forest of a few regular, numeric trees. */
  public static final class Shape {
    public int width = 5;
    public int trees = 10;
    public int outputs = 1;
    public int maxDepth = 6;
    public int maxLeaves = 64;
    public double earlyLeaf = 0.1;
    public double categorical;
    public int maxCategory = 40;
    public boolean hasVectors;
    public boolean hasWeights;
    public double special = 0.1;
    public int thresholdsPerFeature = 50;
    public Transform transform = Transform.IDENTITY;
  }

  public RandomForests(long seed) {
    this.random = new Random(seed);
  }

  /** Returns a shape drawn at random. */
  public Shape shape() {
    Shape shape = new Shape();
    shape.width = 1 + random.nextInt(random.nextInt(4) == 0 ? 200 : 8);
    shape.trees = random.nextInt(random.nextInt(4) == 0 ? 60 : 20);
    shape.maxDepth = random.nextInt(random.nextInt(4) == 0 ? 40 : 10);
    shape.maxLeaves = 1 + random.nextInt(random.nextInt(5) == 0 ? 600 : 256);
    shape.earlyLeaf = random.nextInt(3) * 0.2;
    shape.categorical = random.nextInt(3) == 0 ? random.nextDouble() : 0;
    shape.maxCategory = random.nextInt(4) == 0 ? Tree.MAX_CATEGORIES : 1 + random.nextInt(200);
    shape.outputs = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
    shape.hasVectors = shape.outputs > 1 && random.nextBoolean();
    shape.hasWeights = random.nextInt(3) == 0;
    shape.special = random.nextInt(3) * 0.1;
    shape.thresholdsPerFeature = 1 + random.nextInt(random.nextBoolean() ? 4 : 300);
    shape.transform = Transform.values()[random.nextInt(Transform.values().length)];
    return shape;
  }

  /** Returns a forest of a shape. */
  public Forest forest(Shape shape) {
    float[][] thresholds = new float[shape.width][shape.thresholdsPerFeature];
    for (float[] ofFeature : thresholds) {
      float spread = (float) Math.exp(random.nextGaussian() * 3);
      for (int at = 0; at < ofFeature.length; at++) {
        ofFeature[at] = number(shape.special, spread);
      }
    }

    List<Tree> trees = new ArrayList<>();
    int[] outputOf = new int[shape.trees];
    float[] weights = shape.hasWeights ? new float[shape.trees] : null;
    for (int tree = 0; tree < shape.trees; tree++) {
      trees.add(tree(shape, thresholds));
      outputOf[tree] = shape.hasVectors ? 0 : random.nextInt(shape.outputs);
      if (weights != null) {
        weights[tree] = random.nextFloat();
      }
    }

    float[] base = new float[shape.outputs];
    for (int output = 0; output < base.length; output++) {
      base[output] = (float) random.nextGaussian();
    }

    return Forest.of(shape.width, base, trees, outputOf, weights, shape.transform);
  }

  /** Returns a forest of lists: every split has a leaf on one side. */
  Forest list(Shape shape) {
    List<Tree> trees = new ArrayList<>();
    for (int tree = 0; tree < shape.trees; tree++) {
      int splits = shape.maxLeaves - 1;
      int nodes = 2 * splits + 1;
      int[] left = new int[nodes];
      int[] right = new int[nodes];
      int[] feature = new int[nodes];
      float[] value = new float[nodes];
      boolean[] missing = new boolean[nodes];
      Arrays.fill(left, -1);
      int last = 0;
      for (int split = 0; split < splits; split++) {
        left[last] = 2 * split + 1;
        right[last] = 2 * split + 2;
        feature[last] = random.nextInt(shape.width);
        value[last] = number(0, 1);
        missing[last] = random.nextBoolean();
        int leaf = 2 * split + 1 + random.nextInt(2);
        value[leaf] = random.nextFloat();
        last = 4 * split + 3 - leaf;
      }

      value[last] = 7f;
      trees.add(new Tree(left, right, feature, value, missing, null, null, 1, null));
    }

    return Forest.of(shape.width, new float[1], trees, new int[shape.trees], null, shape.transform);
  }

  private float number(double special, float spread) {
    return random.nextDouble() < special
        ? SPECIAL[random.nextInt(SPECIAL.length)]
        : (float) random.nextGaussian() * spread;
  }

  /** Grows a tree by splitting leaves at random; its right children need not be adjacent. */
  private Tree tree(Shape shape, float[][] thresholds) {
    int capacity = 2 * shape.maxLeaves + 1;
    int[] left = new int[capacity];
    int[] right = new int[capacity];
    int[] feature = new int[capacity];
    float[] value = new float[capacity];
    boolean[] missing = new boolean[capacity];
    int[] depth = new int[capacity];
    int[][] categories = new int[capacity][];
    Arrays.fill(left, -1);
    List<Integer> open = new ArrayList<>(List.of(0));
    int nodes = 1;
    int leaves = 1;
    boolean depthFirst = random.nextInt(4) == 0;
    while (!open.isEmpty() && leaves < shape.maxLeaves) {
      int node = open.remove(depthFirst ? open.size() - 1 : random.nextInt(open.size()));
      boolean staysLeaf = depth[node] >= shape.maxDepth || random.nextDouble() < shape.earlyLeaf;
      if (staysLeaf) {
        continue;
      }

      boolean swapped = random.nextInt(8) == 0;
      left[node] = swapped ? nodes + 1 : nodes;
      right[node] = swapped ? nodes : nodes + 1;
      depth[nodes] = depth[node] + 1;
      depth[nodes + 1] = depth[node] + 1;
      feature[node] = random.nextInt(shape.width);
      missing[node] = random.nextBoolean();
      if (random.nextDouble() < shape.categorical) {
        categories[node] = categories(shape);
      } else {
        float[] known = thresholds[feature[node]];
        value[node] = known[random.nextInt(known.length)];
      }

      open.add(nodes);
      open.add(nodes + 1);
      nodes += 2;
      leaves++;
    }

    float[] vectors = shape.hasVectors ? new float[leaves * shape.outputs] : null;
    int row = 0;
    for (int node = 0; node < nodes; node++) {
      if (left[node] == -1) {
        value[node] = (float) random.nextGaussian();
        right[node] = shape.hasVectors ? row++ : -1;
      }
    }

    for (int at = 0; vectors != null && at < vectors.length; at++) {
      vectors[at] = (float) random.nextGaussian();
    }

    return new Tree(
        Arrays.copyOf(left, nodes),
        Arrays.copyOf(right, nodes),
        Arrays.copyOf(feature, nodes),
        Arrays.copyOf(value, nodes),
        Arrays.copyOf(missing, nodes),
        Arrays.copyOf(categories, nodes),
        vectors,
        shape.hasVectors ? shape.outputs : 1,
        covers(left, right, nodes));
  }

  /** Returns covers of random shares, a few of them 0. The children of a node have larger ids. */
  private float[] covers(int[] left, int[] right, int nodes) {
    float[] covers = new float[nodes];
    for (int node = nodes - 1; node >= 0; node--) {
      boolean isLeaf = left[node] == -1;
      covers[node] = isLeaf ? random.nextInt(1_000) : covers[left[node]] + covers[right[node]];
    }

    return covers;
  }

  private int[] categories(Shape shape) {
    int count = 1 + random.nextInt(random.nextBoolean() ? 3 : 30);
    return IntStream.generate(() -> random.nextInt(shape.maxCategory))
        .limit(count)
        .sorted()
        .distinct()
        .toArray();
  }

  /**
   * Returns rows whose slots are at thresholds, one ulp next to them, far from them, or missing.
   */
  public float[] rows(Forest forest, int rows) {
    float[][] known = new float[forest.width][];
    List<List<Float>> found = new ArrayList<>();
    for (int feature = 0; feature < forest.width; feature++) {
      found.add(new ArrayList<>(List.of(0f)));
    }

    for (Tree tree : forest.trees) {
      for (int node : tree.breadthFirst()) {
        if (tree.isLeaf(node)) {
          continue;
        }

        List<Float> values = found.get(tree.feature[node]);
        if (tree.isCategorical(node)) {
          int[] listed = tree.categories[node];
          values.add((float) listed[random.nextInt(listed.length)]);
        } else {
          values.add(tree.value[node]);
        }
      }
    }

    for (int feature = 0; feature < known.length; feature++) {
      known[feature] = new float[found.get(feature).size()];
      for (int at = 0; at < known[feature].length; at++) {
        known[feature][at] = found.get(feature).get(at);
      }
    }

    float[] slots = new float[rows * forest.width];
    for (int at = 0; at < slots.length; at++) {
      slots[at] = slot(known[at % forest.width]);
    }

    return slots;
  }

  private float slot(float[] known) {
    float value = known[random.nextInt(known.length)];
    return switch (random.nextInt(10)) {
      case 0 -> Float.NaN;
      case 1, 2, 3 -> value;
      case 4 -> Math.nextUp(value);
      case 5 -> Math.nextDown(value);
      case 6 -> value + 0.5f;
      case 7 -> SPECIAL[random.nextInt(SPECIAL.length)];
      case 8 -> random.nextInt(300) - 3;
      default -> (float) random.nextGaussian() * 3;
    };
  }
}
