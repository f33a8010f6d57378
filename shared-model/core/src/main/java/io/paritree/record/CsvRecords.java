package io.paritree.record;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Reads the lines of a CSV file into rows of slots.
 *
 * <p>Columns are found by name; columns that no feature reads are left to the calling code. A line
 * with more or fewer cells than the header is a fault of that line. Not thread-safe.
 */
public final class CsvRecords {
  private final CsvLines lines;
  private final List<Field> fields;

  /** The column of the file that field i reads; -1 if there is none. */
  private final int[] columns;

  private RecordValues values; // null unless they are kept

  private Counts counts; // null unless values are counted

  /**
   * Missing values, refused ones among them, and values that are in no vocabulary, by slot. Lines
   * that are no records have none.
   */
  private record Counts(long[] missing, long[] unseen, Faults faults) {
    float encode(Feature feature, int slot, CsvLines lines, int cell, Faults row) {
      long before = faults.unseen();
      long filled = faults.filled();
      float encoded =
          CsvCells.encode(feature, lines.bytes(), lines.start(cell), lines.length(cell), faults);
      unseen[slot] += faults.unseen() - before;
      missing[slot] += faults.filled() - filled;
      if (Float.isNaN(encoded)) {
        missing[slot] += faults.isEmpty() || faults.isOfMissingValue() ? 1 : 0;
        if (!faults.isEmpty()) {
          faults.list().forEach(row::add);
          faults.clear();
        }
      }

      return encoded;
    }
  }

  /**
   * @param lines read by this from now on; the calling code closes it
   * @param origin names the file in messages
   * @throws RecordFormatException if the file lacks columns; the message names them
   */
  public CsvRecords(CsvLines lines, String origin, Schema schema) throws RecordFormatException {
    this(lines, schema.fields());
    Optional<String> lacking = lines.lacking(fields.stream().map(Field::column).toList());
    if (lacking.isPresent()) {
      throw new RecordFormatException(
          "Cannot read %s: its header has no column %s, which the model reads%s"
              .formatted(origin, lacking.get(), lines.otherSeparator()));
    }
  }

  private CsvRecords(CsvLines lines, List<Field> fields) {
    this.lines = lines;
    this.fields = fields;
    this.columns = new int[fields.size()];
    for (int index = 0; index < columns.length; index++) {
      columns[index] = lines.column(fields.get(index).column());
    }
  }

  /**
   * Returns a reader of the fields that the file has a column for: it does not change the slots of
   * the others.
   *
   * @param lines read by this from now on, or by several such readers; the calling code closes it
   */
  public static CsvRecords ofSome(CsvLines lines, Schema schema) {
    return new CsvRecords(lines, schema.fields());
  }

  /**
   * From now on, keeps the cells that are not empty, where the calling code begins each record.
   *
   * @param values null if they are not kept
   */
  public void keepIn(RecordValues values) {
    this.values = values;
  }

  /**
   * From now on, counts missing and unseen values.
   *
   * @param missing receives the missing values, refused ones among them, by slot
   * @param unseen receives the values that are in no vocabulary, refused ones among them, by slot
   */
  public void countIn(long[] missing, long[] unseen) {
    this.counts = new Counts(missing, unseen, new Faults());
  }

  /**
   * Reads the next line.
   *
   * @param row slots {@code [at, at + width)} receive the record; must not be used if it has faults
   * @return false at the end of the file
   * @throws RecordFormatException if quotes are wrong: the end of the line cannot be determined
   */
  public boolean next(float[] row, int at, Faults faults)
      throws IOException, RecordFormatException {
    if (!lines.next()) {
      return false;
    }

    read(row, at, faults);
    return true;
  }

  /** Reads the current line, as {@link #next} does. */
  public void read(float[] row, int at, Faults faults) {
    if (lines.cells() != lines.columns().size()) {
      faults.add(
          new Fault(
              FaultCode.MALFORMED_RECORD,
              "",
              "%s cells".formatted(lines.cells()),
              "%s cells, as the header has".formatted(lines.columns().size())));
      return;
    }

    for (int index = 0; index < columns.length; index++) {
      int cell = columns[index];
      if (cell >= 0) {
        if (values != null && values.keeps(index) && lines.length(cell) > 0) {
          values.cell(index, lines.bytes(), lines.start(cell), lines.length(cell));
        }

        if (counts == null) {
          CsvCells.encode(
              fields.get(index),
              lines.bytes(),
              lines.start(cell),
              lines.length(cell),
              row,
              at,
              faults);
        } else {
          encodeCounted(fields.get(index), cell, row, at, faults);
        }
      }
    }
  }

  private void encodeCounted(Field field, int cell, float[] row, int at, Faults faults) {
    for (int index = 0; index < field.features().size(); index++) {
      int slot = field.slot(index);
      row[at + slot] = counts.encode(field.features().get(index), slot, lines, cell, faults);
    }
  }
}
