package io.paritree.serving.http;

import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * The bearer tokens and what each of them allows; the configuration holds only their SHA-256.
 *
 * <p>A comparison takes the same time whether the token is right or wrong. Thread-safe.
 */
public final class Tokens {
  private static final String SCHEME = "bearer ";
  private static final int MAX_TOKEN = 512;

  private final List<byte[]> score;
  private final List<byte[]> admin;

  public Tokens(ServingConfig.Security config) {
    this.score = hashes(config.scoreTokens());
    this.admin = hashes(config.adminTokens());
  }

  /** What a caller may do. */
  public enum Role {
    /** Score, and read about the models. */
    SCORE,
    /** Reload the models. */
    ADMIN
  }

  /**
   * Returns whether a token is configured for a role. Without one, scoring needs no token, and the
   * admin endpoints do not exist.
   */
  public boolean exist(Role role) {
    return !(role == Role.SCORE ? score : admin).isEmpty();
  }

  /**
   * Returns why a request is refused: 401 without a known token, 403 with a token of another role;
   * empty if the request is allowed.
   */
  public Optional<Problem> refusal(HttpFields headers, Role role) {
    Enumeration<String> given = headers.getValues(HttpHeader.AUTHORIZATION.asString());
    if (!given.hasMoreElements()) {
      return Optional.of(Problems.ofStatus(401));
    }

    String header = given.nextElement();
    boolean one = !given.hasMoreElements();
    if (!one
        || header.length() > MAX_TOKEN + SCHEME.length()
        || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return Optional.of(Problems.ofStatus(401));
    }

    byte[] hash =
        sha256().digest(header.substring(SCHEME.length()).getBytes(StandardCharsets.UTF_8));
    boolean mayScore = contains(score, hash);
    boolean mayAdminister = contains(admin, hash);
    if (role == Role.SCORE ? mayScore : mayAdminister) {
      return Optional.empty();
    }

    return Optional.of(
        mayScore || mayAdminister ? Problems.ofStatus(403) : Problems.unknownToken());
  }

  private static boolean contains(List<byte[]> hashes, byte[] hash) {
    boolean found = false;
    for (byte[] known : hashes) {
      found |= MessageDigest.isEqual(known, hash);
    }

    return found;
  }

  private static List<byte[]> hashes(List<String> texts) {
    return texts.stream().map(text -> HexFormat.of().parseHex(text)).toList();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot happen: every Java has SHA-256", e);
    }
  }
}
