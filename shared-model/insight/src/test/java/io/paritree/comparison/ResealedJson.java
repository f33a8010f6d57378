package io.paritree.comparison;

import io.paritree.Sha256;
import java.nio.charset.StandardCharsets;

/** Documents that somebody has changed, and given the digest of what they changed. */
public final class ResealedJson {
  private static final String SEAL = ",\n  \"sha256\": \"";

  private ResealedJson() {}

  /** Returns a sealed document with another text in place of one that it has. */
  public static byte[] replaced(byte[] document, String regex, String replacement) {
    String text = new String(document, StandardCharsets.UTF_8);
    String open = text.substring(0, text.lastIndexOf(SEAL));
    String other = open.replaceAll(regex, replacement);
    if (other.equals(open)) {
      throw new IllegalArgumentException("The document has no " + regex);
    }

    return (other + SEAL + Sha256.hex(other.getBytes(StandardCharsets.UTF_8)) + "\"\n}\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
