package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;

import io.paritree.spark.ending.RefusedException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

  /** So many bins fit into the heap; where there are more, wider ones are counted. */
  private static final int MOST_BINS = 1_000_000;

  private static final String BIN = "bin";
  private static final String ROWS = "rows";
  private static final String KNOWN = "known";
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
    Column[] columns = Stream.of(names).map(functions::col).toArray(Column[]::new);
    Dataset<Row> binned =
        binned(scores, names)
            .withColumn(RowGroup.NUMBER, RowGroup.number(levels, segments))
            .persist();
    try {
      return of(binned, columns, levels, segments);
    } finally {
      binned.unpersist();
    }
  }

  private static Dataset<Row> binned(PublishedScores scores, String[] names) {
    Column score = col(PublishedScores.SCORE);
    Column[] present = // by a null Spark groups rows at half the speed
        Stream.of(names)
            .filter(name -> !scores.absent().contains(name))
            .map(functions::col)
            .toArray(Column[]::new);
    Dataset<Row> binned =
        scores
            .rows()
            .withColumn(BIN, ScoreBins.bin(PublishedScores.SCORE))
            .groupBy(and(present, col(BIN)))
            .agg(
                count(lit(1)).as(ROWS),
                count(score).as(KNOWN),
                min(score).as(LEAST),
                max(score).as(LARGEST));
    for (String name : scores.absent()) {
      binned = binned.withColumn(name, PublishedScores.nothing());
    }

    return binned;
  }

  private static Column[] and(Column[] columns, Column other) {
    return Stream.concat(Stream.of(columns), Stream.of(other)).toArray(Column[]::new);
  }

  private static ScoreCounts of(Dataset<Row> binned, Column[] columns, int levels, int segments) {
    List<Row> counted =
        binned
            .groupBy(and(columns, col(RowGroup.NUMBER)))
            .agg(sum(col(ROWS)), sum(col(KNOWN)), min(col(LEAST)), max(col(LARGEST)))
            .select(
                Stream.concat(Stream.of(columns).map(PublishedScores::text), Stream.of(col("*")))
                    .toArray(Column[]::new))
            .takeAsList(MOST_GROUPS + 1);
    Map<RowGroup, Long> groups = new TreeMap<>();
    Map<Long, RowGroup> numbers = new HashMap<>();
    StoredLabels.Highest highest = new StoredLabels.Highest();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    long absent = 0;
    int at = 2 * RowGroup.width(levels, segments) + 1;
    for (Row row : counted) {
      long known = row.getLong(at + 1);
      absent += row.getLong(at) - known;
      if (known == 0) {
        continue;
      }

      RowGroup group = RowGroup.of(row, levels, segments);
      RowGroup before = numbers.put(row.getLong(at - 1), group);
      if (before != null && !before.equals(group)) {
        throw new IllegalStateException(
            "Cannot distinguish rows of %s from rows of %s: both have the number %s"
                .formatted(before, group, row.getLong(at - 1)));
      }

      groups.merge(group, known, Long::sum);
      least = Math.min(least, row.getDouble(at + 2));
      most = Math.max(most, row.getDouble(at + 3));
      if (group.label() != null) {
        highest.add(group.version(), group.label(), row.getDouble(at + 3));
      }
    }

    boolean areAll = counted.size() <= MOST_GROUPS;
    int bits = ScoreBins.BITS;
    Dataset<Row> fewer = binned.filter(col(KNOWN).gt(0));
    List<Row> bins = areAll ? bins(fewer, bits) : List.of();
    while (bins.size() > MOST_BINS) {
      bits -= 2;
      bins = bins(fewer, bits);
    }

    return new ScoreCounts(
        groups,
        bins.stream()
            .map(row -> new Bin(row.getLong(0), row.getInt(1), row.getLong(2)))
            .sorted(Comparator.comparingInt(Bin::bin))
            .toList(),
        bits,
        numbers,
        highest.labels(),
        least,
        most,
        absent,
        areAll);
  }

  private static List<Row> bins(Dataset<Row> binned, int bits) {
    return binned
        .groupBy(col(RowGroup.NUMBER), ScoreBins.wider(col(BIN), bits))
        .agg(sum(col(KNOWN)))
        .takeAsList(MOST_BINS + 1);
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
