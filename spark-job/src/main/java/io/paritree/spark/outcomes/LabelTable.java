package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.task.JavaSerialized;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 * @param index the same by their keys; empty if that would be too large, or if Spark has to compare
 *     keys of their types
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
    Optional<LabelIndex> index,
    String version,
    Optional<LocalDate> asOf,
    long read,
    long unknown,
    long repeated,
    long later) {
  /** A day beyond means that there is none, such as 9999-12-31. */
  private static final int LAST_YEAR = 2100;

  private static final int NO_LAST_DAY = Integer.MAX_VALUE;

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
    int lastDay =
        query.maturity().asOf().filter(any -> hasTime).map(LabelTable::number).orElse(NO_LAST_DAY);
    LabelTotals totals = totals(query, found.rows(), lastDay);
    check(query, totals);
    Optional<LocalDate> asOf = query.maturity().asOf().or(totals::newestDay);
    if (asOf.isPresent() && asOf.get().getYear() > LAST_YEAR && query.maturity().asOf().isEmpty()) {
      throw LabelRows.refused(
          query,
          "the newest is of %s, which is no day on which it was known; give the last day by --as-of, and later ones are left out"
              .formatted(asOf.get()));
    }

    Dataset<Row> known = found.rows().filter(isKnown(query));
    if (lastDay != NO_LAST_DAY) {
      known = known.filter(day().leq(lit(asOf.get().toString()).cast("date")));
    }

    long count = totals.read() - totals.unknown() - totals.later();
    Dataset<Row> parsed = known.withColumn(LabelRows.OUTCOME, outcomes.parsed(query, known));
    boolean areFew = count * bytes(scores) <= MOST_BROADCAST_BYTES;
    boolean areAsTheyAre = outcomes.isAsItIs(query, found.rows());
    Optional<LabelIndex> index = Optional.empty();
    if (areFew && KeyReader.areRead(scores.keyTypes())) {
      index = Optional.of(index(query, areAsTheyAre ? found.rows() : parsed, lastDay));
    }

    long keys =
        index.isPresent() ? index.get().keys() : known.select(keys(query)).distinct().count();
    Dataset<Row> latest = parsed;
    if (keys < count) {
      latest = LatestLabels.of(query, parsed);
      index = index.isPresent() ? Optional.of(index(query, latest, lastDay)) : index;
    }

    Dataset<Row> rows = latest.select(columns(query).toArray(Column[]::new));
    return new LabelTable(
        areFew ? broadcast(rows) : rows,
        latest,
        index,
        found.version(),
        asOf,
        totals.read(),
        totals.unknown(),
        count - keys,
        totals.later());
  }

  private static int number(LocalDate day) {
    return (int) day.toEpochDay();
  }

  private static void check(OutcomeQuery query, LabelTotals totals) throws RefusedException {
    if (totals.read() == 0) {
      throw LabelRows.refused(query, "they have no row");
    } else if (totals.unknown() == totals.read()) {
      boolean hasTime = !query.labels().time().isEmpty();
      throw LabelRows.refused(
          query, "no row has a key, a label%s".formatted(hasTime ? " and a time" : ""));
    } else if (totals.wrongWeights() > 0) {
      throw LabelRows.refused(
          query,
          "%s weights of the column '%s' are not finite numbers above 0, or not from %s to %s"
              .formatted(
                  totals.wrongWeights(),
                  query.labels().weight(),
                  LabelTotals.LEAST_WEIGHT,
                  LabelTotals.MOST_WEIGHT));
    }
  }

  private static LabelTotals totals(OutcomeQuery query, Dataset<Row> rows, int lastDay) {
    DataType type = rows.schema().apply(LabelRows.OUTCOME).dataType();
    Column outcome = col(LabelRows.OUTCOME);
    Column read =
        ValueCodes.areRead(type) || type instanceof NumericType
            ? outcome
            : PublishedScores.text(outcome);
    ColumnBatches batches = batches(query, rows.withColumn(LabelRows.OUTCOME, read));
    LabelColumns columns = LabelColumns.of(batches, query.keys().size());
    return batches
        .batches()
        .mapPartitions(
            own -> List.of(new JavaSerialized<>(LabelTotals.of(own, columns, lastDay))).iterator())
        .collect()
        .stream()
        .map(JavaSerialized::value)
        .reduce(LabelTotals.NONE, LabelTotals::and);
  }

  private static LabelIndex index(OutcomeQuery query, Dataset<Row> rows, int lastDay) {
    return LabelIndex.of(batches(query, rows), query.keys().size(), lastDay);
  }

  /** Returns batches without the columns that were not asked for. */
  private static ColumnBatches batches(OutcomeQuery query, Dataset<Row> rows) {
    List<Column> columns = new ArrayList<>(columns(query));
    if (query.labels().weight().isEmpty()) {
      columns.remove(columns.size() - 1);
    }

    if (query.labels().time().isEmpty()) {
      columns.remove(query.keys().size() + 1);
    }

    return ColumnBatches.of(rows.select(columns.toArray(Column[]::new)));
  }

  /** Returns the keys, what came, the day and the weight. */
  private static List<Column> columns(OutcomeQuery query) {
    List<Column> columns = new ArrayList<>(List.of(keys(query)));
    columns.add(col(LabelRows.OUTCOME));
    columns.add(day().as(LabelRows.TIME));
    columns.add(col(LabelRows.WEIGHT));
    return columns;
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
}
