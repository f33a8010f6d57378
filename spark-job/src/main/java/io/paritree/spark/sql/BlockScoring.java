package io.paritree.spark.sql;

import io.paritree.Fault;
import io.paritree.InvalidRowException;
import io.paritree.feature.Faults;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Tuple2;

/**
 * Scores the rows of a partition block by block. Rows have the kept columns first, and then those
 * of the model's fields that are not among the numbers. Immutable and thread-safe.
 */
final class BlockScoring implements MapPartitionsFunction<Tuple2<Row, PackedNumbers>, Row> {
  private static final long serialVersionUID = 1L;

  /** More rows need more memory, and are scored no faster. */
  private static final int BLOCK_ROWS = 1_024;

  /**
   * From one slot of a row to the next. With a power of two, all slots of a row would compete for
   * the same few lines of the processor's first cache.
   */
  private static final int STRIDE = BLOCK_ROWS + 16;

  private final PlannedModel model;
  private final RowColumns columns;
  private final int kept;
  private final boolean hasMargins;
  private final boolean hasFaults;
  private final boolean isStrict;

  BlockScoring(
      PlannedModel model,
      RowColumns columns,
      int kept,
      boolean hasMargins,
      boolean hasFaults,
      boolean isStrict) {
    this.model = model;
    this.columns = columns;
    this.kept = kept;
    this.hasMargins = hasMargins;
    this.hasFaults = hasFaults;
    this.isStrict = isStrict;
  }

  @Override
  public Iterator<Row> call(Iterator<Tuple2<Row, PackedNumbers>> rows) {
    return new Scored(model.open(), rows);
  }

  /** The scored rows, of which a block is read ahead. */
  private final class Scored implements Iterator<Row> {
    private final ScoringModel open;
    private final Engine engine;
    private final RowEncoder encoder;
    private final Iterator<Tuple2<Row, PackedNumbers>> rows;
    private final Row[] block = new Row[BLOCK_ROWS];
    private final PackedNumbers[] numbers = new PackedNumbers[BLOCK_ROWS];
    private final Row[][] faults = new Row[BLOCK_ROWS][];
    private final float[] slots;
    private final float[] margins;
    private final float[] scores;
    private Object[] objects; // null before the first row
    private PackedRow packed; // likewise
    private final Faults found = new Faults();
    private final int width;
    private int size;
    private int next;

    Scored(ScoringModel open, Iterator<Tuple2<Row, PackedNumbers>> rows) {
      this.open = open;
      this.engine = open.engine();
      this.encoder = new RowEncoder(open.schema(), columns);
      this.rows = rows;
      this.slots = new float[engine.width() * STRIDE];
      this.margins = hasMargins ? new float[engine.outputs() * BLOCK_ROWS] : null;
      this.scores = new float[engine.scores() * BLOCK_ROWS];
      this.width =
          kept
              + engine.scores()
              + (hasMargins ? engine.outputs() : 0)
              + (ResultColumns.hasLabel(open) ? 1 : 0)
              + (hasFaults ? 1 : 0);
    }

    @Override
    public boolean hasNext() {
      return next < size || rows.hasNext();
    }

    @Override
    public Row next() {
      if (next == size) {
        read();
      }

      Row scored = scored(next);
      next++;
      return scored;
    }

    private void read() {
      next = 0;
      found.clear();
      for (size = 0; size < BLOCK_ROWS && rows.hasNext(); size++) {
        Tuple2<Row, PackedNumbers> row = rows.next();
        block[size] = row._1();
        numbers[size] = row._2();
        faults[size] = null;
        bind(size);
        float[] floats = numbers[size].getFloats();
        encoder.encodeAllButFloats(packed, objects.length, floats, slots, STRIDE, size, found);
      }

      if (size == 0) {
        throw new NoSuchElementException();
      }

      encoder.encodeFloats(slots, STRIDE, size, found);
      if (!found.isEmpty()) {
        findFaults();
      }

      engine.scoreColumns(slots, STRIDE, size, margins, scores);
    }

    /** Finds the rows that have the faults of a block; each of them has a slot that is missing. */
    private void findFaults() {
      for (int at = 0; at < size; at++) {
        if (!isAnySlotMissing(at)) {
          continue;
        }

        bind(at);
        found.clear();
        encoder.encode(packed, slots, STRIDE, at, found);
        if (!found.isEmpty()) {
          if (isStrict) {
            throw new InvalidRowException(found.list());
          }

          faults[at] = found.list().stream().map(Scored::fault).toArray(Row[]::new);
        }
      }
    }

    private boolean isAnySlotMissing(int row) {
      for (int at = row; at < slots.length; at += STRIDE) {
        if (Float.isNaN(slots[at])) {
          return true;
        }
      }

      return false;
    }

    /** Lets the packed row have the values of a row. */
    private void bind(int at) {
      if (packed == null) {
        objects = new Object[block[at].size() - kept];
        packed = new PackedRow(objects, numbers[at].getFloats().length);
      }

      for (int index = 0; index < objects.length; index++) {
        objects[index] = internal(block[at].get(kept + index));
      }

      packed.set(numbers[at]);
    }

    private static Row fault(Fault fault) {
      return RowFactory.create(ResultColumns.elements(fault).toArray());
    }

    private Row scored(int at) {
      Object[] all = new Object[width];
      int to = 0;
      for (; to < kept; to++) {
        all[to] = block[at].get(to);
      }

      block[at] = null;
      boolean isGood = faults[at] == null;
      to = put(scores, engine.scores(), at, isGood, all, to);
      to = hasMargins ? put(margins, engine.outputs(), at, isGood, all, to) : to;
      if (ResultColumns.hasLabel(open)) {
        all[to++] =
            isGood ? open.outputs().label(scores, at * engine.scores()).orElseThrow() : null;
      }

      if (hasFaults) {
        all[to] = faults[at];
      }

      return RowFactory.create(all);
    }

    private static int put(
        float[] values, int perRow, int row, boolean isGood, Object[] to, int at) {
      for (int index = 0; index < perRow; index++) {
        to[at + index] = isGood ? values[row * perRow + index] : null;
      }

      return at + perRow;
    }
  }

  /** Returns a value of a row as Spark itself holds it. */
  private static Object internal(Object value) {
    if (value instanceof byte[] text) {
      return UTF8String.fromBytes(text);
    } else if (value instanceof BigDecimal decimal) {
      return Decimal.apply(decimal);
    } else if (value instanceof LocalDateTime local) {
      return local.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + local.getNano() / 1_000;
    }

    return value;
  }
}
