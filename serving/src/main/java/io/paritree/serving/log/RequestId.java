package io.paritree.serving.log;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** The id of a request, in the header {@code X-Request-Id}: the caller's own, or one made here. */
public final class RequestId {
  /** The header's name. */
  public static final String HEADER = "X-Request-Id";

  /** Hexadecimal digits of a long. */
  private static final int DIGITS = 16;

  private static final int MAX_LENGTH = 128;

  private RequestId() {}

  /** Returns a new id: 32 hexadecimal digits, random but not secret. */
  public static String make() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    byte[] digits = new byte[2 * DIGITS];
    write(random.nextLong(), digits, 0);
    write(random.nextLong(), digits, DIGITS);
    return new String(digits, StandardCharsets.ISO_8859_1);
  }

  private static void write(long bits, byte[] digits, int from) {
    for (int digit = 0; digit < DIGITS; digit++) {
      int value = (int) (bits >>> 4 * digit) & 0xf;
      digits[from + digit] = (byte) (value < 10 ? '0' + value : 'a' - 10 + value);
    }
  }

  /**
   * Returns whether an id is repeated in the answer and in the logs: only if it is short, and
   * printable ASCII without spaces.
   */
  public static boolean isRepeated(String id) {
    if (id.isEmpty() || id.length() > MAX_LENGTH) {
      return false;
    }

    for (int at = 0; at < id.length(); at++) {
      char character = id.charAt(at);
      if (character <= ' ' || character > '~') {
        return false;
      }
    }

    return true;
  }
}
