package io.paritree.serving.log;

/** The caller's own id for its request, in the header {@code X-Request-Id}. */
public final class RequestId {
  /** The header's name. */
  public static final String HEADER = "X-Request-Id";

  private static final int MAX_LENGTH = 128;

  private RequestId() {}

  /**
   * Returns whether an id is repeated in the answer and in the prediction log: only if it is short,
   * and printable ASCII without spaces.
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
