package io.paritree.spark.task;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * An example of each kind of fault in each field.
 *
 * <p>Only the first kinds of a task have one, so that its result stays small. Not thread-safe.
 */
public final class FaultExamples implements Serializable {
  private static final int MOST = 200;

  private final TreeMap<String, TreeMap<String, String>> byField = new TreeMap<>();
  private int kept;

  /**
   * Adds a fault, of which there may be an example already.
   *
   * @param field empty for faults of whole rows
   * @param example returns what came and what was expected; empty if it must not be shown
   */
  public void add(String field, String code, Supplier<String> example) {
    Map<String, String> byCode = byField.computeIfAbsent(field, name -> new TreeMap<>());
    if (kept < MOST && !byCode.containsKey(code)) {
      String first = example.get();
      if (!first.isEmpty()) {
        byCode.put(code, first);
        kept++;
      }
    }
  }

  /** Adds another's examples, which come later in the input. */
  void add(FaultExamples other) {
    other.byField.forEach(
        (field, byCode) -> byCode.forEach((code, example) -> add(field, code, () -> example)));
  }

  /** Returns what came and what was expected, in the first such row; empty if not kept. */
  public String of(String field, String code) {
    return byField.getOrDefault(field, new TreeMap<>()).getOrDefault(code, "");
  }
}
