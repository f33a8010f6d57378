package io.paritree;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, the digest of files, partitions and tokens. */
public final class Sha256 {
  private Sha256() {}

  /** Returns a digest that has gathered nothing yet. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** Adds a text with its length, so that different lists of texts are different bytes. */
  public static void add(MessageDigest digest, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    digest.update((utf8.length + ":").getBytes(StandardCharsets.US_ASCII));
    digest.update(utf8);
  }

  /** Returns what a digest has gathered as 64 hexadecimal digits, and resets it. */
  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns the SHA-256 of a content as 64 hexadecimal digits. */
  public static String hex(byte[] content) {
    return HexFormat.of().formatHex(digest().digest(content));
  }
}
