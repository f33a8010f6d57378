package io.paritree.serving.request;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Names and values of a query as they are sent, {@code application/x-www-form-urlencoded}. */
public final class QueryText {
  private QueryText() {}

  /**
   * Returns what a text means.
   *
   * @throws IllegalArgumentException if it is not percent-encoded UTF-8: a replaced character would
   *     make another value of it
   */
  public static String decoded(String text) {
    String sent = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    byte[] bytes =
        URLDecoder.decode(sent, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
