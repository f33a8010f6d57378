package io.paritree.serving.request;

import io.javalin.http.Context;
import io.paritree.Fault;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parameters of a request's query, each of which may be given once. Immutable. */
public final class QueryParameters {
  private static final int MAX_PARAMETERS = 50;

  private final Map<String, List<String>> given;

  private QueryParameters(Map<String, List<String>> given) {
    this.given = given;
  }

  /**
   * Reads the query of a request.
   *
   * @param known the parameters that it may have
   * @throws ProblemException if it has another one, or one that cannot be decoded
   */
  public static QueryParameters of(Context ctx, String... known) {
    List<String> names = List.of(known);
    Map<String, List<String>> given = decoded(ctx);
    for (String name : given.keySet()) {
      if (!names.contains(name)) {
        String expected = (names.size() == 1 ? "only " : "one of ") + String.join(", ", names);
        throw new ProblemException(Problems.UNKNOWN_PARAMETER.of(Fault.printable(name), expected));
      }
    }

    return new QueryParameters(given);
  }

  /**
   * Returns the values of a request's parameters by their names, in their order.
   *
   * @throws ProblemException if a name or a value is not percent-encoded UTF-8, or a name has no
   *     value
   */
  public static Map<String, List<String>> decoded(Context ctx) {
    Map<String, List<String>> given = new LinkedHashMap<>();
    String query = ctx.queryString();
    if (query == null || query.isEmpty()) {
      return given;
    }

    for (String parameter : query.split("&", MAX_PARAMETERS)) {
      String[] parts = parameter.split("=", 2);
      String name = decoded(parts[0]);
      if (parts.length < 2) {
        throw wrong(Fault.printable(name), "NAME=VALUE");
      }

      given.computeIfAbsent(name, any -> new ArrayList<>()).add(decoded(parts[1]));
    }

    return given;
  }

  private static String decoded(String text) {
    try {
      return QueryText.decoded(text);
    } catch (IllegalArgumentException e) {
      throw wrong(Fault.printable(text), "percent-encoded UTF-8");
    }
  }

  /**
   * Returns the value of a parameter; empty if it is not given.
   *
   * @param expected what it may be
   * @throws ProblemException if it is given more than once
   */
  public Optional<String> value(String name, String expected) {
    List<String> values = given.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw wrong(name, expected + ", once");
    }

    return values.stream().findFirst();
  }

  /**
   * Returns the value of a parameter that is a whole number; empty if it is not given.
   *
   * @throws ProblemException if it is not from 1 to {@code most}
   */
  public Optional<Integer> wholeNumber(String name, int most) {
    String expected = "a whole number from 1 to " + most;
    Optional<String> text = value(name, expected);
    if (text.isPresent()
        && (!text.get().matches("[1-9][0-9]{0,8}") || Integer.parseInt(text.get()) > most)) {
      throw wrong(name, expected);
    }

    return text.map(Integer::valueOf);
  }

  /** Returns how many parameters are given. */
  public int size() {
    return given.size();
  }

  /** Returns the problem of a value that is not what is expected. */
  public static ProblemException wrong(String name, String expected) {
    return new ProblemException(Problems.BAD_PARAMETER.of(name, expected));
  }
}
