package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.Fault;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.QueryText;
import io.paritree.serving.request.ReasonsRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The query of a scoring request.
 *
 * @param margin whether the answer has the margin
 * @param key the field whose value is the key of a record of a batch; empty for none
 * @param reasons the reasons that the answer has; empty for none
 */
record ScoreQuery(boolean margin, String key, Optional<ReasonsRequest> reasons) {
  private static final int MAX_PARAMETERS = 10;
  private static final ScoreQuery NOTHING = new ScoreQuery(false, "", Optional.empty());
  private static final ScoreQuery MARGIN = new ScoreQuery(true, "", Optional.empty());

  /** The parameters that a query may have. */
  enum Form {
    RECORD(
        "only margin=true or margin=false, and reasons=K with direction=up, down or both and"
            + " output=NAME"),
    BATCH(
        "only margin=true or margin=false, key=FIELD, and reasons=K with direction=up, down or both"
            + " and output=NAME");

    private final String all;

    Form(String all) {
      this.all = all;
    }
  }

  /**
   * Reads the query of a request.
   *
   * @throws ProblemException with 400 if it has anything that its form does not have
   */
  static ScoreQuery of(Context ctx, Form form) {
    String query = ctx.req().getQueryString();
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
      boolean known =
          switch (name) {
            case "margin" -> true;
            case "key" -> form == Form.BATCH;
            default -> ReasonsRequest.isParameter(name);
          };
      if (!known) {
        throw new ProblemException(Problems.UNKNOWN_PARAMETER.of(Fault.printable(name), form.all));
      }

      String value = parts.length < 2 ? "" : parts[1];
      boolean isWrong = name.equals("margin") && !value.matches("true|false");
      if (given.putIfAbsent(name, value) != null || value.isEmpty() || isWrong) {
        throw wrong(name, form);
      }
    }

    for (String name : new String[] {"key", "output"}) {
      given.computeIfPresent(name, (key, text) -> decoded(key, text, form));
    }

    return new ScoreQuery(
        "true".equals(given.get("margin")),
        given.getOrDefault("key", ""),
        ReasonsRequest.of(given, ""));
  }

  private static ProblemException wrong(String name, Form form) {
    return switch (name) {
      case "margin" -> new ProblemException(Problems.BAD_PARAMETER.of(name, form.all));
      case "key" ->
          new ProblemException(Problems.BAD_PARAMETER.of(name, "the name of a field, once"));
      default -> ReasonsRequest.refusal(name, "");
    };
  }

  private static String decoded(String name, String text, Form form) {
    try {
      return QueryText.decoded(text);
    } catch (IllegalArgumentException e) {
      throw wrong(name, form);
    }
  }
}
