package io.paritree.model.layout;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.CorruptModelException;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * A move of an alias from one version to another, as its journal has it.
 *
 * @param number its place in the journal, from 1
 * @param time when it began
 * @param user the user of the operating system who asked for it
 * @param action what asked for it, such as {@link #SET}; newer programs may have others
 * @param from what the alias named before; empty if it named no version
 * @param to what the alias was to name; empty if it was to be removed
 * @param confirmed when the alias had moved; empty if the journal does not say that it has
 * @param promotion by what it was decided; empty if nothing was required
 * @param isRefused whether it was decided that the alias does not move
 */
public record AliasMove(
    long number,
    Instant time,
    String user,
    String action,
    Optional<Target> from,
    Optional<Target> to,
    Optional<Instant> confirmed,
    Optional<Promotion> promotion,
    boolean isRefused) {
  /** A larger entry cannot be read. */
  static final int MAX_BYTES = 1 << 20;

  /** The command {@code alias --version}. */
  public static final String SET = "alias";

  /** The command {@code alias --back}. */
  public static final String BACK = "back";

  /** The command {@code alias --remove}. */
  public static final String REMOVE = "remove";

  /** The command {@code seal --alias}. */
  public static final String SEAL = "seal";

  /** Sealing has moved it to a version that was not compared with its trainer. */
  public static final String SEAL_UNCHECKED = "seal --unchecked";

  /** The command {@code promote}. */
  public static final String PROMOTE = "promote";

  /**
   * A version that an alias names.
   *
   * @param digest the digest of its package; empty if it could not be read
   */
  public record Target(long version, Optional<String> digest) {}

  /** Returns a move that nobody has begun yet. */
  static AliasMove asked(
      String action,
      Optional<Target> from,
      Optional<Target> to,
      Optional<Promotion> promotion,
      boolean isRefused) {
    String user = System.getProperty("user.name", "?");
    return new AliasMove(
        0, Instant.EPOCH, user, action, from, to, Optional.empty(), promotion, isRefused);
  }

  AliasMove begun(long place, Instant now) {
    return new AliasMove(place, now, user, action, from, to, confirmed, promotion, isRefused);
  }

  AliasMove confirmedAt(Instant moved) {
    return new AliasMove(
        number, time, user, action, from, to, Optional.of(moved), promotion, isRefused);
  }

  /** Returns whether the alias was to name something else than before. */
  public boolean isChange() {
    return !fromVersion().equals(toVersion());
  }

  /** Returns the version that the alias was to name; empty if it was to be removed. */
  public Optional<Long> toVersion() {
    return to.map(Target::version);
  }

  /** Returns the version that the alias named before; empty if it named none. */
  public Optional<Long> fromVersion() {
    return from.map(Target::version);
  }

  /** Returns the content of the move's file. */
  byte[] toJson() {
    return JsonText.line(
        JsonText.object(
            json -> {
              writeMembers(json);
              JsonText.optional(json, "confirmed", confirmed.map(Instant::toString));
            }));
  }

  /** Writes the members that say what was asked for. */
  public void writeMembers(JsonGenerator json) throws IOException {
    json.writeStringField("time", time.toString());
    json.writeStringField("user", user);
    json.writeStringField("action", action);
    json.writeObjectField("from", fromVersion().orElse(null));
    json.writeObjectField("to", toVersion().orElse(null));
    json.writeStringField("from_digest", from.flatMap(Target::digest).orElse(null));
    json.writeStringField("to_digest", to.flatMap(Target::digest).orElse(null));
    if (promotion.isPresent()) {
      json.writeObjectFieldStart("promotion");
      promotion.get().write(json);
      json.writeEndObject();
    }

    if (isRefused) {
      json.writeBooleanField("refused", true);
    }
  }

  /**
   * Reads a move's file; members that this version does not know are ignored.
   *
   * @param where the file, for messages
   */
  static AliasMove fromJson(long number, String where, byte[] content)
      throws CorruptModelException {
    Members read = new Members();
    try {
      StrictJson json = new StrictJson(where, content);
      json.document(() -> json.namedValues(name -> read.member(name, json)));
    } catch (BrokenJsonException e) {
      throw new CorruptModelException(e.getMessage(), e);
    }

    if (read.time == null || read.user == null || read.action == null) {
      throw new CorruptModelException(
          "Cannot read %s: it is no move of an alias, which has time, user and action"
              .formatted(where));
    }

    return new AliasMove(
        number,
        read.time,
        read.user,
        read.action,
        target(read.from, read.fromDigest),
        target(read.to, read.toDigest),
        Optional.ofNullable(read.confirmed),
        Optional.ofNullable(read.promotion),
        read.isRefused);
  }

  private static Optional<Target> target(Long version, String digest) {
    return Optional.ofNullable(version)
        .map(named -> new Target(named, Optional.ofNullable(digest)));
  }

  /** What was read so far. */
  private static final class Members {
    private Instant time;
    private String user;
    private String action;
    private Long from;
    private Long to;
    private String fromDigest;
    private String toDigest;
    private Instant confirmed;
    private Promotion promotion;
    private boolean isRefused;

    void member(String name, StrictJson json) throws BrokenJsonException {
      if (json.isNull()) {
        return;
      }

      switch (name) {
        case "time" -> time = instant(json);
        case "user" -> user = json.text();
        case "action" -> action = json.text();
        case "from" -> from = json.integer(1, ModelName.MAX_VERSION);
        case "to" -> to = json.integer(1, ModelName.MAX_VERSION);
        case "from_digest" -> fromDigest = json.text();
        case "to_digest" -> toDigest = json.text();
        case "confirmed" -> confirmed = instant(json);
        case "promotion" -> promotion = Promotion.read(json);
        case "refused" -> isRefused = json.truth();
        default -> json.skip();
      }
    }

    private static Instant instant(StrictJson json) throws BrokenJsonException {
      try {
        return Instant.parse(json.text());
      } catch (DateTimeException e) {
        throw json.wrong("a time such as 2026-01-31T23:59:59Z");
      }
    }
  }
}
