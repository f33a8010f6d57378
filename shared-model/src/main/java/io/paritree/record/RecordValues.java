package io.paritree.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The values of records as they were given, for answers that repeat some of them.
 *
 * <p>Keeps its buffers; not thread-safe.
 */
public final class RecordValues {
  private static final int ABSENT = -1;
  private static final int MAX_KEPT_BYTES = 1 << 20;

  private final int fields;
  private byte[] bytes = new byte[256];
  private int used;

  /** Of each record and field, where the value ends; negative if it is text, as {@code ~end}. */
  private int[] ends = new int[0];

  private int[] starts = new int[0];
  private int record;

  /**
   * @param fields number of fields of the schema
   */
  public RecordValues(int fields) {
    this.fields = fields;
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
  }

  /** Keeps a number or a boolean as it is written. */
  public void literal(int field, byte[] from, int offset, int length) {
    keep(field, from, offset, length);
    ends[record * fields + field] = used;
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

  /** Returns whether a value that is not absent was given as text, and not as a JSON literal. */
  public boolean isText(int index, int field) {
    return ends[index * fields + field] < 0;
  }

  private int end(int at) {
    return ends[at] < 0 ? ~ends[at] : ends[at];
  }
}
