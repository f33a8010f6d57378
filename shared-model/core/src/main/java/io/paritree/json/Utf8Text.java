package io.paritree.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decodes the text files of a package: only UTF-8 is allowed. */
public final class Utf8Text {
  private Utf8Text() {}

  /**
   * Returns the text.
   *
   * @param origin names the file in messages
   * @throws BrokenJsonException if it is not UTF-8
   */
  public static String of(String origin, byte[] content) throws BrokenJsonException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new BrokenJsonException("Cannot read %s: it is not UTF-8".formatted(origin), e);
    }
  }
}
