package io.paritree.serving.request;

import io.javalin.http.Context;
import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Field;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.Problem.PointedFault;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.arrival.Arrival;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.log.PredictionLog;
import io.paritree.serving.metrics.FaultTotals;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.ModelStatistics.Inference;
import io.paritree.serving.models.ServedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * The rows of one request as slots, for protocols that answer all rows or none.
 *
 * <p>Values may arrive in any order, row by row or column by column. All faults are collected, each
 * with its place in the body. Memory is allocated for rows that have arrived, not for rows that are
 * only announced. Not thread-safe.
 */
public final class Table {
  /** The largest number of errors that are shown for one request. */
  public static final int MAX_ERRORS = 1_000;

  private final ServedModel served;
  private final int width;
  private RowLimit limit;
  private final Faults faults = new Faults();
  private final List<PointedFault> errors = new ArrayList<>();
  private final BitSet refusedRows = new BitSet();

  /** The faults that were found, listed or not. */
  private final FaultTotals found;

  private RecordValues values; // null unless they are kept
  private float[] slots = {};
  private int rows;
  private String lacking = "";

  /**
   * @param limits more rows than these allow are answered with 413
   */
  public Table(ServedModel served, ServingConfig.Limits limits) {
    this.served = served;
    this.width = served.model().schema().width();
    this.found = served.faultTotals();
    this.limit = RowLimit.ofTable(limits, served.model().engine());
  }

  public ServedModel served() {
    return served;
  }

  /**
   * Begins the record of each row that is added in these values; whoever reads a row keeps its
   * values there.
   *
   * @param rowBytes bytes of the answer that a row takes for that
   */
  public void keepIn(RecordValues kept, ServingConfig.Limits limits, long rowBytes) {
    int fields = served.model().schema().fields().size();
    this.values = kept;
    this.limit = RowLimit.ofValues(limits, served.model().engine(), fields, rowBytes);
  }

  /** Returns the values of a row, to be kept; null if they are not kept. */
  public RecordValues values(int row) {
    if (values != null) {
      values.resume(row);
    }

    return values;
  }

  public int rows() {
    return rows;
  }

  /** Returns the array that holds row r from {@code r * width} on; valid until rows are added. */
  public float[] slots() {
    return slots;
  }

  /** Returns the index in {@link #slots} where a row begins. */
  public int at(int row) {
    return row * width;
  }

  /**
   * Returns what collects the faults of the next value or record, until {@link #point} is called.
   */
  public Faults faults() {
    return faults;
  }

  /**
   * Returns whether the last value or record has faults for which {@link #point} was not called.
   */
  public boolean isFaulty() {
    return !faults.isEmpty();
  }

  /**
   * Refuses a request that announces too many rows; allocates nothing.
   *
   * @throws ProblemException if there are too many
   */
  public void announce(long count) {
    limit.check(count);
  }

  /**
   * Makes sure that the table has at least {@code count} rows.
   *
   * @throws ProblemException if that is too many
   */
  public void reserve(int count) {
    if (count > rows) {
      limit.check(count);
      for (int row = rows; values != null && row < count; row++) {
        values.begin(row);
      }

      rows = count;
      if ((long) count * width > slots.length) {
        long larger =
            Math.min(
                (long) limit.rows() * width, Math.max(2L * slots.length, (long) count * width));
        slots = Arrays.copyOf(slots, Math.toIntExact(larger));
      }
    }
  }

  /**
   * Records the faults of the last value of a row; there must be some.
   *
   * @param pointer JSON pointer to the value
   */
  public void point(int row, String pointer) {
    count(row);
    for (Fault fault : faults.list()) {
      if (errors.size() < MAX_ERRORS) {
        errors.add(new PointedFault(pointer, fault));
      }
    }

    faults.clear();
  }

  private void count(int row) {
    refusedRows.set(row);
    faults.forEach(found::add);
  }

  /**
   * Records the faults of a record, each at its field under the pointer {@code prefix}; there must
   * be some.
   */
  public void pointFields(int row, String prefix) {
    count(row);
    for (Fault fault : faults.list()) {
      if (errors.size() < MAX_ERRORS) {
        errors.add(PointedFault.under(prefix, fault));
      }
    }

    faults.clear();
  }

  /**
   * Gives each row a missing value for a field that the whole request lacks. If the field requires
   * a value, that is one fault, at the field under the pointer {@code prefix}.
   */
  public void fillMissing(Field field, String prefix) {
    for (int row = 0; row < rows; row++) {
      field.missing(slots, at(row), faults);
    }

    if (isFaulty()) {
      refuseAll();
      pointFields(0, prefix);
    }
  }

  /** Removes the faults of rows that lack a value for one of the columns. */
  public void forgetMissing(Set<String> columns) {
    for (String column : columns) {
      found.forget(FaultCode.MISSING_VALUE, column);
    }

    errors.removeIf(
        error ->
            error.fault().code() == FaultCode.MISSING_VALUE
                && columns.contains(error.fault().field()));
  }

  /**
   * Refuses all rows because the whole request lacks columns.
   *
   * @param text names the columns
   * @param absent a fault for each column, at most {@link #MAX_ERRORS}
   */
  public void lacks(String text, List<PointedFault> absent) {
    refuseAll();
    lacking = text;
    errors.addAll(0, absent);
    absent.forEach(fault -> found.add(fault.fault().code(), fault.fault().field()));
    if (errors.size() > MAX_ERRORS) {
      errors.subList(MAX_ERRORS, errors.size()).clear();
    }
  }

  private void refuseAll() {
    refusedRows.set(0, rows);
  }

  /**
   * Scores all rows.
   *
   * @param inference learns when the rows were read and scored
   * @throws ProblemException with all faults, if there are any
   */
  public Scored score(Inference inference, ServerMetrics metrics) {
    inference.read();
    if (!errors.isEmpty()) {
      served.refused(refusedRows.cardinality(), found, metrics);
      throw new ProblemException(
          lacking.isEmpty()
              ? Problems.invalidRecord(errors, found.count())
              : Problems.MISSING_INPUTS.of(lacking).with(errors));
    }

    int margins = served.model().engine().outputs();
    int scores = served.model().engine().scores();
    Scored scored =
        new Scored(rows, new float[rows * margins], margins, new float[rows * scores], scores);
    served.model().engine().score(slots, rows, scored.margins, scored.scores);
    inference.scored();
    served.scored().inc(rows);
    return scored;
  }

  /** Adds all rows with their scores to the prediction log. */
  public void write(Scored scored, Context ctx, PredictionLog predictions) {
    long[] places = LongStream.range(0, rows).toArray();
    predictions.add(
        served.predictionForm(),
        Arrival.of(ctx).origin(),
        places,
        slots,
        scored.margins,
        scored.scores);
  }

  /**
   * The result of all rows.
   *
   * @param margins row after row
   * @param marginCount margins of a row
   * @param scores row after row
   * @param scoreCount scores of a row
   */
  public record Scored(
      int rows, float[] margins, int marginCount, float[] scores, int scoreCount) {}
}
