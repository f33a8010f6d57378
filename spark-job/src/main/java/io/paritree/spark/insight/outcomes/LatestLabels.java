package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.paritree.Fault;
import io.paritree.spark.report.RefusedException;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The label of each key that counts, where keys have several: the latest one. */
final class LatestLabels {
  private static final String LABELS = "labels";
  private static final String OTHER = "other";
  private static final String OTHER_WEIGHT = "other_weight";
  private static final String NEWEST = "newest";
  private static final int SHOWN = 3;

  private LatestLabels() {}

  /**
   * Returns a row for each key, with its latest label.
   *
   * @param parsed labels, some of which have the same key
   * @param kept receives what is to be released after the last use
   */
  static Dataset<Row> of(OutcomeQuery query, Dataset<Row> parsed, List<Dataset<Row>> kept)
      throws RefusedException {
    Column[] keys = LabelTable.keys(query);
    Column isRepeated = col(LABELS).gt(1);
    Dataset<Row> each = parsed.groupBy(keys).agg(count(lit(1)).as(LABELS), one()).persist();
    kept.add(each);
    Dataset<Row> repeated = each.filter(isRepeated);
    if (query.labels().time().isEmpty()) {
      throw refused(
          query,
          "keys have several labels, such as %s; give the column that says when each was known by --label-time, and the latest one counts",
          repeated);
    }

    Dataset<Row> newest = repeated.select(and(keys, col(LabelRows.TIME).as(NEWEST), col(LABELS)));
    Dataset<Row> last =
        parsed
            .join(newest, PublishedScores.keys(keys.length), "inner")
            .filter(col(LabelRows.TIME).equalTo(col(NEWEST)))
            .groupBy(keys)
            .agg(max(col(LABELS)).as(LABELS), one());
    Dataset<Row> latest = each.filter(col(LABELS).equalTo(1)).unionByName(last).persist();
    kept.add(latest);
    Dataset<Row> unclear =
        latest.filter(
            isRepeated.and(
                col(LabelRows.OUTCOME)
                    .notEqual(col(OTHER))
                    .or(col(LabelRows.WEIGHT).notEqual(col(OTHER_WEIGHT)))));
    if (!unclear.isEmpty()) {
      throw refused(
          query, "keys have different labels or weights of the same time, such as %s", unclear);
    }

    return latest;
  }

  /**
   * Returns the largest of each value, and the least that count, of labels that should be alike.
   */
  private static Column[] one() {
    return new Column[] {
      max(col(LabelRows.OUTCOME)).as(LabelRows.OUTCOME),
      max(col(LabelRows.TIME)).as(LabelRows.TIME),
      max(col(LabelRows.WEIGHT)).as(LabelRows.WEIGHT),
      min(col(LabelRows.OUTCOME)).as(OTHER),
      min(col(LabelRows.WEIGHT)).as(OTHER_WEIGHT)
    };
  }

  private static Column[] and(Column[] keys, Column... others) {
    return Stream.concat(Stream.of(keys), Stream.of(others)).toArray(Column[]::new);
  }

  /** Refuses labels because of some keys. */
  private static RefusedException refused(OutcomeQuery query, String why, Dataset<Row> some) {
    String keys =
        some.takeAsList(SHOWN).stream()
            .map(
                row ->
                    IntStream.range(0, query.keys().size())
                        .mapToObj(index -> Fault.printable(String.valueOf(row.get(index))))
                        .collect(Collectors.joining(", ")))
            .collect(Collectors.toCollection(TreeSet::new))
            .stream()
            .collect(Collectors.joining("; "));
    return LabelRows.refused(query, why.formatted(keys));
  }
}
