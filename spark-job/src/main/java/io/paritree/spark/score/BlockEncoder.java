package io.paritree.spark.score;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Pieces;
import io.paritree.feature.Schema;
import io.paritree.feature.TableFeature;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.task.Cells;
import io.paritree.spark.task.ColumnKind;
import io.paritree.spark.task.DictionaryIds;
import io.paritree.spark.task.InputBlock;
import io.paritree.spark.task.NullRows;
import io.paritree.spark.task.SourceFile;
import io.paritree.spark.task.TaskPlan;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.DataType;

/**
 * Encodes a block as slots, column by column; each slot is the result of a {@link Feature} method.
 *
 * <p>Slots are stored feature by feature: slot f of row r is {@code slots[f * BLOCK_ROWS + r]}, as
 * {@code Engine.scoreColumns} reads them. Not thread-safe.
 */
public final class BlockEncoder {
  private static final int STRIDE = TaskPlan.BLOCK_ROWS;

  /**
   * A field and where its values are.
   *
   * @param column its index in the plan
   * @param level of the directory names; -1 if the values are in the files
   */
  private record Source(Field field, int column, int level, ColumnEncoder values) {}

  private final Source[] sources;
  private final boolean isCsv;
  private final long[] missing;
  private final long[] unseen;
  private final NumberColumn numbers = new NumberColumn();
  private final DictionaryIds ids = new DictionaryIds();
  private final EntrySlots[] entries;
  private final ColumnPieces pieces = new ColumnPieces();
  private final int[] open = new int[STRIDE];
  private final NullRows nulls = new NullRows();
  private final BitSet malformed = new BitSet();

  BlockEncoder(Schema schema, TaskPlan plan, InputFormat format) {
    this(schema.fields(), schema.width(), plan, format);
  }

  /**
   * @param fields of a schema, all or some
   * @param width the number of slots of the schema
   */
  BlockEncoder(List<Field> fields, int width, TaskPlan plan, InputFormat format) {
    this(
        fields.stream().map(field -> source(field, plan)).toArray(Source[]::new),
        width,
        format == InputFormat.CSV);
  }

  /**
   * @param types of the values of each field, in the order of the schema. They are values and no
   *     cells, and each is the column of its field in blocks
   */
  public BlockEncoder(Schema schema, List<DataType> types) {
    this(
        IntStream.range(0, types.size())
            .mapToObj(
                field ->
                    new Source(
                        schema.fields().get(field), field, -1, ColumnEncoder.of(types.get(field))))
            .toArray(Source[]::new),
        schema.width(),
        false);
  }

  private BlockEncoder(Source[] sources, int width, boolean isCsv) {
    this.isCsv = isCsv;
    this.sources = sources;
    this.missing = new long[width];
    this.unseen = new long[width];
    this.entries = new EntrySlots[width];
  }

  private static Source source(Field field, TaskPlan plan) {
    int index = plan.indexOf(field.column());
    ReadColumn column = plan.column(index);
    return new Source(field, index, column.partitionLevel(), ColumnEncoder.of(column.type()));
  }

  /**
   * Returns the number of missing values in the last block, refused ones among them, by slot;
   * malformed lines have no values.
   */
  long[] missing() {
    return missing;
  }

  /** Returns the number of values in the last block that were not in the vocabulary, by slot. */
  long[] unseen() {
    return unseen;
  }

  /**
   * Encodes a block.
   *
   * @param slots receives {@code width * BLOCK_ROWS} slots
   * @param faults receives the faults, by row; cleared by the caller
   */
  public void encode(InputBlock block, SourceFile file, float[] slots, RowFaults faults) {
    int rows = block.rows();
    malformed.clear();
    Arrays.fill(missing, 0);
    Arrays.fill(unseen, 0);
    for (int row = 0; row < rows; row++) {
      String line = block.malformed(row);
      if (line != null) {
        malformed.set(row);
        faults.add(
            row,
            List.of(
                new Fault(
                    FaultCode.MALFORMED_RECORD,
                    "",
                    line,
                    "a line of UTF-8 with as many cells as the header")));
      }
    }

    for (Source source : sources) {
      if (source.level >= 0) {
        partition(source, file, rows, slots, faults);
      } else {
        try {
          column(source, block, slots, faults);
        } catch (RuntimeException e) {
          throw file.unreadable(source.field.column(), block, e);
        }
      }
    }
  }

  private void column(Source source, InputBlock block, float[] slots, RowFaults faults) {
    int rows = block.rows();
    Field field = source.field;
    ColumnKind kind = source.values.kind();
    Cells cells = block.cells(source.column);
    cells.nulls(rows, nulls);
    boolean hasIds = cells.ids(rows, nulls, ids);
    boolean isNumber = !hasIds && kind.isNumber();
    if (isNumber) {
      numbers.bind(cells, kind == ColumnKind.FLOAT, nulls, rows);
    }

    pieces.begin();
    Faults current = faults.current();
    for (int index = 0; index < field.features().size(); index++) {
      Feature feature = field.features().get(index);
      int slot = field.slot(index);
      if (feature instanceof TableFeature table && !isCsv) {
        if (!pieces.has(table.pieces())) {
          findPieces(source, block, table, hasIds, isNumber);
        }

        byPiece(source, block, table, slot, slots, faults);
        continue;
      }

      long filled = current.filled();
      if (isNumber) {
        missing[slot] += numbers.encode(feature, slots, slot * STRIDE, faults);
        unseen[slot] += numbers.unseen();
        missing[slot] += current.filled() - filled;
        continue;
      }

      long before = current.unseen();
      missing[slot] +=
          hasIds
              ? byEntry(source, block, feature, slot, slots, faults)
              : byRow(source, block, feature, slot, slots, faults);
      unseen[slot] += current.unseen() - before;
      missing[slot] += current.filled() - filled;
    }
  }

  private void findPieces(
      Source source, InputBlock block, TableFeature table, boolean hasIds, boolean isNumber) {
    int rows = block.rows();
    int at = block.ordinal(source.column);
    if (hasIds) {
      pieces.find(table.pieces(), ids, rows, row -> source.values.piece(block.row(row), at, table));
    } else if (isNumber) {
      pieces.find(table.pieces(), numbers.numbers(), rows);
    } else {
      pieces.find(
          table.pieces(),
          rows,
          row -> {
            SpecializedGetters from = block.row(row);
            return from.isNullAt(at) ? Pieces.MISSING : source.values.piece(from, at, table);
          });
    }
  }

  /** Encodes a column whose pieces were found, and looks closer at the values without a slot. */
  private void byPiece(
      Source source,
      InputBlock block,
      TableFeature table,
      int slot,
      float[] slots,
      RowFaults faults) {
    int to = slot * STRIDE;
    int[] ofRows = pieces.ofRows();
    if (table.slots(ofRows, block.rows(), slots, to) == 0) {
      return;
    }

    for (int row = 0; row < block.rows(); row++) {
      int piece = ofRows[row];
      boolean isMissing = piece == Pieces.MISSING || Float.isNaN(slots[to + row]);
      unseen[slot] += piece == Pieces.UNSEEN ? 1 : 0;
      if (table.refuses(piece)) {
        boolean isNull = block.row(row).isNullAt(block.ordinal(source.column));
        missing[slot] += encode(source, block, table, row, isNull, slots, to + row, faults);
      } else if (isMissing) {
        missing[slot]++;
      }
    }
  }

  /** Encodes the values of a column one by one; returns how many are missing. */
  private long byRow(
      Source source, InputBlock block, Feature feature, int slot, float[] slots, RowFaults faults) {
    Faults current = faults.current();
    long missing = 0;
    int next = 0;
    for (int row = 0; row < block.rows(); row++) {
      boolean isNull = next < nulls.count() && nulls.row(next) == row;
      next += isNull ? 1 : 0;
      long before = current.unseen();
      long filled = current.filled();
      int one = encode(source, block, feature, row, isNull, slots, slot * STRIDE + row, faults);
      if (malformed.get(row)) {
        unseen[slot] -= current.unseen() - before; // the caller adds the counts of all rows
        this.missing[slot] -= current.filled() - filled;
      } else {
        missing += one;
      }
    }

    return missing;
  }

  /** Encodes those values of a column that its dictionary has not had before. */
  private long byEntry(
      Source source, InputBlock block, Feature feature, int slot, float[] slots, RowFaults faults) {
    if (entries[slot] == null) {
      entries[slot] = new EntrySlots();
    }

    EntrySlots known = entries[slot];
    int to = slot * STRIDE;
    int count = known.lookUp(ids, block.rows(), slots, to, open);
    long missing = 0;
    for (int index = 0; index < count; index++) {
      int row = open[index];
      int id = ids.ofRows()[row];
      slots[to + row] = known.of(id);
      if (Float.isNaN(slots[to + row])) {
        long before = faults.current().unseen() + faults.current().filled();
        missing += encode(source, block, feature, row, id == 0, slots, to + row, faults);
        if (faults.current().unseen() + faults.current().filled() == before) {
          known.keep(id, slots[to + row]);
        }
      }
    }

    return missing;
  }

  /** Encodes a value; returns 1 if it is missing, 0 otherwise. */
  private int encode(
      Source source,
      InputBlock block,
      Feature feature,
      int row,
      boolean isNull,
      float[] slots,
      int to,
      RowFaults faults) {
    Faults current = faults.current();
    slots[to] = isNull ? feature.missing(current) : value(source, block, row, feature, current);
    if (!Float.isNaN(slots[to])) {
      return 0;
    }

    int missing = current.isEmpty() || current.isOfMissingValue() ? 1 : 0;
    faults.attribute(row);
    return missing;
  }

  private float value(Source source, InputBlock block, int row, Feature feature, Faults faults) {
    SpecializedGetters from = block.row(row);
    int at = block.ordinal(source.column);
    return isCsv
        ? ColumnEncoder.cell(from.getUTF8String(at).getBytes(), feature, faults)
        : source.values.slot(from, at, feature, faults);
  }

  private void partition(
      Source source, SourceFile file, int rows, float[] slots, RowFaults faults) {
    Field field = source.field;
    byte[] value = file.values().get(source.level).utf8();
    Faults current = faults.current();
    for (int index = 0; index < field.features().size(); index++) {
      Feature feature = field.features().get(index);
      long before = current.unseen();
      long filled = current.filled();
      float slot =
          value == null ? feature.missing(current) : ColumnEncoder.cell(value, feature, current);
      int to = field.slot(index) * STRIDE;
      Arrays.fill(slots, to, to + rows, slot);
      boolean isMissing =
          current.isEmpty()
              ? Float.isNaN(slot) || current.filled() > filled
              : current.isOfMissingValue();
      missing[field.slot(index)] += isMissing ? rows : 0;
      unseen[field.slot(index)] += (current.unseen() - before) * rows;
      if (!current.isEmpty()) {
        List<Fault> all = current.list();
        current.clear();
        for (int row = 0; row < rows; row++) {
          faults.add(row, all);
        }
      }
    }
  }
}
