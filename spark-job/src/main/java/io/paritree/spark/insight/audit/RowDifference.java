package io.paritree.spark.insight.audit;

import io.paritree.Fault;
import java.io.Serializable;

/**
 * How a published row differs from what its record gives.
 *
 * @param key of the row, as {@code column=value, ...}
 * @param column that differs; empty if one of the rows is not there
 * @param published its value
 * @param again the value that another engine gives
 */
record RowDifference(String key, String column, String published, String again)
    implements Comparable<RowDifference>, Serializable {
  RowDifference {
    key = Fault.printable(key);
    published = Fault.printable(published);
    again = Fault.printable(again);
  }

  String text() {
    return column.isEmpty()
        ? "%s: %s is published, %s scored again".formatted(key, published, again)
        : "%s: %s %s is published, %s scored again".formatted(key, column, published, again);
  }

  @Override
  public int compareTo(RowDifference other) {
    int order = key.compareTo(other.key);
    return order == 0 ? column.compareTo(other.column) : order;
  }
}
