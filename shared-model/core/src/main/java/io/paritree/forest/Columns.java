package io.paritree.forest;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The features that the splits of a forest test: features with thresholds, and features with sets
 * of categories. A feature can be both.
 *
 * <p>Immutable and thread-safe once built.
 */
final class Columns {
  /** Bytes that the bits of category sets may take per category that a split lists. */
  private static final long MAX_BYTES_PER_LISTED = 64;

  private static final long SMALL_BYTES = 1 << 20;

  /** Features with thresholds, ascending. */
  final int[] numeric;

  /** Features with sets of categories, ascending. */
  final int[] categorical;

  /** The sets of each categorical feature. */
  final CategorySets[] sets;

  private final List<Map<IntBuffer, Integer>> setIds;

  private Columns(
      SortedSet<Integer> numericFeatures,
      SortedMap<Integer, Map<IntBuffer, Integer>> setsOfFeature,
      CategorySets[] sets) {
    this.numeric = numericFeatures.stream().mapToInt(feature -> feature).toArray();
    this.categorical = setsOfFeature.keySet().stream().mapToInt(feature -> feature).toArray();
    this.sets = sets;
    this.setIds = List.copyOf(setsOfFeature.values());
  }

  /** Returns the columns of a forest; empty if its category sets would take too much memory. */
  static Optional<Columns> of(Forest forest) {
    SortedSet<Integer> numericFeatures = new TreeSet<>();
    SortedMap<Integer, Map<IntBuffer, Integer>> setsOfFeature = new TreeMap<>();
    long listed = 0;
    for (Tree tree : forest.trees) {
      for (int node : tree.splits()) {
        int feature = tree.feature[node];
        if (!tree.isCategorical(node)) {
          numericFeatures.add(feature);
          continue;
        }

        listed += tree.categories[node].length;
        Map<IntBuffer, Integer> ids =
            setsOfFeature.computeIfAbsent(feature, unused -> new HashMap<>());
        ids.putIfAbsent(IntBuffer.wrap(tree.categories[node]), ids.size());
      }
    }

    long allowed = Math.max(SMALL_BYTES, MAX_BYTES_PER_LISTED * listed);
    List<CategorySets> sets = new ArrayList<>();
    for (Map<IntBuffer, Integer> ids : setsOfFeature.values()) {
      int[][] byId = new int[ids.size()][];
      ids.forEach((list, id) -> byId[id] = list.array());
      allowed -= CategorySets.bytes(List.of(byId));
      if (allowed < 0) {
        return Optional.empty();
      }

      sets.add(CategorySets.of(List.of(byId)));
    }

    return Optional.of(
        new Columns(numericFeatures, setsOfFeature, sets.toArray(new CategorySets[0])));
  }

  /** Returns the place of a feature in {@link #numeric}. */
  int numericAt(int feature) {
    return Arrays.binarySearch(numeric, feature);
  }

  /** Returns the place of a feature in {@link #categorical}. */
  int categoricalAt(int feature) {
    return Arrays.binarySearch(categorical, feature);
  }

  /** Returns the number of a set among the sets of the categorical feature at a place. */
  int set(int at, int[] categories) {
    return setIds.get(at).get(IntBuffer.wrap(categories));
  }

  /** Returns the number of sets of the categorical feature at a place. */
  int setsAt(int at) {
    return setIds.get(at).size();
  }
}
