package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.reasons.Direction;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
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
record ScoreQuery(boolean margin, String key, Optional<Asked> reasons) {
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
   * The reasons that a query asks for.
   *
   * @param most how many fields are named at most, 1 or more
   * @param output the name of the output that is explained; empty for that of the record's class
   */
  record Asked(int most, Direction direction, String output, ContributionMode mode) {}

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
      String rule = rule(parts[0], keyAllowed, expected);
      String value = parts.length < 2 ? "" : parts[1];
      boolean isName = parts[0].equals("key") || parts[0].equals("output");
      if (given.putIfAbsent(parts[0], value) != null
          || value.isEmpty()
          || !isName && !value.matches(pattern(parts[0]))) {
        throw new ProblemException(Problems.badParameter(parts[0], rule));
      }
    }

    String key = given.containsKey("key") ? decoded("key", given.get("key")) : "";
    return new ScoreQuery("true".equals(given.get("margin")), key, reasons(given));
  }

  private static Optional<Asked> reasons(Map<String, String> given) {
    for (String needsReasons : new String[] {"direction", "output", "exact"}) {
      if (given.containsKey(needsReasons) && !given.containsKey("reasons")) {
        throw new ProblemException(
            Problems.badParameter(needsReasons, "reasons=K in the same query"));
      }
    }

    if (!given.containsKey("reasons")) {
      return Optional.empty();
    }

    String direction = given.getOrDefault("direction", Direction.BOTH.key());
    return Optional.of(
        new Asked(
            Integer.parseInt(given.get("reasons")),
            switch (direction) {
              case "up" -> Direction.UP;
              case "down" -> Direction.DOWN;
              default -> Direction.BOTH;
            },
            given.containsKey("output") ? decoded("output", given.get("output")) : "",
            "true".equals(given.get("exact")) ? ContributionMode.EXACT : ContributionMode.FAST));
  }

  /** Returns what is expected of a parameter, or throws if there is none of this name. */
  private static String rule(String name, boolean keyAllowed, String expected) {
    if (name.equals("key") && !keyAllowed) {
      throw new ProblemException(Problems.unknownParameter(expected));
    }

    return switch (name) {
      case "margin" -> expected;
      case "key" -> "the name of a field, once";
      case "reasons" -> "a whole number from 1 to the number of the model's fields, once";
      case "direction" -> "up, down or both, once";
      case "output" -> "the name of an output, once";
      case "exact" -> "true or false, once";
      default -> throw new ProblemException(Problems.unknownParameter(expected));
    };
  }

  private static String pattern(String name) {
    return switch (name) {
      case "reasons" -> "[1-9][0-9]{0,8}";
      case "direction" -> "up|down|both";
      default -> "true|false";
    };
  }

  private static String decoded(String name, String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          Problems.badParameter(
              name,
              "the name of %s, once".formatted(name.equals("key") ? "a field" : "an output")));
    }
  }
}
