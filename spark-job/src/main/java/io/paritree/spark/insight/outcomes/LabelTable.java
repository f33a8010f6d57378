package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.udaf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.paritree.outcome.OutcomeKind;
import io.paritree.spark.report.RefusedException;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/**
 * What came, one row for each key: {@code key_0}, ..., {@link LabelRows#OUTCOME} (a double), {@link
 * LabelRows#TIME} (a day) and {@link LabelRows#WEIGHT}.
 *
 * @param kept is to be released after its last use
 * @param version of the table; empty for files
 * @param asOf the day of the newest label that counts; empty if labels have no time
 * @param read labels
 * @param unknown labels without a key, a value or a time, which are left out
 * @param repeated labels that a later one of the same key replaces
 * @param later labels from after the given last day, which are left out
 * @param centre of values, the mean outcome
 */
record LabelTable(
    Dataset<Row> rows,
    List<Dataset<Row>> kept,
    String version,
    Optional<LocalDate> asOf,
    long read,
    long unknown,
    long repeated,
    long later,
    double centre)
    implements AutoCloseable {
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

  private static final int MOST_HASHES = 2_000_000;
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
    Column isLater =
        query.maturity().asOf().isPresent() && !query.labels().time().isEmpty()
            ? day().gt(lit(query.maturity().asOf().get().toString()).cast("date"))
            : lit(false);
    UserDefinedFunction areDifferent = udaf(new DifferentNumbers(MOST_HASHES), Encoders.LONG());
    Row totals =
        found
            .rows()
            .agg(
                count(lit(1)),
                count(when(isKnown(query), 1)),
                count(when(isKnown(query).and(not(isRightWeight())), 1)),
                count(when(isKnown(query).and(isLater), 1)),
                max(when(isKnown(query), day())).cast(DataTypes.StringType),
                areDifferent.apply(when(isKnown(query).and(not(isLater)), xxhash64(keys(query)))))
            .first();
    long read = totals.getLong(0);
    long known = totals.getLong(1);
    check(query, read, known, totals.getLong(2));
    Optional<LocalDate> newest = Optional.ofNullable(totals.getString(4)).map(LocalDate::parse);
    if (query.maturity().asOf().isEmpty() && newest.isPresent()) {
      checkNewest(query, newest.get());
    }

    Dataset<Row> used = found.rows().filter(isKnown(query)).filter(not(isLater));
    Dataset<Row> parsed = used.withColumn(LabelRows.OUTCOME, outcomes.parsed(query, used));
    long labels = known - totals.getLong(3);
    long keys = totals.getBoolean(5) ? labels : used.select(keys(query)).distinct().count();
    List<Dataset<Row>> kept = new ArrayList<>();
    Dataset<Row> latest = keys < labels ? LatestLabels.of(query, parsed, kept) : parsed;
    double centre =
        outcomes.kind() == OutcomeKind.VALUES
            ? latest.agg(coalesce(avg(col(LabelRows.OUTCOME)), lit(0.0))).first().getDouble(0)
            : 0;
    Dataset<Row> rows = latest.select(columns(query));
    return new LabelTable(
        keys * bytes(scores) <= MOST_BROADCAST_BYTES ? broadcast(rows) : rows.hint("shuffle_hash"),
        kept,
        found.version(),
        query.maturity().asOf().or(() -> newest),
        read,
        read - known,
        labels - keys,
        totals.getLong(3),
        centre);
  }

  private static Column isRightWeight() {
    Column weight = col(LabelRows.WEIGHT);
    return coalesce(weight.between(LEAST_WEIGHT, MOST_WEIGHT), lit(false));
  }

  private static void check(OutcomeQuery query, long read, long known, long wrongWeights)
      throws RefusedException {
    if (read == 0) {
      throw LabelRows.refused(query, "they have no row");
    } else if (known == 0) {
      boolean hasTime = !query.labels().time().isEmpty();
      throw LabelRows.refused(
          query, "no row has a key, a label%s".formatted(hasTime ? " and a time" : ""));
    } else if (wrongWeights > 0) {
      throw LabelRows.refused(
          query,
          "%s weights of the column '%s' are not finite numbers above 0, or not from %s to %s"
              .formatted(wrongWeights, query.labels().weight(), LEAST_WEIGHT, MOST_WEIGHT));
    }
  }

  private static void checkNewest(OutcomeQuery query, LocalDate newest) throws RefusedException {
    if (newest.getYear() > LAST_YEAR) {
      throw LabelRows.refused(
          query,
          "the newest is of %s, which is no day on which it was known; give the last day by --as-of, and later ones are left out"
              .formatted(newest));
    }
  }

  /** Returns the keys, what came, the day and the weight. */
  private static Column[] columns(OutcomeQuery query) {
    List<Column> columns = new ArrayList<>(List.of(keys(query)));
    columns.add(col(LabelRows.OUTCOME));
    columns.add(day().as(LabelRows.TIME));
    columns.add(col(LabelRows.WEIGHT));
    return columns.toArray(Column[]::new);
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

  /** Returns the number of labels that count. */
  long used() {
    return read - unknown - repeated - later;
  }

  private static Column isKnown(OutcomeQuery query) {
    Column isKnown = col(LabelRows.OUTCOME).isNotNull();
    for (Column key : keys(query)) {
      isKnown = isKnown.and(key.isNotNull());
    }

    boolean hasTime = !query.labels().time().isEmpty();
    return hasTime ? isKnown.and(col(LabelRows.TIME).isNotNull()) : isKnown;
  }

  private static Column day() {
    return col(LabelRows.TIME).cast(DataTypes.DateType);
  }

  static Column[] keys(OutcomeQuery query) {
    return Stream.of(PublishedScores.keys(query.keys().size()))
        .map(name -> col(name))
        .toArray(Column[]::new);
  }

  @Override
  public void close() {
    kept.forEach(Dataset::unpersist);
  }
}
