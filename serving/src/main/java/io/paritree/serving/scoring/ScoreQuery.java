package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.reasons.ReasonsRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The query of a scoring request.
 *
 * @param margin whether the answer has the margin
 * @param key the field whose value is the key of a record; empty for none
 * @param reasons the reasons that the answer has; empty for none
 */
record ScoreQuery(boolean margin, String key, Optional<ReasonsRequest> reasons) {
  private static final int MAX_PARAMETERS = 10;
  private static final ScoreQuery NOTHING = new ScoreQuery(false, "", Optional.empty());
  private static final ScoreQuery MARGIN = new ScoreQuery(true, "", Optional.empty());

  private static final String OF_RECORD =
      "only margin=true or margin=false, and reasons=K with direction=up, down or both, output=NAME"
          + " and exact=true";
  private static final String OF_BATCH =
      "only margin=true or margin=false, key=FIELD, and reasons=K with direction=up, down or both,"
          + " output=NAME and exact=true";

  /**
   * Reads the query of a request for one record: {@code margin}, and {@code reasons} with what
   * belongs to it.
   *
   * @throws ProblemException with 400 if it has anything else
   */
  static ScoreQuery ofRecord(Context ctx) {
    return of(ctx.req().getQueryString(), false, OF_RECORD);
  }

  /**
   * Reads the query of a batch, which may also have {@code key=FIELD}.
   *
   * @throws ProblemException with 400 if it has anything else
   */
  static ScoreQuery ofBatch(Context ctx) {
    return of(ctx.req().getQueryString(), true, OF_BATCH);
  }

  private static ScoreQuery of(String query, boolean keyAllowed, String expected) {
    if (query == null || query.isEmpty() || query.equals("margin=false")) {
      return NOTHING;
    }

    if (query.equals("margin=true")) {
      return MARGIN;
    }

    Map<String, String> given = new LinkedHashMap<>();
    for (String parameter : query.split("&", MAX_PARAMETERS)) {
      String[] parts = parameter.split("=", 2);
      String name = parts[0];
      boolean ofReasons = ReasonsRequest.isParameter(name);
      if (!ofReasons && !name.equals("margin") && !(keyAllowed && name.equals("key"))) {
        throw new ProblemException(Problems.unknownParameter(expected));
      }

      String value = parts.length < 2 ? "" : parts[1];
      boolean isWrong = name.equals("margin") && !value.matches("true|false");
      if (given.putIfAbsent(name, value) != null || value.isEmpty() || isWrong) {
        throw ofReasons ? ReasonsRequest.wrong(name, "") : wrong(name, expected);
      }
    }

    given.computeIfPresent("key", ScoreQuery::decoded);
    given.computeIfPresent("output", ScoreQuery::decoded);
    return new ScoreQuery(
        "true".equals(given.get("margin")),
        given.getOrDefault("key", ""),
        ReasonsRequest.of(given, ""));
  }

  private static ProblemException wrong(String name, String expected) {
    return new ProblemException(
        Problems.badParameter(name, name.equals("key") ? "the name of a field, once" : expected));
  }

  private static String decoded(String name, String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ReasonsRequest.isParameter(name) ? ReasonsRequest.wrong(name, "") : wrong(name, "");
    }
  }
}
