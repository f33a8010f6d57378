package io.paritree.serving;

import io.javalin.http.Context;

/** What a request's query asks for. */
final class Parameters {
  private Parameters() {}

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
