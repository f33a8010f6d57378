package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;

/** The query of a scoring request. */
final class ScoreQuery {
  private static final int MAX_PARAMETERS = 10;

  private ScoreQuery() {}

  /**
   * Returns whether the query is {@code margin=true}.
   *
   * @throws ProblemException with 400 if it is anything else but {@code margin=false} or empty
   */
  static boolean marginRequested(Context ctx) {
    String query = ctx.req().getQueryString();
    if (query == null || query.isEmpty() || query.equals("margin=false")) {
      return false;
    }

    if (query.equals("margin=true")) {
      return true;
    }

    String expected = "only margin=true or margin=false";
    for (String parameter : query.split("&", MAX_PARAMETERS)) {
      if (!parameter.split("=", 2)[0].equals("margin")) {
        throw new ProblemException(Problems.unknownParameter(expected));
      }
    }

    throw new ProblemException(Problems.badParameter("margin", expected));
  }
}
