package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * The query of a scoring request.
 *
 * @param margin whether the answer has the margin
 * @param key the field whose value is the key of a record; empty for none
 */
record ScoreQuery(boolean margin, String key) {
  private static final int MAX_PARAMETERS = 10;
  private static final ScoreQuery NOTHING = new ScoreQuery(false, "");
  private static final ScoreQuery MARGIN = new ScoreQuery(true, "");

  /**
   * Reads the query of a request for one record.
   *
   * @throws ProblemException with 400 if it is anything else but {@code margin=true}, {@code
   *     margin=false} or empty
   */
  static ScoreQuery ofRecord(Context ctx) {
    return of(ctx.req().getQueryString(), false, "only margin=true or margin=false");
  }

  /**
   * Reads the query of a batch, which may also have {@code key=FIELD}.
   *
   * @throws ProblemException with 400 if it has anything else
   */
  static ScoreQuery ofBatch(Context ctx) {
    return of(ctx.req().getQueryString(), true, "only margin=true or margin=false, and key=FIELD");
  }

  private static ScoreQuery of(String query, boolean keyAllowed, String expected) {
    if (query == null || query.isEmpty() || query.equals("margin=false")) {
      return NOTHING;
    }

    if (query.equals("margin=true")) {
      return MARGIN;
    }

    String margin = null;
    String key = null;
    for (String parameter : query.split("&", MAX_PARAMETERS)) {
      String[] parts = parameter.split("=", 2);
      if (parts[0].equals("margin")) {
        if (margin != null || parts.length < 2 || !parts[1].matches("true|false")) {
          throw new ProblemException(Problems.badParameter("margin", expected));
        }

        margin = parts[1];
      } else if (keyAllowed && parts[0].equals("key")) {
        if (key != null || parts.length < 2 || parts[1].isEmpty()) {
          throw new ProblemException(Problems.badParameter("key", "the name of a field, once"));
        }

        key = decoded(parts[1]);
      } else {
        throw new ProblemException(Problems.unknownParameter(expected));
      }
    }

    return new ScoreQuery("true".equals(margin), key == null ? "" : key);
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problems.badParameter("key", "the name of a field, once"));
    }
  }
}
