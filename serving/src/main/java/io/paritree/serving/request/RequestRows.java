package io.paritree.serving.request;

import io.javalin.http.Context;
import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Field;
import io.paritree.forest.Engine;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problem.PointedFault;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.insight.traffic.UnscoredRows;
import io.paritree.serving.metrics.Arrival;
import io.paritree.serving.metrics.FaultTotals;
import io.paritree.serving.models.ServedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * The rows of one request as slots, for protocols that answer all rows or none.
 *
 * <p>Values may arrive in any order, row by row or column by column. All faults are collected, each
 * with its place in the body. Memory is allocated for rows that have arrived, not for rows that are
 * only announced. Not thread-safe.
 */
public final class RequestRows {
  /** The largest number of errors that are shown for one request. */
  public static final int MAX_ERRORS = 1_000;

  private final ServedModel served;
  private final ScoringParts parts;
  private final int width;
  private RowLimit limit;
  private final Faults faults = new Faults();
  private final List<PointedFault> errors = new ArrayList<>();
  private final BitSet refusedRows = new BitSet();

  /** The faults that were found, listed or not. */
  private final FaultTotals found;

  private final UnscoredRows refused;
  private RecordValues values; // null unless they are kept
  private int begun; // rows whose values are begun
  private int mostForLater = Integer.MAX_VALUE; // rows whose values are kept for that
  private float[] slots = {};
  private int count;
  private Problem refusal; // null unless the request as a whole is refused

  public RequestRows(ServedModel served, ScoringParts parts) {
    this.served = served;
    this.width = served.model().schema().width();
    this.found = served.faultTotals();
    this.refused = served.refusedRows();
    this.parts = parts;
    this.limit = RowLimit.ofSlots(parts.limits(), served.model().engine());
  }

  public ServedModel served() {
    return served;
  }

  /**
   * Keeps the values of the rows that are added.
   *
   * @param rowBytes bytes of the answer that a row takes for that
   */
  public void keepIn(RecordValues kept, long rowBytes) {
    int fields = served.model().schema().fields().size();
    this.values = kept;
    this.limit = RowLimit.ofValues(parts.limits(), served.model().engine(), fields, rowBytes);
  }

  /**
   * Keeps the values that a log of records or a challenger needs, for as many rows as values may be
   * kept of. Of a request with more rows no values are kept: it is answered as ever, and neither
   * recorded nor compared.
   *
   * @return what keeps them; null if nothing needs them
   */
  public RecordValues keepForLater() {
    values = parts.values(served);
    int fields = served.model().schema().fields().size();
    mostForLater = RowLimit.ofValues(parts.limits(), served.model().engine(), fields, 0).rows();
    return values;
  }

  /** Keeps no values of this request: the features of a field have different ones. */
  public void keepNone() {
    values = null;
  }

  /** Begins the values of the next row, if values are kept, before it is known that it is there. */
  public void beginValues() {
    if (values != null) {
      values.begin(count);
      begun = count + 1;
    }
  }

  /** Returns the values of a row, to be kept; null if they are not kept. */
  public RecordValues values(int row) {
    if (values != null) {
      values.resume(row);
    }

    return values;
  }

  public int count() {
    return count;
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
   * Makes sure that there are at least so many rows.
   *
   * @throws ProblemException if that is too many
   */
  public void reserve(int needed) {
    if (needed > count) {
      limit.check(needed);
      values = needed > mostForLater ? null : values;
      for (; values != null && begun < needed; begun++) {
        values.begin(begun);
      }

      count = needed;
      long length = (long) needed * width;
      if (length > slots.length) {
        long larger = Math.min((long) limit.rows() * width, Math.max(2L * slots.length, length));
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
    record(row, fault -> new PointedFault(pointer, fault));
  }

  /**
   * Records the faults of a record, each at its field under the pointer {@code prefix}; there must
   * be some.
   */
  public void pointFields(int row, String prefix) {
    record(row, fault -> PointedFault.under(prefix, fault));
  }

  private void record(int row, Function<Fault, PointedFault> pointed) {
    refusedRows.set(row);
    faults.forEach(found::add);
    refused.note(row, faults);
    faults.list().stream().limit(MAX_ERRORS - errors.size()).map(pointed).forEach(errors::add);
    faults.clear();
  }

  /**
   * Gives each row a missing value for a field that the whole request lacks. If the field requires
   * a value, that is one fault, at the field under the pointer {@code prefix}.
   */
  public void fillMissing(Field field, String prefix) {
    for (int row = 0; row < count; row++) {
      field.missing(slots, at(row), faults);
    }

    if (isFaulty()) {
      refuseAll();
      pointFields(0, prefix);
    }
  }

  /** Takes note that no row has a value for a field, because of which the request is refused. */
  public void lack(Field field) {
    for (int row = 0; row < count; row++) {
      for (int index = 0; index < field.features().size(); index++) {
        slots[at(row) + field.slot(index)] = Float.NaN;
      }
    }
  }

  /** Takes back the faults of one code in some columns. */
  public void forget(FaultCode code, Set<String> columns) {
    columns.forEach(column -> found.forget(code, column));
    errors.removeIf(
        error -> error.fault().code() == code && columns.contains(error.fault().field()));
  }

  /**
   * Refuses all rows because of the request as a whole.
   *
   * @param problem the answer, but for its faults
   * @param first faults before the rows' own, at most {@link #MAX_ERRORS}
   */
  public void refuse(Problem problem, List<PointedFault> first) {
    refuseAll();
    refusal = problem;
    errors.addAll(0, first);
    first.forEach(fault -> found.add(fault.fault().code(), fault.fault().field()));
    if (errors.size() > MAX_ERRORS) {
      errors.subList(MAX_ERRORS, errors.size()).clear();
    }
  }

  private void refuseAll() {
    refusedRows.set(0, count);
  }

  /**
   * Scores all rows, and counts and logs them; see {@link ScoringParts#scored}.
   *
   * @throws ProblemException with all faults, if there are any
   */
  public Scored score(Context ctx) {
    if (!errors.isEmpty()) {
      refused.addAll(slots, count);
      served.refused(refusedRows.cardinality(), found, refused, faults, parts.metrics());
      throw new ProblemException(
          refusal == null ? Problems.invalidRecord(errors, found.count()) : refusal.with(errors));
    }

    Engine engine = served.model().engine();
    int margins = engine.outputs();
    int scores = engine.scores();
    Scored scored =
        new Scored(count, new float[count * margins], margins, new float[count * scores], scores);
    engine.score(slots, count, scored.margins, scored.scores);
    served.scored().inc(count);
    parts.scored(
        served,
        Arrival.of(ctx).origin(),
        count,
        () -> LongStream.range(0, count).toArray(),
        slots,
        scored.margins,
        scored.scores,
        faults,
        values);
    return scored;
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
