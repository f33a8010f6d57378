package io.paritree.spark.sql;

import io.paritree.InvalidRowException;
import io.paritree.feature.Faults;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.reasons.Reasons;
import io.paritree.spark.score.FaultList;
import io.paritree.spark.score.ScoreFields;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Scores the rows of a partition block by block. A scored row is the given one, followed by the
 * computed columns; the next one is in the same memory. Immutable and thread-safe.
 *
 * @param columns where rows have the model's fields
 * @param hasContributions whether contributions are computed
 * @param computedType the computed columns, without the version
 */
record BlockScoring(
    PlannedModel model,
    RowColumns columns,
    boolean hasMargins,
    boolean hasFaults,
    boolean isStrict,
    boolean hasContributions,
    StructType computedType)
    implements MapPartitionsFunction<InternalRow, JoinedRow> {
  /** More rows need more memory, and are scored no faster. */
  private static final int BLOCK_ROWS = 1_024;

  /**
   * From one slot of a row to the next. With a power of two, all slots of a row would compete for
   * the same few lines of the processor's first cache.
   */
  private static final int STRIDE = BLOCK_ROWS + 16;

  /** How many times its size the memory of a row may be; a longer row had it before. */
  private static final long MOST_MEMORY = 4;

  @Override
  public Iterator<JoinedRow> call(Iterator<InternalRow> rows) {
    return new Scored(model.open(), rows);
  }

  /** The scored rows; a block is read ahead. */
  private final class Scored implements Iterator<JoinedRow> {
    private final ScoringModel open;
    private final Engine engine;
    private final RowEncoder encoder;
    private final ScoredBlock results;
    private final Iterator<InternalRow> rows;
    private final InternalRow[] block = new InternalRow[BLOCK_ROWS];
    private final Reasons reasons; // null if nothing is explained
    private final float[] contributions;
    private final float[] rowSlots;
    private final int[] nans;
    private final Faults found = new Faults();
    private final UTF8String[] labels;
    private final InternalRow computed;
    private final JoinedRow scored = new JoinedRow();
    private int size;
    private int next;

    Scored(ScoringModel open, Iterator<InternalRow> rows) {
      this.open = open;
      this.engine = model.engine(open);
      this.results = new ScoredBlock(engine, hasMargins, STRIDE, BLOCK_ROWS);
      this.encoder = new RowEncoder(open.schema(), columns);
      this.rows = rows;
      this.nans = new int[encoder.numbers()];
      this.labels = ScoreFields.labels(open);
      this.reasons = hasContributions ? Reasons.checked(open) : null;
      this.contributions = new float[hasContributions ? reasons.contributions() : 0];
      this.rowSlots = new float[engine.width()];
      this.computed = new SpecificInternalRow(computedType);
    }

    @Override
    public boolean hasNext() {
      return next < size || rows.hasNext();
    }

    @Override
    public JoinedRow next() {
      if (next == size) {
        read();
      }

      compute(next);
      return scored.apply(block[next++], computed);
    }

    private void read() {
      next = 0;
      found.clear();
      results.faults().clear();
      Arrays.fill(nans, 0);
      for (size = 0; size < BLOCK_ROWS && rows.hasNext(); size++) {
        InternalRow row = rows.next();
        check(row);
        encoder.encodeAllButNumbers(row, results.slots(), STRIDE, size, nans, found);
        keep(row, size);
      }

      if (size == 0) {
        throw new NoSuchElementException();
      }

      encoder.encodeNumbers(results.slots(), STRIDE, size, nans, found);
      if (!found.isEmpty()) {
        findFaults();
      }

      results.score(size);
    }

    private void check(InternalRow row) {
      if (row.numFields() != columns.width()) {
        throw new IllegalStateException(
            "Cannot score a row of %s columns: the query was planned with %s; this version of Spark changes the plan in a way that is not known"
                .formatted(row.numFields(), columns.width()));
      }
    }

    /** Finds the rows that have the faults of a block; each of them has a slot that is missing. */
    private void findFaults() {
      for (int at = 0; at < size; at++) {
        if (!isAnySlotMissing(at)) {
          continue;
        }

        found.clear();
        encoder.encode(block[at], results.slots(), STRIDE, at, found);
        if (!found.isEmpty()) {
          if (isStrict) {
            throw new InvalidRowException(found.list());
          }

          results.faults().add(at, found.list());
        }
      }
    }

    private boolean isAnySlotMissing(int row) {
      float[] slots = results.slots();
      for (int at = row; at < slots.length; at += STRIDE) {
        if (Float.isNaN(slots[at])) {
          return true;
        }
      }

      return false;
    }

    /** Copies a row, into the memory of the last one that had its place unless that is too much. */
    private void keep(InternalRow row, int at) {
      if (row instanceof UnsafeRow from
          && block[at] instanceof UnsafeRow to
          && to.getBaseObject() instanceof byte[] memory
          && memory.length <= MOST_MEMORY * from.getSizeInBytes()) {
        to.copyFrom(from);
      } else {
        block[at] = row.copy();
      }
    }

    private void compute(int at) {
      boolean isGood = !results.faults().isFaulty(at);
      int to = put(results.scores(), engine.scores(), at, isGood, 0);
      to = hasMargins ? put(results.margins(), engine.outputs(), at, isGood, to) : to;
      if (open.outputs().hasLabel()) {
        computed.update(
            to++,
            isGood
                ? labels[open.outputs().classIndex(results.scores(), at * engine.scores())]
                : null);
      }

      to = hasContributions ? explain(at, isGood, to) : to;
      if (hasFaults) {
        computed.update(to, isGood ? null : FaultList.of(results.faults().of(at)));
      }
    }

    /** Computes contributions; of a row with faults, they are null. */
    private int explain(int at, boolean isGood, int to) {
      if (isGood) {
        for (int slot = 0; slot < rowSlots.length; slot++) {
          rowSlots[slot] = results.slots()[slot * STRIDE + at];
        }

        reasons.explain(rowSlots, 0, 1, contributions);
      }

      return put(contributions, contributions.length, 0, isGood, to);
    }

    private int put(float[] values, int perRow, int row, boolean isGood, int to) {
      for (int index = 0; index < perRow; index++) {
        if (isGood) {
          computed.setFloat(to + index, values[row * perRow + index]);
        } else {
          computed.setNullAt(to + index);
        }
      }

      return to + perRow;
    }
  }
}
