package io.paritree.model.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.model.layout.AliasHistory;
import io.paritree.model.layout.AliasMove;
import io.paritree.model.layout.Promotion;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

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
                  number(move.fromVersion()),
                  number(move.toVersion()),
                  digest(move.from()),
                  digest(move.to()),
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

  private static String digest(Optional<AliasMove.Target> target) {
    return target
        .flatMap(AliasMove.Target::digest)
        .map(digest -> Fault.printable(digest.substring(0, Math.min(DIGITS, digest.length()))))
        .orElse("-");
  }

  static void write(JsonGenerator out, AliasHistory history) throws IOException {
    out.writeStringField("name", history.name());
    out.writeStringField("alias", history.alias());
    out.writeObjectField("version", history.version().orElse(null));
    out.writeArrayFieldStart("moves");
    for (int index = 0; index < history.moves().size(); index++) {
      write(out, history, index);
    }

    out.writeEndArray();
  }

  private static void write(JsonGenerator out, AliasHistory history, int index) throws IOException {
    AliasMove move = history.moves().get(index);
    out.writeStartObject();
    out.writeNumberField("number", move.number());
    move.writeMembers(out);
    out.writeBooleanField("moved", history.happened(index));
    out.writeEndObject();
  }
}
