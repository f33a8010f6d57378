package io.paritree.serving.scoring;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.paritree.Fault;
import io.paritree.model.StoredAlias;
import io.paritree.model.layout.AliasHistory;
import io.paritree.model.layout.AliasMove;
import io.paritree.model.layout.Promotion;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * How an alias has moved lately, and by what that was decided: the last entries of its journal, the
 * newest first. Who asked for a move is left out.
 */
record JournalJson(
    String alias, String guard, List<String> requires, List<Move> moves, long movesLeft) {
  private static final int MOST_OF_A_MOVE = 50; // documents, and requirements
  private static final int MOST_TEXT = 500;

  record Move(
      long number,
      Instant at,
      String action,
      Optional<Named> from,
      Optional<Named> to,
      String result,
      @JsonUnwrapped Optional<Promotion> promotion) {}

  record Named(String modelVersion, Optional<String> digest) {}

  static JournalJson of(StoredAlias alias) {
    AliasHistory history = alias.history();
    List<Move> newest =
        IntStream.range(0, history.moves().size())
            .boxed()
            .sorted(Collections.reverseOrder())
            .map(index -> move(history, index))
            .toList();
    return new JournalJson(
        history.alias(),
        guard(alias.guard()),
        cut(alias.requirements(), JournalJson::text),
        newest,
        history.lastNumber() - newest.size());
  }

  private static String guard(StoredAlias.Guard guard) {
    return switch (guard) {
      case ABSENT -> "none";
      case PRESENT -> "evidence";
      case UNREADABLE -> "unreadable";
    };
  }

  private static Move move(AliasHistory history, int index) {
    AliasMove move = history.moves().get(index);
    return new Move(
        move.number(),
        move.time(),
        text(move.action()),
        named(history.name(), move.from(), move.fromDigest()),
        named(history.name(), move.to(), move.toDigest()),
        result(history, index),
        move.promotion().map(JournalJson::shown));
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

  private static Optional<Named> named(
      String name, Optional<Long> version, Optional<String> digest) {
    return version.map(one -> new Named(name + "/" + one, digest.map(JournalJson::text)));
  }

  private static Promotion shown(Promotion promotion) {
    return new Promotion(
        cut(promotion.evidence(), JournalJson::shown),
        cut(promotion.requirements(), JournalJson::shown),
        promotion.override().map(JournalJson::text));
  }

  private static Promotion.Evidence shown(Promotion.Evidence one) {
    return new Promotion.Evidence(
        text(one.sha256()),
        one.kind().map(JournalJson::text),
        one.rows(),
        one.endedAt(),
        one.isUsed(),
        one.why().map(JournalJson::text));
  }

  private static Promotion.Required shown(Promotion.Required one) {
    return new Promotion.Required(text(one.rule()), one.isMet(), text(one.found()));
  }

  private static <T> List<T> cut(List<T> all, UnaryOperator<T> shown) {
    return all.stream().limit(MOST_OF_A_MOVE).map(shown).toList();
  }

  private static String text(String foreign) {
    return Fault.printable(foreign, MOST_TEXT);
  }
}
