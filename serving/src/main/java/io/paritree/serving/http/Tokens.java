package io.paritree.serving.http;

import io.paritree.Sha256;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
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

  private final List<Known> score;
  private final List<Known> admin;

  /**
   * A configured token.
   *
   * @param name null if it has none
   */
  private record Known(String name, byte[] hash) {}

  /**
   * What a request's token allows.
   *
   * @param token its name; null if it is not known or has no name
   * @param refusal why the request is refused; empty if it is allowed
   */
  public record Verdict(String token, Optional<Problem> refusal) {
    private static Verdict refused(Problem problem) {
      return new Verdict(null, Optional.of(problem));
    }
  }

  public Tokens(ServingConfig.Security config) {
    this.score = known(config.scoreTokens());
    this.admin = known(config.adminTokens());
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
   * Returns what a request's token allows: it is refused with 401 without a known token, with 403
   * with a token of another role.
   */
  public Verdict verdict(HttpFields headers, Role role) {
    Enumeration<String> given = headers.getValues(HttpHeader.AUTHORIZATION.asString());
    if (!given.hasMoreElements()) {
      return Verdict.refused(Problems.ofStatus(401));
    }

    String header = given.nextElement();
    boolean one = !given.hasMoreElements();
    if (!one
        || header.length() > MAX_TOKEN + SCHEME.length()
        || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return Verdict.refused(Problems.ofStatus(401));
    }

    byte[] hash =
        Sha256.digest().digest(header.substring(SCHEME.length()).getBytes(StandardCharsets.UTF_8));
    Known caller = find(score, hash);
    Known operator = find(admin, hash);
    Known allowed = role == Role.SCORE ? caller : operator;
    if (allowed != null) {
      return new Verdict(allowed.name(), Optional.empty());
    }

    Known other = caller == null ? operator : caller;
    return other == null
        ? Verdict.refused(Problems.UNKNOWN_TOKEN.of())
        : new Verdict(other.name(), Optional.of(Problems.ofStatus(403)));
  }

  /** Returns the token with a hash, null if there is none; always compares all of them. */
  private static Known find(List<Known> all, byte[] hash) {
    Known found = null;
    for (Known known : all) {
      found = MessageDigest.isEqual(known.hash(), hash) ? known : found;
    }

    return found;
  }

  /**
   * @param texts hexadecimal digits, each after its name and a colon if it has a name
   */
  private static List<Known> known(List<String> texts) {
    List<Known> all = new ArrayList<>();
    for (String text : texts) {
      int colon = text.indexOf(':');
      String name = colon < 0 ? null : text.substring(0, colon);
      all.add(new Known(name, HexFormat.of().parseHex(text.substring(colon + 1))));
    }

    return List.copyOf(all);
  }
}
