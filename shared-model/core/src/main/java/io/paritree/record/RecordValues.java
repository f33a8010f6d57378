package io.paritree.record;

import io.paritree.feature.Faults;
import io.paritree.feature.Field;
import io.paritree.feature.NumberText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The values of records as they were given: for answers that repeat some of them, and for another
 * schema that reads them otherwise.
 *
 * <p>Keeps its buffers; not thread-safe.
 */
public final class RecordValues {
  private static final int ABSENT = -1;
  private static final int MAX_KEPT_BYTES = 1 << 20;

  private final int fields;
  private final BitSet kept; // fields; null for all
  private byte[] bytes = new byte[256];
  private int used;

  /** Of each record and field, where the value ends; negative if it is text, as {@code ~end}. */
  private int[] ends = new int[0];

  private int[] starts = new int[0];
  private int record;
  private boolean areCells; // of a CSV file, so that text is whatever a feature reads it as

  /**
   * @param fields number of fields of the schema
   */
  public RecordValues(int fields) {
    this(fields, null);
  }

  private RecordValues(int fields, BitSet kept) {
    this.fields = fields;
    this.kept = kept;
  }

  /**
   * Returns what keeps the values of some fields only.
   *
   * @param fields number of fields of the schema
   * @param kept their indexes
   */
  public static RecordValues ofSome(int fields, int[] kept) {
    BitSet some = new BitSet(fields);
    Arrays.stream(kept).forEach(some::set);
    return new RecordValues(fields, some);
  }

  /** Returns whether the values of a field are kept. */
  public boolean keeps(int field) {
    return kept == null || kept.get(field);
  }

  /** Forgets all values. */
  public void clear() {
    used = 0;
    if (bytes.length > MAX_KEPT_BYTES) {
      bytes = new byte[256];
    }
  }

  /**
   * Begins a record, whose values are absent until they are kept.
   *
   * @param index of the record; a record that had it is forgotten
   */
  public void begin(int index) {
    record = index;
    int needed = Math.multiplyExact(index + 1, fields);
    if (starts.length < needed) {
      int length = Math.max(needed, (int) Math.min(2L * starts.length, Integer.MAX_VALUE - 8));
      starts = Arrays.copyOf(starts, length);
      ends = Arrays.copyOf(ends, length);
    }

    Arrays.fill(starts, index * fields, needed, ABSENT);
  }

  /** Continues a record that was begun. */
  public void resume(int index) {
    record = index;
  }

  /** Keeps text in UTF-8 as the value of a field of the record. */
  public void text(int field, byte[] from, int offset, int length) {
    keep(field, from, offset, length);
    ends[record * fields + field] = ~used;
    areCells = false;
  }

  /** Keeps a cell of a CSV file, which is not empty, as the value of a field of the record. */
  public void cell(int field, byte[] from, int offset, int length) {
    text(field, from, offset, length);
    areCells = true;
  }

  /** Keeps a number or a boolean as it is written. */
  public void literal(int field, byte[] from, int offset, int length) {
    keep(field, from, offset, length);
    ends[record * fields + field] = used;
    areCells = false;
  }

  private void keep(int field, byte[] from, int offset, int length) {
    if (bytes.length - used < length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, used + length));
    }

    starts[record * fields + field] = used;
    System.arraycopy(from, offset, bytes, used, length);
    used += length;
  }

  /** Returns a value as it was written; null if it was absent or null. */
  public String value(int index, int field) {
    int at = index * fields + field;
    return starts[at] == ABSENT
        ? null
        : new String(bytes, starts[at], end(at) - starts[at], StandardCharsets.UTF_8);
  }

  /** Returns whether the values are cells of a CSV file. */
  public boolean areCells() {
    return areCells;
  }

  /** Returns whether a value that is not absent was given as text, and not as a JSON literal. */
  public boolean isText(int index, int field) {
    return ends[index * fields + field] < 0;
  }

  /**
   * Encodes a value for another field of the same column, as the reader that kept it would.
   *
   * @param row receives a slot at {@code at + slot} for each feature of the field
   */
  public void encode(int index, int field, Field as, float[] row, int at, Faults faults) {
    int place = index * fields + field;
    if (starts[place] == ABSENT) {
      as.missing(row, at, faults);
      return;
    }

    int start = starts[place];
    int length = end(place) - start;
    if (areCells) {
      CsvCells.encode(as, bytes, start, length, row, at, faults);
    } else if (isText(index, field)) {
      as.text(bytes, start, length, row, at, faults);
    } else if (bytes[start] == 't' || bytes[start] == 'f') {
      as.truth(bytes[start] == 't', row, at, faults);
    } else if (length > NumberText.MAX_LENGTH) {
      as.longNumber(row, at, faults);
    } else {
      double number =
          Double.parseDouble(new String(bytes, start, length, StandardCharsets.US_ASCII));
      as.number(number, row, at, faults);
    }
  }

  /**
   * Returns a copy of some values of some records, whose first becomes record 0.
   *
   * @param some indexes of the fields, of which the first becomes field 0
   */
  public RecordValues part(int first, int last, int[] some) {
    RecordValues part = new RecordValues(some.length);
    part.bytes = new byte[size(first, last, some)];
    part.starts = new int[(last - first) * some.length];
    part.ends = new int[part.starts.length];
    part.areCells = areCells;
    Arrays.fill(part.starts, ABSENT);
    for (int index = first; index < last; index++) {
      part.record = index - first;
      for (int field = 0; field < some.length; field++) {
        int at = index * fields + some[field];
        if (starts[at] != ABSENT) {
          part.keep(field, bytes, starts[at], end(at) - starts[at]);
          part.ends[part.record * some.length + field] = ends[at] < 0 ? ~part.used : part.used;
        }
      }
    }

    return part;
  }

  /** Returns how many bytes values take, without their places; see {@link #part}. */
  public int size(int first, int last, int[] some) {
    int size = 0;
    for (int index = first; index < last; index++) {
      for (int field : some) {
        int at = index * fields + field;
        size += starts[at] == ABSENT ? 0 : end(at) - starts[at];
      }
    }

    return size;
  }

  private int end(int at) {
    return ends[at] < 0 ? ~ends[at] : ends[at];
  }
}
