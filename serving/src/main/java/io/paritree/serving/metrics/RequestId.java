package io.paritree.serving.metrics;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** The id of a request, in the header {@code X-Request-Id}: the caller's own, or one made here. */
public final class RequestId {
  public static final String HEADER = "X-Request-Id";

  private static final HexFormat HEX = HexFormat.of();

  private static final int MAX_LENGTH = 128;

  private RequestId() {}

  /** Returns a new id: 32 hexadecimal digits, random but not secret. */
  public static String make() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return HEX.toHexDigits(random.nextLong()) + HEX.toHexDigits(random.nextLong());
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
