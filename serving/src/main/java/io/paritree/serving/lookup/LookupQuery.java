package io.paritree.serving.lookup;

import io.javalin.http.Context;
import io.paritree.Fault;
import io.paritree.lookup.InvalidKeyException;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.QueryParameters;
import io.paritree.serving.stored.KeyLookup;
import io.paritree.serving.stored.KeyResult;
import io.paritree.serving.stored.LookupKey;
import io.paritree.serving.stored.LookupProblem;
import io.paritree.serving.stored.StoredRow;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The key, the partitions and the limit that a request for stored scores names. */
final class LookupQuery {
  private static final int MAX_LIMIT = 1_000;
  private static final String LIMIT = "limit";

  private final Context ctx;
  private final Map<String, String> given = new LinkedHashMap<>();

  /** The parameters that the endpoint knows, apart from the columns of partitions. */
  private final Set<String> known = new LinkedHashSet<>();

  private KeyLookup lookup;
  private List<String> keyValues;

  /**
   * @throws ProblemException with 404 if there are no such stored scores, with 503 if no partition
   *     is in service, with 400 if a parameter is given twice, or cannot be decoded
   */
  LookupQuery(Context ctx, StoredScores scores) {
    this.ctx = ctx;
    String table = ctx.pathParam("table");
    this.lookup =
        scores
            .lookup(table)
            .orElseThrow(() -> new ProblemException(Problems.UNKNOWN_SCORES.of(scores.names())));
    if (lookup.isEmpty()) {
      throw refused(Problems.NO_SCORES.of(table));
    }

    QueryParameters.decoded(ctx)
        .forEach(
            (name, values) -> {
              if (values.size() > 1) {
                throw QueryParameters.wrong(Fault.printable(name), "NAME=VALUE, each name once");
              }

              given.put(name, values.get(0));
            });
  }

  /**
   * Removes the limit, and returns it; the usual one if the query has a key with a column of that
   * name.
   *
   * @throws ProblemException with 400 if it is not within its range
   */
  int takeLimit(int usual) {
    boolean hasKey = !ctx.pathParamMap().containsKey("key");
    if (hasKey && lookup.form().names().contains(LIMIT)) {
      return usual;
    }

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
   * Chooses the partitions that the parameters name, and takes the key that they or the path name.
   *
   * @throws ProblemException with 404 if there is no such partition, with 400 if the path has a key
   *     and keys have several columns, if the query lacks a column, or if it has anything else
   */
  LookupQuery ofKey() {
    choose();
    takeKey();
    end();
    return this;
  }

  /**
   * Returns the look-up in the partitions that the parameters choose.
   *
   * @throws ProblemException with 404 if there is no such partition, with 400 if the query has
   *     anything else
   */
  KeyLookup ofPartitions() {
    choose();
    end();
    return lookup;
  }

  /**
   * Returns the key that the request names.
   *
   * @throws ProblemException with 400 if it can be none
   */
  LookupKey key() {
    try {
      return lookup.key(keyValues);
    } catch (InvalidKeyException e) {
      throw new ProblemException(LookupProblem.of(e));
    }
  }

  /** Looks a key up in the chosen partitions; see {@link KeyLookup#find}. */
  KeyResult find(LookupKey key, int most) throws IOException {
    return lookup.find(key, most);
  }

  /**
   * Returns the scored row of a key in the chosen partitions.
   *
   * @throws ProblemException if the newest partition that has the key has no single scored row
   */
  StoredRow row(LookupKey key) throws IOException {
    KeyResult result = find(key, 1);
    return result.scored().orElseThrow(() -> new ProblemException(LookupProblem.of(result)));
  }

  private void choose() {
    Map<String, String> values = new LinkedHashMap<>(given);
    values.keySet().retainAll(lookup.partitionColumns());
    given.keySet().removeAll(values.keySet());
    KeyLookup chosen = values.isEmpty() ? lookup : lookup.in(values);
    if (chosen.isEmpty() && chosen.unserved().isPresent()) {
      throw refused(LookupProblem.of(chosen.unserved().get()));
    } else if (chosen.isEmpty()) {
      throw new ProblemException(Problems.UNKNOWN_PARTITION.of(lookup.names()));
    }

    lookup = chosen;
  }

  private ProblemException refused(Problem problem) {
    lookup.refused();
    return new ProblemException(problem);
  }

  /** Takes the key from the path or, if the path has none, its columns from the parameters. */
  private void takeKey() {
    String inPath = ctx.pathParamMap().get("key");
    List<String> columns = lookup.form().names();
    if (inPath != null && columns.size() == 1) {
      keyValues = List.of(inPath);
      return;
    }

    if (inPath != null || !given.keySet().containsAll(columns)) {
      throw new ProblemException(Problems.KEY_BY_QUERY.of(String.join("=...&", columns) + "=..."));
    }

    known.addAll(columns);
    keyValues = columns.stream().map(given::remove).toList();
  }

  private void end() {
    if (!given.isEmpty()) {
      known.addAll(lookup.partitionColumns());
      throw new ProblemException(
          Problems.UNKNOWN_PARAMETER.of(
              Fault.printable(given.keySet().iterator().next()),
              known.isEmpty() ? "none" : "only " + String.join(", ", known)));
    }
  }
}
