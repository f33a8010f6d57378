package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * What rows have in common that are in the same slices.
 *
 * @param partition values of the partition columns, outermost first; null for a null
 * @param version of the model; empty if it is not stored
 * @param segments values of the columns whose values are segments; null for a null
 * @param scored the day on which a column of the rows says that they were scored; empty without one
 */
record RowGroup(List<String> partition, String version, List<String> segments, String scored)
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
          .thenComparing(RowGroup::scored, TEXT);

  RowGroup {
    partition = Collections.unmodifiableList(new ArrayList<>(partition));
    segments = Collections.unmodifiableList(new ArrayList<>(segments));
  }

  /** Returns the columns that {@link #of} reads. */
  static List<Column> columns(int segments) {
    List<Column> columns = new ArrayList<>();
    columns.add(col(PublishedScores.PARTITION));
    columns.add(col(PublishedScores.VERSION));
    for (int index = 0; index < segments; index++) {
      columns.add(col(PublishedScores.by(index)));
    }

    columns.add(col(PublishedScores.SCORED));
    return columns;
  }

  static RowGroup of(Row row, int segments) {
    List<String> values = new ArrayList<>();
    for (int index = 0; index < segments; index++) {
      values.add(row.getAs(PublishedScores.by(index)));
    }

    String version = row.getAs(PublishedScores.VERSION);
    String scored = row.getAs(PublishedScores.SCORED);
    return new RowGroup(
        row.getList(row.fieldIndex(PublishedScores.PARTITION)),
        version == null ? "" : version,
        values,
        scored == null ? "" : scored);
  }

  @Override
  public int compareTo(RowGroup other) {
    return ORDER.compare(this, other);
  }
}
