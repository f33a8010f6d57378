package io.paritree.model.layout;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.paritree.CorruptModelException;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A move of an alias from one version to another, as its journal has it.
 *
 * @param number its place in the journal, from 1, which names its file
 * @param time when it began
 * @param user the user of the operating system who asked for it
 * @param action what asked for it, such as {@link #SET}; newer programs may have others
 * @param from what the alias named before; empty if it named no version
 * @param to what the alias was to name; empty if it was to be removed
 * @param fromDigest the digest of the package it named before; empty if it could not be read
 * @param toDigest the digest of the package it was to name; empty if it could not be read
 * @param promotion by what it was decided; empty if nothing was required
 * @param isRefused whether it was decided that the alias does not move
 * @param confirmed when the alias had moved; empty if the journal does not say that it has
 */
public record AliasMove(
    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY) long number,
    @JsonProperty(required = true) Instant time,
    @JsonProperty(required = true) String user,
    @JsonProperty(required = true) String action,
    @JsonInclude Optional<Long> from,
    @JsonInclude Optional<Long> to,
    @JsonInclude Optional<String> fromDigest,
    @JsonInclude Optional<String> toDigest,
    Optional<Promotion> promotion,
    @JsonProperty("refused") @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean isRefused,
    Optional<Instant> confirmed) {
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

  public AliasMove {
    Stream.of(from, to).flatMap(Optional::stream).forEach(AliasMove::checkVersion);
  }

  private static void checkVersion(long version) {
    if (version < 1 || version > ModelName.MAX_VERSION) {
      throw new IllegalArgumentException(
          "got version %s, expected 1 to %s".formatted(version, ModelName.MAX_VERSION));
    }
  }

  AliasMove begun(long place, Instant now) {
    return new AliasMove(
        place, now, user, action, from, to, fromDigest, toDigest, promotion, isRefused, confirmed);
  }

  AliasMove confirmedAt(Instant moved) {
    return new AliasMove(
        number,
        time,
        user,
        action,
        from,
        to,
        fromDigest,
        toDigest,
        promotion,
        isRefused,
        Optional.of(moved));
  }

  /** Returns whether the alias was to name something else than before. */
  public boolean isChange() {
    return !from.equals(to);
  }

  /** Returns the content of the move's file. */
  byte[] toJson() {
    return JsonText.line(Documents.value(this));
  }

  /**
   * Reads a move's file; members that this version does not know are ignored.
   *
   * @param where the file, for messages
   */
  static AliasMove fromJson(long number, String where, byte[] content)
      throws CorruptModelException {
    try {
      AliasMove move = Documents.TOLERANT.read(AliasMove.class, where, content);
      return move.begun(number, move.time);
    } catch (BrokenJsonException e) {
      throw new CorruptModelException(e.getMessage(), e);
    }
  }
}
