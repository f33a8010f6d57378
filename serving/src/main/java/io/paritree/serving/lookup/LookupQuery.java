package io.paritree.serving.lookup;

import io.javalin.http.Context;
import io.paritree.Fault;
import io.paritree.lookup.KeyColumn;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.QueryText;
import io.paritree.serving.stored.KeyLookup;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The key, the partitions and the limit that a request for stored scores names. */
final class LookupQuery {
  private static final int MAX_PARAMETERS = 50;
  private static final int MAX_LIMIT = 1_000;
  private static final String LIMIT = "limit";

  private final Map<String, String> given = new LinkedHashMap<>();

  /** The parameters that the endpoint knows, apart from the columns of partitions. */
  private final Set<String> known = new LinkedHashSet<>();

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
        throw new ProblemException(
            Problems.BAD_PARAMETER.of(Fault.printable(name), "NAME=VALUE, each name once"));
      }
    }
  }

  private static String decoded(String text) {
    try {
      return QueryText.decoded(text);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          Problems.BAD_PARAMETER.of(Fault.printable(text), "percent-encoded UTF-8"));
    }
  }

  /**
   * Returns the key: the one in the path or, if the path has none, its columns, which are removed
   * from the parameters.
   *
   * @throws ProblemException with 400 if the path has a key and keys have several columns, or if
   *     the query lacks a column
   */
  List<String> takeKey(Context ctx, KeyLookup lookup) {
    String inPath = ctx.pathParamMap().get("key");
    if (inPath != null && lookup.form().columns().size() == 1) {
      return List.of(inPath);
    }

    List<String> columns = lookup.form().columns().stream().map(KeyColumn::name).toList();
    if (inPath != null || !given.keySet().containsAll(columns)) {
      throw new ProblemException(Problems.KEY_BY_QUERY.of(String.join("=...&", columns) + "=..."));
    }

    known.addAll(columns);
    return columns.stream().map(given::remove).toList();
  }

  /**
   * Removes the limit, and returns it.
   *
   * @throws ProblemException with 400 if it is not within its range
   */
  int takeLimit(int usual) {
    known.add(LIMIT);
    String limit = given.remove(LIMIT);
    if (limit == null) {
      return usual;
    }

    if (!limit.matches("[1-9][0-9]{0,3}") || Integer.parseInt(limit) > MAX_LIMIT) {
      throw new ProblemException(
          Problems.BAD_PARAMETER.of(LIMIT, "a whole number from 1 to " + MAX_LIMIT));
    }

    return Integer.parseInt(limit);
  }

  /**
   * Returns the look-up in the partitions that the parameters choose, which are removed.
   *
   * @throws ProblemException with 404 if there is no such partition
   */
  KeyLookup choose(KeyLookup lookup) {
    if (given.isEmpty()) {
      return lookup;
    }

    Map<String, String> values = new LinkedHashMap<>(given);
    values.keySet().retainAll(lookup.partitionColumns());
    given.keySet().removeAll(values.keySet());
    return values.isEmpty() ? lookup : lookup.in(values);
  }

  /**
   * Ends the query.
   *
   * @throws ProblemException with 400 if a parameter has not been taken
   */
  void end(KeyLookup lookup) {
    if (!given.isEmpty()) {
      known.addAll(lookup.partitionColumns());
      throw new ProblemException(
          Problems.UNKNOWN_PARAMETER.of(
              given.keySet().iterator().next(),
              known.isEmpty() ? "none" : "only " + String.join(", ", known)));
    }
  }
}
