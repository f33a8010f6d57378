package io.paritree.model.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.model.layout.AliasHistory;
import io.paritree.model.layout.AliasMove;
import java.io.IOException;
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
                  history.happened(index)
                      ? ""
                      : "  (not confirmed: afterwards the alias named %s)"
                          .formatted(version(history.after(index)))));
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
