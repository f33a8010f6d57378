package io.paritree.serving;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One answer to a {@link Load}, in the receive buffer; valid until the buffer is used again. Texts
 * are made on request.
 */
final class LoadAnswer {
  private static final byte[] HEAD_END = ascii("\r\n\r\n");
  private static final byte[] CONTENT_LENGTH = ascii("\r\nContent-Length: ");
  private static final byte[] CLOSE = ascii("\r\nConnection: close\r\n");

  private final byte[] bytes;
  private final int bodyAt;
  private final int end;

  private LoadAnswer(byte[] bytes, int bodyAt, int end) {
    this.bytes = bytes;
    this.bodyAt = bodyAt;
    this.end = end;
  }

  /** Returns the answer at the beginning of the received bytes; null if it is not complete. */
  static LoadAnswer first(byte[] bytes, int length) {
    int head = find(HEAD_END, bytes, length);
    if (head < 0) {
      return null;
    }

    int body = head + HEAD_END.length;
    int end = body + contentLength(bytes, body);
    return length < end ? null : new LoadAnswer(bytes, body, end);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  int status() {
    return (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
  }

  /** Returns the status line and the headers. */
  String head() {
    return new String(bytes, 0, bodyAt, StandardCharsets.ISO_8859_1);
  }

  String body() {
    return new String(bytes, bodyAt, end - bodyAt, StandardCharsets.ISO_8859_1);
  }

  /** Returns the position in the buffer at which the answer ends. */
  int end() {
    return end;
  }

  boolean closes() {
    return find(CLOSE, bytes, bodyAt) >= 0;
  }

  /** Returns the length that a head announces; 0 if it announces none. */
  private static int contentLength(byte[] bytes, int headEnd) {
    int at = find(CONTENT_LENGTH, bytes, headEnd);
    int length = 0;
    for (int digit = at + CONTENT_LENGTH.length; at >= 0 && bytes[digit] != '\r'; digit++) {
      length = length * 10 + bytes[digit] - '0';
    }

    return length;
  }

  private static int find(byte[] wanted, byte[] bytes, int end) {
    for (int at = 0; at <= end - wanted.length; at++) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }

    return -1;
  }
}
