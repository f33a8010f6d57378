package io.paritree.spark.task;

import java.io.Serializable;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * How many quarantined rows have each kind of fault in each field, with an example.
 *
 * <p>Fields are columns of the model, so that there are never many kinds. Only the first kinds of a
 * task have an example, so that its result stays small. Not thread-safe.
 */
public final class FieldFaults implements Serializable {
  private static final int MAX_EXAMPLES = 200;

  private final TreeMap<String, TreeMap<String, Count>> byField = new TreeMap<>();
  private int examples;

  private static final class Count implements Serializable {
    private long rows;
    private String example = "";
  }

  /** Receives the rows with one kind of fault in one field. */
  public interface Visitor {
    /**
     * @param field empty for faults of whole rows
     * @param code of the fault
     * @param example what came and what was expected, in the first such row; empty if not kept
     */
    void found(String field, String code, long rows, String example);
  }

  /**
   * Counts a row that has a fault.
   *
   * @param example returns what came and what was expected; empty if it must not be shown
   */
  public void add(String field, String code, Supplier<String> example) {
    add(field, code, 1, example);
  }

  /** Adds another's counts, which come later in the input. */
  public void add(FieldFaults other) {
    other.forEach((field, code, rows, example) -> add(field, code, rows, () -> example));
  }

  private void add(String field, String code, long rows, Supplier<String> example) {
    Count count =
        byField
            .computeIfAbsent(field, name -> new TreeMap<>())
            .computeIfAbsent(code, name -> new Count());
    count.rows += rows;
    if (count.example.isEmpty() && examples < MAX_EXAMPLES) {
      count.example = example.get();
      examples += count.example.isEmpty() ? 0 : 1;
    }
  }

  /** Visits the kinds of faults, in the order of fields and codes. */
  public void forEach(Visitor visitor) {
    byField.forEach(
        (field, byCode) ->
            byCode.forEach((code, count) -> visitor.found(field, code, count.rows, count.example)));
  }
}
