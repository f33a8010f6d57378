package io.paritree.model.command;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.paritree.Fault;
import io.paritree.model.layout.AliasHistory;
import io.paritree.model.layout.AliasMove;
import io.paritree.model.layout.Promotion;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The journal of an alias, as {@code model alias --history} shows it. */
final class ShownHistory {
  private static final int DIGITS = 12;

  private ShownHistory() {}

  /** Returns a line per move, and one that says what the alias names. */
  static String text(AliasHistory history) {
    StringBuilder text = new StringBuilder();
    for (int index = 0; index < history.moves().size(); index++) {
      AliasMove move = history.moves().get(index);
      text.append(
          "%s  %s  %s  %-6s  %s -> %s  %s -> %s%s%n"
              .formatted(
                  move.number(),
                  move.time(),
                  Fault.printable(move.user()),
                  Fault.printable(move.action()),
                  number(move.from()),
                  number(move.to()),
                  digest(move.fromDigest()),
                  digest(move.toDigest()),
                  remark(history, index)));
    }

    text.append("%s names %s now".formatted(history.reference(), version(history.version())));
    if (history.lastNumber() == 0) {
      text.append("; its journal has no moves");
    } else if (!history.fitsLastMove()) {
      text.append("; its file was changed by something else than this command");
    }

    text.append(System.lineSeparator());
    return text.toString();
  }

  private static String remark(AliasHistory history, int index) {
    AliasMove move = history.moves().get(index);
    if (move.isRefused()) {
      return "  (refused: %s)".formatted(required(move));
    }

    if (!history.happened(index)) {
      return "  (not confirmed: afterwards the alias named %s)"
          .formatted(version(history.after(index)));
    }

    if (!move.isChange()) {
      return "  (named it already)";
    }

    return move.promotion()
        .flatMap(Promotion::override)
        .map(reason -> "  (overridden: %s)".formatted(Fault.printable(reason)))
        .orElse("");
  }

  /** Returns how many requirements were not met. */
  private static String required(AliasMove move) {
    List<Promotion.Required> all = move.promotion().map(Promotion::requirements).orElse(List.of());
    long open = all.stream().filter(one -> !one.isMet()).count();
    return "%s of %s requirements not met".formatted(open, all.size());
  }

  /** Returns {@code version 3}, or {@code no version}. */
  static String version(Optional<Long> version) {
    return version.map("version %s"::formatted).orElse("no version");
  }

  private static String number(Optional<Long> version) {
    return version.map(String::valueOf).orElse("none");
  }

  private static String digest(Optional<String> digest) {
    return digest
        .map(all -> Fault.printable(all.substring(0, Math.min(DIGITS, all.length()))))
        .orElse("-");
  }

  /** The document of the same. */
  static History document(AliasHistory history) {
    List<Move> moves =
        IntStream.range(0, history.moves().size())
            .mapToObj(at -> Move.of(history.moves().get(at), history.happened(at)))
            .toList();
    return new History(history.name(), history.alias(), history.version(), moves);
  }

  /** The members of {@code --format json}. */
  record History(
      String name, String alias, @JsonInclude Optional<Long> version, List<Move> moves) {}

  private record Move(
      long number,
      @JsonUnwrapped @JsonIgnoreProperties("confirmed") AliasMove move,
      boolean moved) {
    private static Move of(AliasMove move, boolean hasHappened) {
      return new Move(move.number(), move, hasHappened);
    }
  }
}
