package io.paritree.json;

import io.paritree.Sha256;
import java.nio.charset.StandardCharsets;

/**
 * Documents whose last member {@code sha256} is the digest of all that is before it, up to the
 * comma: so it is seen if a byte is changed.
 */
public final class SealedJson {
  private static final String SEAL = ",\n  \"sha256\": \"";
  private static final String END = "\"\n}\n";
  private static final int DIGITS = 64;

  private SealedJson() {}

  /**
   * Returns an indented document.
   *
   * @param members of its object, without the digest
   */
  public static byte[] of(JsonText.Body members) {
    return sealed(JsonText.of(JsonText.object(members)));
  }

  /**
   * Returns an indented document with arrays in one line.
   *
   * @param members of its object, without the digest
   */
  public static byte[] wide(JsonText.Body members) {
    return sealed(JsonText.wide(JsonText.object(members)));
  }

  private static byte[] sealed(byte[] unsealed) {
    String document = new String(unsealed, StandardCharsets.UTF_8);
    String open = document.substring(0, document.lastIndexOf("\n}"));
    String sealed = open + SEAL + Sha256.hex(open.getBytes(StandardCharsets.UTF_8)) + END;
    return sealed.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns whether a document ends with the digest of what is before it. */
  public static boolean isWhole(byte[] document) {
    String text = new String(document, StandardCharsets.ISO_8859_1); // a character is a byte
    int end = text.length() - END.length() - DIGITS - SEAL.length();
    return end > 0
        && text.startsWith(SEAL, end)
        && text.endsWith(END)
        && text.startsWith(
            Sha256.hex(text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1)),
            end + SEAL.length());
  }
}
