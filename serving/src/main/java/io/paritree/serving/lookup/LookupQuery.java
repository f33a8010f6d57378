package io.paritree.serving.lookup;

import io.javalin.http.Context;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The parameters of a request for stored scores: columns of partitions and keys, and a limit. */
final class LookupQuery {
  private static final int MAX_PARAMETERS = 50;
  private static final int MAX_LIMIT = 1_000;
  private static final String LIMIT = "limit";

  private final Map<String, String> given = new LinkedHashMap<>();

  /**
   * @throws ProblemException with 400 if a parameter is given twice, or cannot be decoded
   */
  LookupQuery(Context ctx) {
    String query = ctx.queryString();
    if (query == null || query.isEmpty()) {
      return;
    }

    for (String parameter : query.split("&", MAX_PARAMETERS)) {
      String[] parts = parameter.split("=", 2);
      String name = decoded(parts[0]);
      if (parts.length < 2 || given.putIfAbsent(name, decoded(parts[1])) != null) {
        throw new ProblemException(Problems.badParameter(name, "NAME=VALUE, each name once"));
      }
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problems.unknownParameter("percent-encoded UTF-8"));
    }
  }

  /** Returns whether a parameter is given. */
  boolean has(String name) {
    return given.containsKey(name);
  }

  /** Removes a parameter, and returns its value. */
  String take(String name) {
    return given.remove(name);
  }

  /**
   * Removes the limit, and returns it.
   *
   * @throws ProblemException with 400 if it is not within its range
   */
  int takeLimit(int usual) {
    String limit = given.remove(LIMIT);
    if (limit == null) {
      return usual;
    }

    if (!limit.matches("[1-9][0-9]{0,3}") || Integer.parseInt(limit) > MAX_LIMIT) {
      throw new ProblemException(
          Problems.badParameter(LIMIT, "a whole number from 1 to " + MAX_LIMIT));
    }

    return Integer.parseInt(limit);
  }

  /**
   * Returns the remaining parameters, which choose partitions.
   *
   * @param columns the columns of the partitions
   * @throws ProblemException with 400 if there are others
   */
  Map<String, String> partition(Set<String> columns) {
    if (!columns.containsAll(given.keySet())) {
      throw new ProblemException(
          Problems.unknownParameter(
              columns.isEmpty() ? "none" : "columns of partitions: " + String.join(", ", columns)));
    }

    return given;
  }
}
