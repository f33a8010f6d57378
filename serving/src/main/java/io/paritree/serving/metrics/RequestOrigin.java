package io.paritree.serving.metrics;

/**
 * Identifiers of a request, for the answer and both logs.
 *
 * @param requestId the caller's id for its request, or one that the server made
 * @param traceParent the caller's {@code traceparent} of W3C's Trace Context; null without a valid
 *     one
 * @param token the name of the caller's token; null if it has none
 */
public record RequestOrigin(String requestId, String traceParent, String token) {
  /** The header of Trace Context. */
  public static final String TRACE_PARENT = "traceparent";

  private static final int TRACE_LENGTH = 55;

  /** Of a request that was refused before its headers were read. */
  static final RequestOrigin UNKNOWN = new RequestOrigin(null, null, null);

  /**
   * Returns whether a text is a {@code traceparent}: version, trace, span and flags, in lower-case
   * hexadecimal digits. A version that is not known yet may add parts.
   */
  public static boolean isTraceParent(String text) {
    boolean longer = text.length() > TRACE_LENGTH;
    if (text.length() < TRACE_LENGTH
        || text.length() > 2 * TRACE_LENGTH
        || longer && (text.startsWith("00") || text.charAt(TRACE_LENGTH) != '-')
        || !RequestId.isRepeated(text)) {
      return false;
    }

    return isHex(text, 0, 2)
        && !text.startsWith("ff")
        && text.charAt(2) == '-'
        && isHex(text, 3, 35)
        && !isZero(text, 3, 35)
        && text.charAt(35) == '-'
        && isHex(text, 36, 52)
        && !isZero(text, 36, 52)
        && text.charAt(52) == '-'
        && isHex(text, 53, TRACE_LENGTH);
  }

  private static boolean isHex(String text, int from, int to) {
    for (int at = from; at < to; at++) {
      char digit = text.charAt(at);
      if (!(digit >= '0' && digit <= '9' || digit >= 'a' && digit <= 'f')) {
        return false;
      }
    }

    return true;
  }

  private static boolean isZero(String text, int from, int to) {
    return text.substring(from, to).chars().allMatch(digit -> digit == '0');
  }
}
