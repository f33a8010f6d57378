package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * What rows have in common that are in the same slices.
 *
 * @param partition values of the partition columns, outermost first; null for a null
 * @param version of the model; empty if it is not stored
 * @param segments values of the columns whose values are segments; null for a null
 * @param scored the day on which a column of the rows says that they were scored; empty without one
 * @param label that was stored with the scores; null if none was
 */
record RowGroup(
    List<String> partition, String version, List<String> segments, String scored, String label)
    implements Comparable<RowGroup> {
  private static final Comparator<String> TEXT = Comparator.nullsFirst(Comparator.naturalOrder());
  private static final Comparator<List<String>> TEXTS =
      (one, other) -> {
        for (int index = 0; index < Math.min(one.size(), other.size()); index++) {
          int order = TEXT.compare(one.get(index), other.get(index));
          if (order != 0) {
            return order;
          }
        }

        return one.size() - other.size();
      };
  private static final Comparator<RowGroup> ORDER =
      Comparator.comparing(RowGroup::partition, TEXTS)
          .thenComparing(RowGroup::version, TEXT)
          .thenComparing(RowGroup::segments, TEXTS)
          .thenComparing(RowGroup::scored, TEXT)
          .thenComparing(RowGroup::label, TEXT);

  RowGroup {
    partition = Collections.unmodifiableList(new ArrayList<>(partition));
    segments = Collections.unmodifiableList(new ArrayList<>(segments));
  }

  /**
   * Returns the names of the columns that {@link #of} reads.
   *
   * @param levels number of partition columns
   * @param segments number of columns whose values are segments
   */
  static String[] names(int levels, int segments) {
    List<String> names = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      names.add(PublishedScores.level(level));
    }

    names.add(PublishedScores.VERSION);
    for (int index = 0; index < segments; index++) {
      names.add(PublishedScores.by(index));
    }

    names.add(PublishedScores.SCORED);
    names.add(PublishedScores.LABEL);
    return names.toArray(String[]::new);
  }

  /** The column of {@link #number}. */
  static final String NUMBER = "group";

  /** Returns a number that only the rows of one group have: a hash of its columns. */
  static Column number(int levels, int segments) {
    return xxhash64(
        Stream.of(names(levels, segments))
            .flatMap(name -> Stream.of(col(name), col(name).isNull()))
            .toArray(Column[]::new));
  }

  /** Returns the number of the columns that {@link #of} reads. */
  static int width(int levels, int segments) {
    return levels + segments + 3;
  }

  /** Reads a row whose first columns are {@link #names}. */
  static RowGroup of(Row row, int levels, int segments) {
    List<String> partition = new ArrayList<>(levels);
    for (int level = 0; level < levels; level++) {
      partition.add(row.getString(level));
    }

    String version = row.getString(levels);
    List<String> values = new ArrayList<>(segments);
    for (int index = 0; index < segments; index++) {
      values.add(row.getString(levels + 1 + index));
    }

    String scored = row.getString(levels + 1 + segments);
    return new RowGroup(
        partition,
        version == null ? "" : version,
        values,
        scored == null ? "" : scored,
        row.getString(levels + 2 + segments));
  }

  @Override
  public int compareTo(RowGroup other) {
    return ORDER.compare(this, other);
  }
}
