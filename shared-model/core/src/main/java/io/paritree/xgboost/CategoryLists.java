package io.paritree.xgboost;

import io.paritree.CorruptModelException;
import io.paritree.forest.Tree;
import java.util.Arrays;
import java.util.function.Function;

/**
 * The arrays of a tree object that say which categories its nodes split on.
 *
 * <p>The split type says whether a node is numeric or categorical. The categories of a node are a
 * section of one array that all nodes share.
 */
final class CategoryLists {
  private final ModelDocument document;
  private final Function<String, CorruptModelException> corrupt;
  private byte[] splitType;
  private int[] listing;
  private int[] segments;
  private int[] sizes;
  private int[] values;
  private long bits;

  /**
   * @param corrupt makes the exception; its argument is the reason
   */
  CategoryLists(ModelDocument document, Function<String, CorruptModelException> corrupt) {
    this.document = document;
    this.corrupt = corrupt;
  }

  /** Reads the value of a key if the key names one of the arrays; returns whether it does. */
  boolean read(String key) throws CorruptModelException {
    switch (key) {
      case "split_type" -> splitType = document.bytes();
      case "categories_nodes" -> listing = document.ints();
      case "categories_segments" -> segments = document.ints();
      case "categories_sizes" -> sizes = document.ints();
      case "categories" -> values = document.ints();
      default -> {
        return false;
      }
    }

    return true;
  }

  /** Returns whether the nodes have split types. */
  boolean isThere() {
    return splitType != null;
  }

  /** Returns the name of the first array that is missing; null if none is. */
  String missing() {
    if (splitType == null) {
      return "split_type";
    } else if (listing == null) {
      return "categories_nodes";
    } else if (segments == null) {
      return "categories_segments";
    } else if (sizes == null) {
      return "categories_sizes";
    }

    return values == null ? "categories" : null;
  }

  /**
   * Returns the total bits of the sets that libxgboost makes of the lists; known after {@link
   * #byNode}.
   */
  long bits() {
    return bits;
  }

  /**
   * Returns the categories that go right at each node, ascending and each once; null at a node that
   * does not split on categories, and null as a whole if no node has a list.
   *
   * @param nodes number of nodes of the tree
   * @param left the left child of each node; -1 at a leaf
   */
  int[][] byNode(int nodes, int[] left) throws CorruptModelException {
    int[] known = orNone(values);
    for (int category : known) {
      if (category < 0 || category >= Tree.MAX_CATEGORIES) {
        throw corrupt.apply(
            "it lists category %s, expected codes from 0 to %s"
                .formatted(category, Tree.MAX_CATEGORIES - 1));
      }
    }

    if (splitType == null) {
      if (known.length > 0 || orNone(listing).length > 0) {
        throw corrupt.apply(
            "it lists categories of nodes, but has no split_type, which says which nodes split on"
                + " categories");
      }

      return null;
    }

    if (splitType.length != nodes) {
      throw corrupt.apply(
          "it has %s split_type, but num_nodes is %s".formatted(splitType.length, nodes));
    }

    int[] owners = orNone(listing);
    int[] begins = orNone(segments);
    int[] counts = orNone(sizes);
    if (owners.length != begins.length || owners.length != counts.length) {
      throw corrupt.apply(
          "it has %s categories_nodes, %s categories_segments and %s categories_sizes"
              .formatted(owners.length, begins.length, counts.length));
    }

    int[][] byNode = null;
    long listed = 0;
    int before = -1;
    for (int at = 0; at < owners.length; at++) {
      listed += Math.max(0, Math.min(known.length, counts[at]));
      if (listed > known.length) {
        throw corrupt.apply(
            "its nodes list more categories than the tree has, %s".formatted(known.length));
      }

      int node = owners[at];
      if (node < 0 || node >= nodes) {
        throw corrupt.apply(
            "categories_nodes holds node %s, but there are %s nodes".formatted(node, nodes));
      }

      if (node <= before) {
        throw corrupt.apply(
            "categories_nodes holds node %s after node %s, expected ascending nodes"
                .formatted(node, before));
      }

      before = node;
      byNode = byNode == null ? new int[nodes][] : byNode;
      byNode[node] = categories(known, node, begins[at], counts[at]);
      bits += byNode[node][byNode[node].length - 1] + 1L;
    }

    return withoutNumericNodes(byNode, left);
  }

  private static int[] orNone(int[] array) {
    return array == null ? new int[0] : array;
  }

  private int[] categories(int[] known, int node, int begin, int size)
      throws CorruptModelException {
    if (begin < 0 || size <= 0 || size > known.length || begin > known.length - size) {
      throw corrupt.apply(
          "node %s has its categories at index %s, %s of them, but the tree has %s"
              .formatted(node, begin, size, known.length));
    }

    return Arrays.stream(known, begin, begin + size).sorted().distinct().toArray();
  }

  /** Checks the split types, and ignores the lists of categories of numeric nodes. */
  private int[][] withoutNumericNodes(int[][] byNode, int[] left) throws CorruptModelException {
    for (int node = 0; node < splitType.length; node++) {
      boolean isInner = node < left.length && left[node] != -1;
      if (splitType[node] < 0 || splitType[node] > 1) {
        throw corrupt.apply("node %s has the split type %s".formatted(node, splitType[node]));
      }

      if (splitType[node] == 0 && byNode != null) {
        byNode[node] = null;
      } else if (splitType[node] == 1 && isInner && (byNode == null || byNode[node] == null)) {
        throw corrupt.apply("node %s splits on categories, but lists none".formatted(node));
      }
    }

    return byNode;
  }
}
