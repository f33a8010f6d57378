package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.paritree.Fault;
import io.paritree.spark.ending.RefusedException;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/**
 * What came, one row for each key: {@code key_0}, ..., {@link LabelRows#OUTCOME} (a double), {@link
 * LabelRows#TIME} (a day) and {@link LabelRows#WEIGHT}.
 *
 * @param cached is to be released after its last use
 * @param version of the table; empty for files
 * @param asOf the day of the newest label that counts; empty if labels have no time
 * @param read labels
 * @param unknown labels without a key, a value or a time, which are left out
 * @param repeated labels that a later one of the same key replaces
 * @param later labels from after the given last day, which are left out
 */
record LabelTable(
    Dataset<Row> rows,
    Dataset<Row> cached,
    String version,
    Optional<LocalDate> asOf,
    long read,
    long unknown,
    long repeated,
    long later) {
  private static final String LABELS = "labels";
  private static final String OTHER = "other";
  private static final String OTHER_WEIGHT = "other_weight";
  private static final String NEWEST = "newest";
  private static final int SHOWN = 3;

  /** A day beyond means that there is none, such as 9999-12-31. */
  private static final int LAST_YEAR = 2100;

  /** Weights whose squares, and sums of them, are normal numbers. */
  private static final double LEAST_WEIGHT = 1e-100;

  private static final double MOST_WEIGHT = 1e100;

  /**
   * Labels of so many bytes fit into the memory of the driver and of each executor, so that no
   * score needs to be moved: two million with one number as their key.
   */
  private static final long MOST_BROADCAST_BYTES = 112_000_000;

  private static final int NUMBER_BYTES = 8;
  private static final int TEXT_BYTES = 48;

  /**
   * Reads and checks the labels.
   *
   * @param scores give the types of the keys
   * @param outcomes how a label's text is read
   */
  static LabelTable of(
      SparkSession session, OutcomeQuery query, PublishedScores scores, OutcomeText outcomes)
      throws RefusedException, IOException {
    try {
      return read(session, query, scores, outcomes);
    } catch (Exception e) { // Spark throws checked ones undeclared
      Optional<RefusedException> unreadable = LabelRows.unreadable(session, query, e);
      if (unreadable.isPresent()) {
        throw unreadable.get();
      }

      throw e;
    }
  }

  private static LabelTable read(
      SparkSession session, OutcomeQuery query, PublishedScores scores, OutcomeText outcomes)
      throws RefusedException, IOException {
    LabelRows found = LabelRows.of(session, query, scores);
    boolean hasTime = !query.labels().time().isEmpty();
    Column isUnknown = isUnknown(query);
    Column isKnown = isUnknown.equalTo(false);
    Row totals =
        found
            .rows()
            .agg(
                count(lit(1)),
                sum(isUnknown.cast(DataTypes.LongType)),
                sum(isKnown.and(isWrongWeight()).cast(DataTypes.LongType)),
                PublishedScores.text(max(when(isKnown, day()))))
            .first();
    long read = totals.getLong(0);
    if (read == 0) {
      throw LabelRows.refused(query, "they have no row");
    } else if (totals.getLong(1) == read) {
      throw LabelRows.refused(
          query, "no row has a key, a label%s".formatted(hasTime ? " and a time" : ""));
    } else if (totals.getLong(2) > 0) {
      throw LabelRows.refused(
          query,
          "%s weights of the column '%s' are not finite numbers above 0, or not from %s to %s"
              .formatted(totals.getLong(2), query.labels().weight(), LEAST_WEIGHT, MOST_WEIGHT));
    }

    Optional<LocalDate> asOf =
        query
            .maturity()
            .asOf()
            .or(() -> Optional.ofNullable(totals.getString(3)).map(LocalDate::parse));
    if (asOf.isPresent() && asOf.get().getYear() > LAST_YEAR && query.maturity().asOf().isEmpty()) {
      throw LabelRows.refused(
          query,
          "the newest is of %s, which is no day on which it was known; give the last day by --as-of, and later ones are left out"
              .formatted(asOf.get()));
    }

    Dataset<Row> known = found.rows().filter(isKnown);
    long all = read - totals.getLong(1);
    long later = 0;
    if (hasTime && query.maturity().asOf().isPresent()) {
      Dataset<Row> kept = known.filter(day().leq(lit(asOf.get().toString()).cast("date")));
      later = all - kept.count();
      known = kept;
    }

    Dataset<Row> parsed = known.withColumn(LabelRows.OUTCOME, outcomes.parsed(query, known));
    long keys = known.select(keys(query)).distinct().count();
    boolean areRepeated = keys < all - later;
    Dataset<Row> latest = areRepeated ? latest(query, parsed) : parsed;
    Dataset<Row> rows =
        latest.select(
            and(
                keys(query),
                col(LabelRows.OUTCOME),
                day().as(LabelRows.TIME),
                col(LabelRows.WEIGHT)));
    return new LabelTable(
        keys * bytes(scores) > MOST_BROADCAST_BYTES ? rows : broadcast(rows),
        latest,
        found.version(),
        asOf,
        read,
        totals.getLong(1),
        all - later - keys,
        later);
  }

  /** Returns the number of keys with a label. */
  long keys() {
    return read - unknown - repeated - later;
  }

  /** Returns about how many bytes a label has: its key, and as much as a text for all else. */
  private static long bytes(PublishedScores scores) {
    long bytes = TEXT_BYTES;
    for (DataType key : scores.keyTypes()) {
      bytes +=
          key instanceof NumericType && key.defaultSize() <= NUMBER_BYTES
              ? NUMBER_BYTES
              : TEXT_BYTES;
    }

    return bytes;
  }

  private static Column isUnknown(OutcomeQuery query) {
    Column isUnknown = col(LabelRows.OUTCOME).isNull();
    for (int index = 0; index < query.keys().size(); index++) {
      isUnknown = isUnknown.or(col(PublishedScores.key(index)).isNull());
    }

    boolean hasTime = !query.labels().time().isEmpty();
    return hasTime ? isUnknown.or(col(LabelRows.TIME).isNull()) : isUnknown;
  }

  private static Column isWrongWeight() {
    Column weight = col(LabelRows.WEIGHT);
    return weight
        .isNull()
        .or(weight.lt(LEAST_WEIGHT))
        .or(weight.gt(MOST_WEIGHT)) // in Spark's order NaN is, too
        .or(weight.isNaN());
  }

  private static Column day() {
    return col(LabelRows.TIME).cast(DataTypes.DateType);
  }

  private static Column[] keys(OutcomeQuery query) {
    return Stream.of(PublishedScores.keys(query.keys().size()))
        .map(name -> col(name))
        .toArray(Column[]::new);
  }

  /**
   * Returns a row for each key, with its latest label, which is kept until it is released.
   *
   * @param parsed labels, some of which have the same key
   */
  private static Dataset<Row> latest(OutcomeQuery query, Dataset<Row> parsed)
      throws RefusedException {
    Column[] keys = keys(query);
    Column isRepeated = col(LABELS).gt(1);
    Dataset<Row> each = parsed.groupBy(keys).agg(count(lit(1)).as(LABELS), one()).persist();
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

    each.unpersist();
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
    return LabelRows.refused(query, why.formatted(SecretValues.shown(some.sparkSession(), keys)));
  }
}
