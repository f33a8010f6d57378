package io.paritree.spark.rows;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.record.CsvCells;
import io.paritree.spark.blocks.Cells;
import io.paritree.spark.blocks.DictionaryIds;
import io.paritree.spark.blocks.InputBlock;
import io.paritree.spark.blocks.NullRows;
import io.paritree.spark.blocks.SourceFile;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.task.TaskPlan;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Encodes a block as slots, column by column; each slot is the result of a {@link Feature} method.
 *
 * <p>Slots are stored feature by feature: slot f of row r is {@code slots[f * BLOCK_ROWS + r]}, as
 * {@code Engine.scoreColumns} reads them. Not thread-safe.
 */
public final class BlockEncoder {
  private static final int STRIDE = TaskPlan.BLOCK_ROWS;

  private enum Kind {
    NUMBER,
    FLOAT,
    TEXT,
    TRUTH,
    INSTANT,
    LOCAL,
    CELL,
    PARTITION,
    OTHER
  }

  private final Schema schema;
  private final int[] columns;
  private final int[] levels;
  private final Kind[] kinds;
  private final String[] typeNames;
  private final long[] missing;
  private final long[] unseen;
  private final NumberColumn numbers = new NumberColumn();
  private final DictionaryIds ids = new DictionaryIds();
  private final EntrySlots[] entries;
  private final int[] open = new int[STRIDE];
  private final NullRows nulls = new NullRows();
  private final BitSet malformed = new BitSet();

  BlockEncoder(Schema schema, TaskPlan plan, InputFormat format) {
    this.schema = schema;
    int fields = schema.fields().size();
    this.columns = new int[fields];
    this.levels = new int[fields];
    this.kinds = new Kind[fields];
    this.typeNames = new String[fields];
    this.missing = new long[schema.width()];
    this.unseen = new long[schema.width()];
    this.entries = new EntrySlots[schema.width()];
    for (int field = 0; field < fields; field++) {
      columns[field] = plan.indexOf(schema.fields().get(field).column());
      ReadColumn column = plan.column(columns[field]);
      levels[field] = column.partitionLevel();
      typeNames[field] = column.type().sql();
      kinds[field] = format == InputFormat.CSV ? Kind.CELL : kind(column.type());
      if (column.isPartition()) {
        kinds[field] = Kind.PARTITION;
      }
    }
  }

  private static Kind kind(DataType type) {
    if (type instanceof FloatType) {
      return Kind.FLOAT;
    } else if (type instanceof NumericType) {
      return Kind.NUMBER;
    } else if (type instanceof StringType) {
      return Kind.TEXT;
    } else if (type instanceof BooleanType) {
      return Kind.TRUTH;
    } else if (type instanceof TimestampType) {
      return Kind.INSTANT;
    }

    return type instanceof TimestampNTZType ? Kind.LOCAL : Kind.OTHER;
  }

  /**
   * Returns the number of missing values so far, refused ones among them, by slot; malformed lines
   * have no values.
   */
  long[] missing() {
    return missing;
  }

  /** Returns the number of values so far that were not in the vocabulary, by slot. */
  long[] unseen() {
    return unseen;
  }

  /**
   * Encodes a block.
   *
   * @param slots receives {@code width * BLOCK_ROWS} slots
   * @param faults receives the faults, by row; cleared by the caller
   */
  void encode(InputBlock block, SourceFile file, float[] slots, RowFaults faults) {
    int rows = block.rows();
    malformed.clear();
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

    for (int field = 0; field < kinds.length; field++) {
      if (kinds[field] == Kind.PARTITION) {
        partition(schema.fields().get(field), file, levels[field], rows, slots, faults);
      } else {
        try {
          column(field, block, rows, slots, faults);
        } catch (RuntimeException e) {
          throw file.unreadable(schema.fields().get(field).column(), block, e);
        }
      }
    }
  }

  private void column(int at, InputBlock block, int rows, float[] slots, RowFaults faults) {
    Field field = schema.fields().get(at);
    Cells cells = block.cells(columns[at]);
    cells.nulls(rows, nulls);
    boolean hasIds = cells.ids(rows, nulls, ids);
    boolean isNumber = !hasIds && (kinds[at] == Kind.NUMBER || kinds[at] == Kind.FLOAT);
    if (isNumber) {
      numbers.bind(cells, kinds[at] == Kind.FLOAT, nulls, rows);
    }

    Faults current = faults.current();
    for (int index = 0; index < field.features().size(); index++) {
      Feature feature = field.features().get(index);
      int slot = field.slot(index);
      if (isNumber) {
        missing[slot] += numbers.encode(feature, slots, slot * STRIDE, faults);
        unseen[slot] += numbers.unseen();
        continue;
      }

      long before = current.unseen();
      missing[slot] +=
          hasIds
              ? byEntry(at, cells, feature, slot, rows, slots, faults)
              : byRow(at, cells, feature, slot, rows, slots, faults);
      unseen[slot] += current.unseen() - before;
    }
  }

  /** Encodes the values of a column one by one; returns how many are missing. */
  private long byRow(
      int at, Cells cells, Feature feature, int slot, int rows, float[] slots, RowFaults faults) {
    Faults current = faults.current();
    long missing = 0;
    int next = 0;
    for (int row = 0; row < rows; row++) {
      boolean isNull = next < nulls.count() && nulls.row(next) == row;
      next += isNull ? 1 : 0;
      long before = current.unseen();
      int one = encode(at, cells, feature, row, isNull, slots, slot * STRIDE + row, faults);
      if (malformed.get(row)) {
        unseen[slot] -= current.unseen() - before; // the caller adds the counts of all rows
      } else {
        missing += one;
      }
    }

    return missing;
  }

  /** Encodes those values of a column that its dictionary has not had before. */
  private long byEntry(
      int at, Cells cells, Feature feature, int slot, int rows, float[] slots, RowFaults faults) {
    if (entries[slot] == null) {
      entries[slot] = new EntrySlots();
    }

    EntrySlots known = entries[slot];
    int to = slot * STRIDE;
    int count = known.lookUp(ids, rows, slots, to, open);
    long missing = 0;
    for (int index = 0; index < count; index++) {
      int row = open[index];
      int id = ids.ofRows()[row];
      slots[to + row] = known.of(id);
      if (Float.isNaN(slots[to + row])) {
        long before = faults.current().unseen();
        missing += encode(at, cells, feature, row, id == 0, slots, to + row, faults);
        if (faults.current().unseen() == before) {
          known.keep(id, slots[to + row]);
        }
      }
    }

    return missing;
  }

  /** Encodes a value; returns 1 if it is missing, 0 otherwise. */
  private int encode(
      int at,
      Cells cells,
      Feature feature,
      int row,
      boolean isNull,
      float[] slots,
      int to,
      RowFaults faults) {
    Faults current = faults.current();
    slots[to] =
        isNull
            ? feature.missing(current)
            : value(kinds[at], typeNames[at], cells, row, feature, current);
    if (!Float.isNaN(slots[to])) {
      return 0;
    }

    int missing = current.isEmpty() || current.isOfMissingValue() ? 1 : 0;
    faults.attribute(row);
    return missing;
  }

  private static float value(
      Kind kind, String typeName, Cells cells, int row, Feature feature, Faults faults) {
    return switch (kind) {
      case NUMBER, FLOAT -> feature.number(cells.number(row), faults);
      case TEXT -> text(feature, cells.text(row), faults);
      case CELL -> cell(feature, cells.text(row), faults);
      case TRUTH -> feature.truth(cells.truth(row), faults);
      case INSTANT -> feature.instant(cells.micros(row), faults);
      case LOCAL -> feature.local(cells.micros(row), faults);
      case PARTITION, OTHER -> feature.other(typeName, faults);
    };
  }

  /** Encodes a text, whose bytes are copied only if they are not in an array. */
  public static float text(Feature feature, UTF8String text, Faults faults) {
    if (text.getBaseObject() instanceof byte[] bytes) {
      int offset = (int) (text.getBaseOffset() - Platform.BYTE_ARRAY_OFFSET);
      return feature.text(bytes, offset, text.numBytes(), faults);
    }

    byte[] bytes = text.getBytes();
    return feature.text(bytes, 0, bytes.length, faults);
  }

  private static float cell(Feature feature, UTF8String text, Faults faults) {
    byte[] bytes = text.getBytes();
    return CsvCells.encode(feature, bytes, 0, bytes.length, faults);
  }

  private void partition(
      Field field, SourceFile file, int level, int rows, float[] slots, RowFaults faults) {
    byte[] value = file.values().get(level).utf8();
    Faults current = faults.current();
    for (int index = 0; index < field.features().size(); index++) {
      Feature feature = field.features().get(index);
      float slot =
          value == null
              ? feature.missing(current)
              : CsvCells.encode(feature, value, 0, value.length, current);
      int to = field.slot(index) * STRIDE;
      Arrays.fill(slots, to, to + rows, slot);
      boolean isMissing = current.isEmpty() ? Float.isNaN(slot) : current.isOfMissingValue();
      missing[field.slot(index)] += isMissing ? rows : 0;
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
