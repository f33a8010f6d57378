package io.paritree.spark.sql;

import io.paritree.Fault;
import io.paritree.InvalidRowException;
import io.paritree.feature.Faults;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Tuple2;

/**
 * Scores the rows of a partition block by block. Rows come, and leave, as {@link PackedColumns}
 * arranges them. Immutable and thread-safe.
 */
final class BlockScoring
    implements MapPartitionsFunction<Tuple2<Row, PackedNumbers>, Tuple2<Row, PackedNumbers>> {
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
  private final PackedColumns.Counts kept;
  private final boolean hasMargins;
  private final boolean hasFaults;
  private final boolean isStrict;

  BlockScoring(
      PlannedModel model,
      RowColumns columns,
      PackedColumns.Counts kept,
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
  public Iterator<Tuple2<Row, PackedNumbers>> call(Iterator<Tuple2<Row, PackedNumbers>> rows) {
    return new Scored(model.open(), rows);
  }

  /** The scored rows, of which a block is read ahead. */
  private final class Scored implements Iterator<Tuple2<Row, PackedNumbers>> {
    private final ScoringModel open;
    private final Engine engine;
    private final RowEncoder encoder;
    private final Iterator<Tuple2<Row, PackedNumbers>> rows;
    private final List<Tuple2<Row, PackedNumbers>> block = new ArrayList<>(BLOCK_ROWS);
    private final Row[][] faults = new Row[BLOCK_ROWS][];
    private final float[] slots;
    private final float[] margins;
    private final float[] scores;
    private Object[] objects; // null before the first row
    private PackedRow packed; // likewise
    private final Faults found = new Faults();
    private final int objectsAfter;
    private int next;

    Scored(ScoringModel open, Iterator<Tuple2<Row, PackedNumbers>> rows) {
      this.open = open;
      this.engine = open.engine();
      this.encoder = new RowEncoder(open.schema(), columns);
      this.rows = rows;
      this.slots = new float[engine.width() * STRIDE];
      this.margins = hasMargins ? new float[engine.outputs() * BLOCK_ROWS] : null;
      this.scores = new float[engine.scores() * BLOCK_ROWS];
      this.objectsAfter =
          kept.objects() + (ResultColumns.hasLabel(open) ? 1 : 0) + (hasFaults ? 1 : 0);
    }

    @Override
    public boolean hasNext() {
      return next < block.size() || rows.hasNext();
    }

    @Override
    public Tuple2<Row, PackedNumbers> next() {
      if (next == block.size()) {
        read();
      }

      Tuple2<Row, PackedNumbers> scored = scored(block.get(next), next);
      next++;
      return scored;
    }

    private void read() {
      next = 0;
      block.clear();
      while (block.size() < BLOCK_ROWS && rows.hasNext()) {
        Tuple2<Row, PackedNumbers> row = rows.next();
        encode(row._1(), row._2(), block.size());
        block.add(row);
      }

      if (block.isEmpty()) {
        throw new NoSuchElementException();
      }

      engine.scoreColumns(slots, STRIDE, block.size(), margins, scores);
    }

    private void encode(Row row, PackedNumbers numbers, int at) {
      if (packed == null) {
        objects = new Object[row.size() - kept.objects()];
        float[] floats = numbers.getFloats();
        packed = new PackedRow(objects, floats == null ? 0 : floats.length);
      }

      for (int index = 0; index < objects.length; index++) {
        objects[index] = internal(row.get(kept.objects() + index));
      }

      packed.set(numbers);
      found.clear();
      encoder.encode(packed, slots, STRIDE, at, found);
      if (found.isEmpty()) {
        faults[at] = null;
        return;
      }

      if (isStrict) {
        throw new InvalidRowException(found.list());
      }

      faults[at] = found.list().stream().map(Scored::fault).toArray(Row[]::new);
    }

    private static Row fault(Fault fault) {
      return RowFactory.create(ResultColumns.elements(fault).toArray());
    }

    private Tuple2<Row, PackedNumbers> scored(Tuple2<Row, PackedNumbers> row, int at) {
      boolean isGood = faults[at] == null;
      Object[] all = new Object[objectsAfter];
      int to = 0;
      for (; to < kept.objects(); to++) {
        all[to] = row._1().get(to);
      }

      if (ResultColumns.hasLabel(open)) {
        all[to++] =
            isGood ? open.outputs().label(scores, at * engine.scores()).orElseThrow() : null;
      }

      if (hasFaults) {
        all[to] = faults[at];
      }

      PackedNumbers numbers = row._2();
      numbers.setFloats(withResults(numbers.getFloats(), at));
      numbers.setDoubles(
          kept.doubles() == 0 ? null : Arrays.copyOf(numbers.getDoubles(), kept.doubles()));
      return new Tuple2<>(RowFactory.create(all), numbers);
    }

    /**
     * Returns whether a row has a fault, its kept floats, its scores, and its margins if they are
     * wanted.
     */
    private float[] withResults(float[] floats, int at) {
      int scoresPerRow = engine.scores();
      int marginsPerRow = hasMargins ? engine.outputs() : 0;
      int to = PackedColumns.FAULT + 1;
      float[] all = new float[to + kept.floats() + scoresPerRow + marginsPerRow];
      all[PackedColumns.FAULT] = faults[at] == null ? 0 : 1;
      if (kept.floats() > 0) {
        System.arraycopy(floats, 0, all, to, kept.floats());
        to += kept.floats();
      }

      System.arraycopy(scores, at * scoresPerRow, all, to, scoresPerRow);
      if (hasMargins) {
        System.arraycopy(margins, at * marginsPerRow, all, to + scoresPerRow, marginsPerRow);
      }

      return all;
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
