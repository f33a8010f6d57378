package io.paritree.feature;

import io.paritree.Fault;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Checks that bytes are well-formed UTF-8 (Unicode 3.9, table 3-7): no sequence is overlong,
 * encodes a surrogate, or is above U+10FFFF.
 */
public final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final int MAX_SHOWN = 100;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /**
   * Returns the bytes of a text that a manifest gives.
   *
   * @throws IllegalArgumentException if it has an unpaired surrogate: no record could match it
   */
  static byte[] bytes(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          "Cannot use the text '%s': it has an unpaired surrogate"
              .formatted(Fault.printable(text, MAX_SHOWN)));
    }

    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns whether the bytes are well-formed. */
  public static boolean isWellFormed(byte[] bytes, int offset, int length) {
    return firstIllFormed(bytes, offset, length) < 0;
  }

  /**
   * Returns the index of the first byte that starts no well-formed sequence; -1 if there is none.
   */
  public static int firstIllFormed(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      if (at + Long.BYTES <= end && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
        at += Long.BYTES;
      } else {
        int size = sequence(bytes, at, end);
        if (size == 0) {
          return at;
        }

        at += size;
      }
    }

    return -1;
  }

  /** Returns the length of the sequence that starts at {@code at}; 0 if it is ill-formed. */
  private static int sequence(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xff;
    if (first < 0x80) {
      return 1;
    }

    if (first < 0xc2 || first > 0xf4) {
      return 0;
    }

    int size = Integer.numberOfLeadingZeros(~first << Byte.SIZE * 3);
    if (at + size > end) {
      return 0;
    }

    int least =
        switch (first) {
          case 0xe0 -> 0xa0;
          case 0xf0 -> 0x90;
          default -> 0x80;
        };
    int most =
        switch (first) {
          case 0xed -> 0x9f;
          case 0xf4 -> 0x8f;
          default -> 0xbf;
        };
    int second = bytes[at + 1] & 0xff;
    if (second < least || second > most) {
      return 0;
    }

    for (int index = at + 2; index < at + size; index++) {
      if ((bytes[index] & 0xc0) != 0x80) {
        return 0;
      }
    }

    return size;
  }
}
