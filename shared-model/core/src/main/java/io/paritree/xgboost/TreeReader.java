package io.paritree.xgboost;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.forest.Tree;

/**
 * Reads one tree object. Its keys may come in any order, so all arrays are read first and then
 * checked against each other.
 */
final class TreeReader {
  private static final int NOT_THERE = -1;

  private final ModelDocument document;
  private final int index;
  private final CategoryLists categories;

  private int nodes = NOT_THERE;
  private int leafSize = 1;
  private int[] left;
  private int[] right;
  private int[] feature;
  private float[] value;
  private byte[] missingGoesLeft;
  private int[] parents;
  private float[] baseWeights;
  private float[] leafWeights;
  private int changes = NOT_THERE;
  private float[] covers;

  /**
   * Creates a reader of the next tree.
   *
   * @param index the tree's number
   */
  TreeReader(ModelDocument document, int index) {
    this.document = document;
    this.index = index;
    this.categories = new CategoryLists(document, this::corrupt);
  }

  Tree read() throws CorruptModelException {
    readKeys();
    return tree();
  }

  private void readKeys() throws CorruptModelException {
    document.beginObject();
    for (String key = document.nextKey(); key != null; key = document.nextKey()) {
      switch (key) {
        case "id" -> checkId(document.integer());
        case "tree_param" -> readParameters();
        case "left_children" -> left = document.ints();
        case "right_children" -> right = document.ints();
        case "split_indices" -> feature = document.ints();
        case "split_conditions" -> value = document.floats();
        case "default_left" -> missingGoesLeft = document.bytes();
        case "base_weights" -> baseWeights = document.floats();
        case "leaf_weights" -> leafWeights = document.floats();
        case "parents" -> parents = document.ints();
        case "loss_changes" -> changes = document.count();
        case "sum_hessian" -> covers = document.floats();
        default -> {
          if (!categories.read(key)) {
            document.skip();
          }
        }
      }
    }

    checkSize("parents", parents == null ? NOT_THERE : parents.length);
    checkSize("loss_changes", changes);
    checkSize("sum_hessian", covers == null ? NOT_THERE : covers.length);
    if (leafSize == 1 && baseWeights != null) {
      checkSize("base_weights", baseWeights.length);
    }
  }

  private void checkId(long id) throws CorruptModelException {
    if (id != index) {
      throw corrupt("it says that its id is %s".formatted(id));
    }
  }

  private void readParameters() throws CorruptModelException {
    document.beginObject();
    for (String key = document.nextKey(); key != null; key = document.nextKey()) {
      switch (key) {
        case "num_nodes" -> nodes = Parameters.integer(document, key, 1);
        case "size_leaf_vector" -> leafSize = Math.max(1, Parameters.integer(document, key, 0));
        default -> document.skip();
      }
    }
  }

  /** libxgboost reads {@code num_nodes} elements of these arrays, so a shorter one is dangerous. */
  private void checkSize(String what, int size) throws CorruptModelException {
    if (size != NOT_THERE && nodes != NOT_THERE && size != nodes) {
      throw corrupt("it has %s %s, but num_nodes is %s".formatted(size, what, nodes));
    }
  }

  private CorruptModelException corrupt(String what) {
    return document.corrupt("tree %s: %s".formatted(index, what));
  }

  private Tree tree() throws CorruptModelException {
    if (nodes == NOT_THERE
        || left == null
        || right == null
        || feature == null
        || value == null
        || missingGoesLeft == null) {
      throw corrupt(
          "one of tree_param.num_nodes, left_children, right_children, split_indices,"
              + " split_conditions, default_left is missing");
    }

    checkSize("left_children", left.length);
    checkParents();
    int[][] listed = categories.byNode(nodes, left);
    boolean[] defaults = defaults();

    try {
      if (leafSize == 1) {
        return new Tree(left, right, feature, value, defaults, listed, null, 1, covers);
      }

      return new Tree(
          left, right(), feature, value, defaults, listed, leafVectors(), leafSize, covers);
    } catch (IllegalArgumentException e) {
      throw corrupt(Fault.printable(e.getMessage(), 300));
    }
  }

  /** libxgboost reads the parent of every node except the root, also of unreachable nodes. */
  private void checkParents() throws CorruptModelException {
    for (int node = 1; parents != null && node < parents.length; node++) {
      if (parents[node] < 0 || parents[node] >= nodes) {
        throw corrupt(
            "node %s has the parent %s, but there are %s nodes"
                .formatted(node, parents[node], nodes));
      }
    }
  }

  private boolean[] defaults() throws CorruptModelException {
    boolean[] defaults = new boolean[missingGoesLeft.length];
    for (int node = 0; node < defaults.length; node++) {
      if (missingGoesLeft[node] != 0 && missingGoesLeft[node] != 1) {
        throw corrupt(
            "node %s has the default_left %s, expected 0 or 1"
                .formatted(node, missingGoesLeft[node]));
      }

      defaults[node] = missingGoesLeft[node] == 1;
    }

    return defaults;
  }

  /**
   * Returns the first missing array that only libxgboost needs to score this tree; null if none is
   * missing. If some of them are missing, libxgboost reads through a null pointer.
   */
  String missingForNative() {
    if (parents == null) {
      return "parents";
    } else if (baseWeights == null) {
      return "base_weights";
    } else if (changes == NOT_THERE) {
      return "loss_changes";
    } else if (covers == null) {
      return "sum_hessian";
    }

    return leafSize > 1 || categories.isThere() ? categories.missing() : null;
  }

  /** Returns the total bits of the sets that libxgboost makes of the lists of categories. */
  long categoryBits() {
    return categories.bits();
  }

  /** Returns whether each node has a row of leaf weights, as in files of XGBoost 2.0 to 3.1. */
  boolean hasVectorsByNode() {
    return leafSize > 1 && leafWeights == null;
  }

  private float[] leafVectors() throws CorruptModelException {
    float[] vectors = hasVectorsByNode() ? baseWeights : leafWeights;
    if (vectors == null) {
      throw corrupt("its leaves are vectors, but there is neither leaf_weights nor base_weights");
    }

    if (hasVectorsByNode() && vectors.length != (long) nodes * leafSize) {
      throw corrupt(
          "it has %s base_weights, expected %s nodes * %s outputs"
              .formatted(vectors.length, nodes, leafSize));
    }

    return vectors;
  }

  private int[] right() {
    if (!hasVectorsByNode()) {
      return right;
    }

    int[] rows = right.clone();
    for (int node = 0; node < Math.min(rows.length, left.length); node++) {
      rows[node] = left[node] == -1 ? node : right[node];
    }

    return rows;
  }
}
