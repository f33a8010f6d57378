package io.paritree.spark.insight.outcomes;

import io.paritree.output.PartitionValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Rows that are measured together.
 *
 * @param name as rules and reports have it: {@code total}, a version, or {@code column=value}, of a
 *     null as a partition's directory has it
 */
record Slice(Kind kind, String name) implements Comparable<Slice> {
  static final Slice TOTAL = new Slice(Kind.TOTAL, "total");

  /** What the rows have in common. */
  enum Kind {
    TOTAL,
    VERSION,
    SEGMENT,
    PARTITION
  }

  /**
   * Returns the slices of a group.
   *
   * @param levels the partition columns
   * @param by the columns of the segments
   */
  static List<Slice> of(RowGroup group, List<String> levels, List<String> by, boolean isMature) {
    List<Slice> slices = new ArrayList<>();
    slices.add(new Slice(Kind.PARTITION, path(levels, group.partition())));
    if (isMature) {
      slices.add(TOTAL);
      if (!group.version().isEmpty()) {
        slices.add(new Slice(Kind.VERSION, group.version()));
      }

      for (int index = 0; index < by.size(); index++) {
        slices.add(new Slice(Kind.SEGMENT, segment(by.get(index), group.segments().get(index))));
      }
    }

    return slices;
  }

  /** Returns the name of a segment; an empty text is not the null that it is in a path. */
  private static String segment(String column, String value) {
    String name = path(List.of(column), Collections.singletonList(value));
    return value != null && value.isEmpty()
        ? name.substring(0, name.length() - PartitionValue.HIVE_DEFAULT.length())
        : name;
  }

  private static String path(List<String> columns, List<String> values) {
    List<PartitionValue> path = new ArrayList<>();
    for (int level = 0; level < columns.size(); level++) {
      String value = values.get(level);
      path.add(new PartitionValue(columns.get(level), value == null ? "" : value));
    }

    return PartitionValue.path(path);
  }

  @Override
  public int compareTo(Slice other) {
    int order = kind.compareTo(other.kind);
    if (order != 0) {
      return order;
    }

    return kind == Kind.PARTITION
        ? PartitionValue.ORDER.compare(name, other.name)
        : name.compareTo(other.name);
  }
}
