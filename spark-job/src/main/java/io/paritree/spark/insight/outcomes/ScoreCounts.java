package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.paritree.spark.report.RefusedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * How many scores there are, with labels or without.
 *
 * @param groups the number of scores, by what rows have in common
 * @param bins the same of each group and bin, in the order of the bins
 * @param bits so many upper bits of a score say its bin, at most {@link ScoreBins#BITS}
 * @param numbers the groups by the numbers that their rows have ({@link RowGroup#number})
 * @param labels what the labels mean that were stored with the scores
 * @param least score; NaN if one is no number
 * @param most the highest score; NaN if one is no number
 * @param absent rows without a score, which are in no group
 * @param areAll whether these are all groups; otherwise there are too many
 */
record ScoreCounts(
    Map<RowGroup, Long> groups,
    List<Bin> bins,
    int bits,
    Map<Long, RowGroup> numbers,
    StoredLabels labels,
    double least,
    double most,
    long absent,
    boolean areAll) {
  /** Values of a column of {@code --by}. */
  private static final int MOST_SEGMENTS = 1_000;

  /** So many fit into the heap. */
  private static final int MOST_GROUPS = 50_000;

  private static final String BIN = "bin";
  private static final String ROWS = "rows";
  private static final String LEAST = "least";
  private static final String LARGEST = "largest";

  /**
   * Scores of a group.
   *
   * @param number of the group
   * @param bin as {@link ScoreBins} has it, or of wider ones the first of those
   */
  record Bin(long number, int bin, long rows) {}

  /** Counts the scores. */
  static ScoreCounts of(OutcomeQuery query, PublishedScores scores) {
    int levels = scores.levels().size();
    int segments = query.by().size();
    String[] names = RowGroup.names(levels, segments);
    List<Column> columns = new ArrayList<>();
    Stream.of(names).map(name -> PublishedScores.text(col(name))).forEach(columns::add);
    columns.add(RowGroup.number(levels, segments));
    Stream.of(BIN, ROWS, LEAST, LARGEST).map(functions::col).forEach(columns::add);
    // Spark's rows in turn: they may be more than fit into the heap
    Iterator<Row> rows =
        binned(scores, names).select(columns.toArray(Column[]::new)).toLocalIterator();
    ScoreTally tally = new ScoreTally(MOST_GROUPS);
    int at = RowGroup.width(levels, segments);
    while (rows.hasNext() && tally.hasAllGroups()) {
      Row row = rows.next();
      if (row.isNullAt(at + 1)) {
        tally.addAbsent(row.getLong(at + 2));
      } else {
        tally.add(
            RowGroup.of(row, levels, segments),
            new Bin(row.getLong(at), row.getInt(at + 1), row.getLong(at + 2)),
            row.getDouble(at + 3),
            row.getDouble(at + 4));
      }
    }

    return tally.counts();
  }

  private static Dataset<Row> binned(PublishedScores scores, String[] names) {
    Column score = col(PublishedScores.SCORE);
    Column[] keys = // by a null Spark groups rows at half the speed
        Stream.concat(
                Stream.of(names).filter(name -> !scores.absent().contains(name)), Stream.of(BIN))
            .map(functions::col)
            .toArray(Column[]::new);
    Dataset<Row> binned =
        scores
            .rows()
            .withColumn(BIN, ScoreBins.bin(PublishedScores.SCORE))
            .groupBy(keys)
            .agg(count(lit(1)).as(ROWS), min(score).as(LEAST), max(score).as(LARGEST));
    for (String name : scores.absent()) {
      binned = binned.withColumn(name, PublishedScores.nothing());
    }

    return binned;
  }

  /** Returns the number of scores. */
  long rows() {
    return groups.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Checks the scores.
   *
   * @throws RefusedException if they cannot be measured
   */
  void check(OutcomeQuery query, OutcomeText outcomes) throws RefusedException {
    String name = query.published().name();
    if (groups.isEmpty()) {
      throw new RefusedException("Cannot measure %s: it has no score".formatted(name));
    } else if (!Double.isFinite(least) || !Double.isFinite(most)) {
      throw new RefusedException(
          "Cannot measure %s: it has scores that are no finite numbers".formatted(name));
    } else if (outcomes.areProbabilities() && (least < 0 || most > 1)) {
      throw new RefusedException(
          "Cannot measure %s: its scores are no probabilities, 0 to 1, as those of a model of two classes are; of several classes, give the scores of one by --score and --positive"
              .formatted(name));
    }

    for (int index = 0; index < query.by().size(); index++) {
      Set<String> values = new HashSet<>();
      for (RowGroup group : groups.keySet()) {
        values.add(group.segments().get(index));
      }

      if (values.size() > MOST_SEGMENTS) {
        throw new RefusedException(
            "Cannot measure %s by '%s': it has more than %s values; give a column with fewer"
                .formatted(name, query.by().get(index), MOST_SEGMENTS));
      }
    }

    if (!areAll) {
      throw tooMany(query, MOST_GROUPS);
    }
  }

  /** Returns the refusal of more groups of rows than can be measured. */
  static RefusedException tooMany(OutcomeQuery query, long most) {
    return new RefusedException(
        "Cannot measure %s: it has more than %s groups of rows by partition, version, label and values of --by; measure fewer days at once, by --from and --to, or by fewer columns"
            .formatted(query.published().name(), most));
  }
}
