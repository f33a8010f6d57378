package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;

/** What a request's query asks for. */
final class ScoreQuery {
  private ScoreQuery() {}

  /**
   * Returns whether {@code margin=true} is asked.
   *
   * @throws ProblemException if it is neither true nor false, or another parameter is there
   */
  static boolean marginWanted(Context ctx) {
    String query = ctx.req().getQueryString();
    if (query == null || query.isEmpty() || query.equals("margin=false")) {
      return false;
    }

    if (query.equals("margin=true")) {
      return true;
    }

    throw new ProblemException(Problems.badParameter("margin", "only margin=true or margin=false"));
  }
}
