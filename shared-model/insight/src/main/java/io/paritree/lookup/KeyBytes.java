package io.paritree.lookup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The bytes of a key, column after column. Equal keys have equal bytes, and different keys of the
 * same columns have different bytes.
 *
 * <pre>
 *   integer, date, timestamp, timestamp_ntz   8 bytes, big-endian: the number, days, microseconds
 *   decimal                                   number of bytes (1), unscaled number, big-endian
 *   boolean                                   1 byte
 *   text                                      UTF-8; before it, if other columns follow, its
 *                                             length (4 bytes)
 * </pre>
 *
 * <p>The array grows and is reused. Not thread-safe.
 */
public final class KeyBytes {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final long ODD = 0x9e3779b97f4a7c15L;

  private byte[] bytes = new byte[64];
  private int length;

  /** Removes all columns. */
  public void clear() {
    length = 0;
  }

  /** Returns the array that holds the key from index 0; valid until the next change. */
  public byte[] array() {
    return bytes;
  }

  public int length() {
    return length;
  }

  /** Adds an integer, the days of a date, or the microseconds of a timestamp. */
  public void putLong(long value) {
    reserve(Long.BYTES);
    LONGS.set(bytes, length, value);
    length += Long.BYTES;
  }

  /** Adds a decimal of the column's scale, at most 38 digits. */
  public void putDecimal(BigInteger unscaled) {
    byte[] digits = unscaled.toByteArray();
    reserve(1 + digits.length);
    bytes[length++] = (byte) digits.length;
    put(digits, 0, digits.length);
  }

  public void putBoolean(boolean value) {
    reserve(1);
    bytes[length++] = (byte) (value ? 1 : 0);
  }

  /**
   * Adds a text.
   *
   * @param isLast whether no other column follows
   */
  public void putText(byte[] utf8, boolean isLast) {
    reserve(Integer.BYTES + utf8.length);
    if (!isLast) {
      INTS.set(bytes, length, utf8.length);
      length += Integer.BYTES;
    }

    put(utf8, 0, utf8.length);
  }

  private void put(byte[] from, int offset, int count) {
    System.arraycopy(from, offset, bytes, length, count);
    length += count;
  }

  private void reserve(int added) {
    if (bytes.length - length < added) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, added)));
    }
  }

  /** Returns a copy of the key. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** Returns the key's hash. */
  public long hash() {
    return hash(bytes, 0, length);
  }

  /** Returns the hash of a key; part of the format. */
  static long hash(byte[] key, int offset, int length) {
    long hash = ODD * (length + 1);
    int at = offset;
    for (int end = offset + length; at < end; at += Long.BYTES) {
      long next = 0;
      if (end - at >= Long.BYTES) {
        next = (long) LONGS.get(key, at);
      } else {
        for (int rest = at; rest < end; rest++) {
          next = next << 8 | key[rest] & 0xff;
        }
      }

      hash = mixed(hash ^ next) + ODD;
    }

    return mixed(hash);
  }

  /** The finalizer of MurmurHash3: each bit of the result depends on each of the value. */
  private static long mixed(long value) {
    long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }
}
