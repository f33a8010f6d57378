package io.paritree.spark.insight.outcomes;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What labels mean that were stored with scores.
 *
 * @param positives whether a label is the positive one, of the labels of which that is known
 */
record StoredLabels(Map<String, Boolean> positives) implements Serializable {
  /** Texts that mean the same everywhere. */
  static final Map<String, Boolean> WORDS =
      Map.of("true", true, "1", true, "false", false, "0", false);

  /** The highest score of each label of each version, while scores are read. */
  static final class Highest {
    private final Map<String, Map<String, Double>> versions = new HashMap<>();

    void add(String version, String label, double score) {
      versions.computeIfAbsent(version, any -> new HashMap<>()).merge(label, score, Math::max);
    }

    /**
     * Returns which labels are positive: of the two of a version, the one of higher scores. A
     * version with one label only says nothing of it.
     */
    StoredLabels labels() {
      Map<String, Boolean> positives = new TreeMap<>();
      for (Map<String, Double> labels : versions.values()) {
        if (labels.size() == 2) {
          List<String> names = List.copyOf(new TreeSet<>(labels.keySet()));
          boolean isFirst = labels.get(names.get(0)) > labels.get(names.get(1));
          positives.put(names.get(0), isFirst);
          positives.put(names.get(1), !isFirst);
        }
      }

      return new StoredLabels(positives);
    }
  }

  /**
   * Returns what a label says as an outcome: 1 or 0, or NaN if it is not known.
   *
   * @param label null without one
   * @param positive the positive one; empty if it is not given
   */
  double outcome(String label, String positive) {
    if (label == null) {
      return Double.NaN;
    }

    Boolean known = WORDS.get(label.toLowerCase(Locale.ROOT));
    if (!positive.isEmpty()) {
      known = label.equals(positive);
    } else if (positives.containsKey(label)) {
      known = positives.get(label);
    }

    if (known == null) {
      return Double.NaN;
    }

    return known ? 1 : 0;
  }
}
