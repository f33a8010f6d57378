package io.paritree.lookup;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Rows on their way into an index, one after the other in a byte array that grows.
 *
 * <pre>
 *   row      hash (8), length of the key, key, kind (1), what the kind has
 *   scored   the scores (4 each), length of the members, members
 *   faulty   length of the faults, faults
 * </pre>
 *
 * <p>Lengths have 4 bytes; all numbers are big-endian. Not thread-safe.
 */
public final class RowBytes {
  private ByteBuffer content;
  private long rows;
  private long withoutKey;

  /**
   * @param bytes how many bytes the array has at first
   */
  public RowBytes(int bytes) {
    this.content = ByteBuffer.allocate(bytes);
  }

  /** Returns the array that holds the rows from index 0; valid until the next change. */
  public byte[] array() {
    return content.array();
  }

  /** Returns the number of bytes of all rows. */
  public int length() {
    return content.position();
  }

  /** Returns the number of rows. */
  public long rows() {
    return rows;
  }

  /** Returns how many of the rows have no key, and so no bytes. */
  public long withoutKey() {
    return withoutKey;
  }

  /** Removes all rows. */
  public void clear() {
    content.clear();
    rows = 0;
    withoutKey = 0;
  }

  /** Adds a row that is not in the index, since a column of its key is null. */
  public void addWithoutKey() {
    rows++;
    withoutKey++;
  }

  /**
   * Adds a scored row.
   *
   * @param scores the scores of the row
   * @param members as in {@link StoredEntry.Scored}
   * @throws LongRowException if it is longer than readers of an index accept
   */
  public void addScored(KeyBytes key, float[] scores, byte[] members, int length) {
    begin(key, ShardLayout.SCORED, scores.length * Float.BYTES, length);
    for (float score : scores) {
      content.putFloat(score);
    }

    end(members, length);
  }

  /**
   * Adds a row that could not be scored.
   *
   * @param faults as in {@link StoredEntry.Quarantined}
   * @throws LongRowException if it is longer than readers of an index accept
   */
  public void addQuarantined(KeyBytes key, byte[] faults) {
    begin(key, ShardLayout.QUARANTINED, 0, faults.length);
    end(faults, faults.length);
  }

  private void begin(KeyBytes key, byte kind, int scoreBytes, int rest) {
    long entry = (long) key.length() + scoreBytes;
    if (entry > ShardLayout.MAX_ENTRY) {
      throw new LongRowException(
          "the key of a row, with its scores,", Long.toString(entry), ShardLayout.MAX_ENTRY);
    } else if (rest > ShardLayout.MAX_READ) {
      throw new LongRowException(
          "what a row has beside its key and scores, as JSON,",
          Integer.toString(rest),
          ShardLayout.MAX_READ);
    }

    int bytes = Long.BYTES + 9 + (int) entry + rest;
    if (content.remaining() < bytes) {
      int needed = Math.addExact(content.position(), bytes);
      int doubled = (int) Math.min(Integer.MAX_VALUE - 8, 2L * content.capacity());
      content =
          ByteBuffer.wrap(Arrays.copyOf(content.array(), Math.max(needed, doubled)))
              .position(content.position());
    }

    content.putLong(key.hash()).putInt(key.length()).put(key.array(), 0, key.length()).put(kind);
  }

  private void end(byte[] rest, int length) {
    rows++;
    content.putInt(length).put(rest, 0, length);
  }

  /** Returns the index of the kind of the row at an index, which follows the row's key. */
  static int kind(ByteBuffer content, int at) {
    return at + Long.BYTES + Integer.BYTES + content.getInt(at + Long.BYTES);
  }

  /** Returns the index of the length of what the row at an index has beside its key and scores. */
  static int rest(ByteBuffer content, int at, int scores) {
    int kind = kind(content, at);
    return kind + 1 + (content.get(kind) == ShardLayout.SCORED ? scores * Float.BYTES : 0);
  }

  /** Returns the index of the first byte after the row at an index. */
  public static int end(ByteBuffer content, int at, int scores) {
    int rest = rest(content, at, scores);
    return rest + Integer.BYTES + content.getInt(rest);
  }
}
