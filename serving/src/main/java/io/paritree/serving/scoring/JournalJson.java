package io.paritree.serving.scoring;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.json.JsonText;
import io.paritree.model.StoredAlias;
import io.paritree.model.layout.AliasHistory;
import io.paritree.model.layout.AliasMove;
import io.paritree.model.layout.Promotion;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Writes how an alias has moved lately, and by what that was decided: the last entries of its
 * journal, the newest first. Who asked for a move is left out.
 */
final class JournalJson {
  private static final int MOST_OF_A_MOVE = 50; // documents, and requirements
  private static final int MOST_TEXT = 500;

  private JournalJson() {}

  static void write(StoredAlias alias, JsonGenerator json) throws IOException {
    AliasHistory history = alias.history();
    List<Integer> newest =
        IntStream.range(0, history.moves().size())
            .boxed()
            .sorted(Collections.reverseOrder())
            .toList();
    json.writeObjectFieldStart("journal");
    json.writeStringField("alias", history.alias());
    json.writeStringField("guard", guard(alias.guard()));
    JsonText.array(
        json, "requires", cut(alias.requirements()), rule -> json.writeString(text(rule)));
    JsonText.objects(json, "moves", newest, index -> move(history, index, json));
    json.writeNumberField("moves_left", history.lastNumber() - newest.size());
    json.writeEndObject();
  }

  private static String guard(StoredAlias.Guard guard) {
    return switch (guard) {
      case ABSENT -> "none";
      case PRESENT -> "evidence";
      case UNREADABLE -> "unreadable";
    };
  }

  private static void move(AliasHistory history, int index, JsonGenerator json) throws IOException {
    AliasMove move = history.moves().get(index);
    json.writeNumberField("number", move.number());
    json.writeStringField("at", move.time().toString());
    json.writeStringField("action", text(move.action()));
    version("from", history.name(), move.from(), json);
    version("to", history.name(), move.to(), json);
    json.writeStringField("result", result(history, index));
    if (move.promotion().isPresent()) {
      Promotion promotion = move.promotion().get();
      JsonText.optional(json, "override", promotion.override().map(JournalJson::text));
      JsonText.objects(json, "evidence", cut(promotion.evidence()), one -> evidence(one, json));
      JsonText.objects(
          json, "requirements", cut(promotion.requirements()), one -> requirement(one, json));
    }
  }

  private static String result(AliasHistory history, int index) {
    if (history.moves().get(index).isRefused()) {
      return "refused";
    }

    if (!history.happened(index)) {
      return "not_confirmed";
    }

    return history.moves().get(index).isChange() ? "moved" : "unchanged";
  }

  private static void version(
      String member, String name, Optional<AliasMove.Target> target, JsonGenerator json)
      throws IOException {
    if (target.isPresent()) {
      json.writeObjectFieldStart(member);
      json.writeStringField("model_version", name + "/" + target.get().version());
      JsonText.optional(json, "digest", target.get().digest().map(JournalJson::text));
      json.writeEndObject();
    }
  }

  private static void evidence(Promotion.Evidence one, JsonGenerator json) throws IOException {
    json.writeStringField("sha256", text(one.sha256()));
    JsonText.optional(json, "kind", one.kind().map(JournalJson::text));
    if (one.rows().isPresent()) {
      json.writeNumberField("rows", one.rows().get());
    }

    JsonText.optional(json, "ended_at", one.endedAt().map(Instant::toString));
    json.writeBooleanField("used", one.isUsed());
    JsonText.optional(json, "why", one.why().map(JournalJson::text));
  }

  private static void requirement(Promotion.Required one, JsonGenerator json) throws IOException {
    json.writeStringField("rule", text(one.rule()));
    json.writeStringField("found", text(one.found()));
    json.writeBooleanField("met", one.isMet());
  }

  private static <T> List<T> cut(List<T> all) {
    return all.subList(0, Math.min(MOST_OF_A_MOVE, all.size()));
  }

  private static String text(String foreign) {
    return Fault.printable(foreign, MOST_TEXT);
  }
}
