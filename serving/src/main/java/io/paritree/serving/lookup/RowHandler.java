package io.paritree.serving.lookup;

import io.javalin.http.Context;
import io.javalin.http.Header;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.stored.KeyLookup;
import io.paritree.serving.stored.KeyLookup.Found;
import io.paritree.serving.stored.OpenPartition;
import io.paritree.serving.stored.StoredAnswer;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /v1/scores/{table}/{key}}: the stored row of a key, or its rows in the newest
 * partitions ({@code /history}). Every key can also be given by its columns ({@code /row?...}).
 * Thread-safe; takes no lock.
 */
public final class RowHandler {
  private static final int USUAL_LIMIT = 30;

  private final StoredScores scores;

  public RowHandler(StoredScores scores) {
    this.scores = scores;
  }

  /** The row of the key in the path. */
  public void byPath(Context ctx) throws IOException {
    KeyLookup lookup = KeyLookup.of(ctx.pathParam("table"), scores);
    row(ctx, lookup, pathKey(ctx, lookup), new LookupQuery(ctx));
  }

  /** The row of the key in the query. */
  public void byQuery(Context ctx) throws IOException {
    KeyLookup lookup = KeyLookup.of(ctx.pathParam("table"), scores);
    LookupQuery query = new LookupQuery(ctx);
    row(ctx, lookup, queryKey(query, lookup), query);
  }

  /** The history of the key in the path. */
  public void historyByPath(Context ctx) throws IOException {
    KeyLookup lookup = KeyLookup.of(ctx.pathParam("table"), scores);
    history(ctx, lookup, pathKey(ctx, lookup), new LookupQuery(ctx));
  }

  /** The history of the key in the query. */
  public void historyByQuery(Context ctx) throws IOException {
    KeyLookup lookup = KeyLookup.of(ctx.pathParam("table"), scores);
    LookupQuery query = new LookupQuery(ctx);
    history(ctx, lookup, queryKey(query, lookup), query);
  }

  /**
   * Returns the key in the path.
   *
   * @throws ProblemException with 400 if keys have several columns
   */
  static List<String> pathKey(Context ctx, KeyLookup lookup) {
    if (lookup.form().columns().size() != 1) {
      throw new ProblemException(Problems.keyByQuery(names(lookup)));
    }

    return List.of(ctx.pathParam("key"));
  }

  /**
   * Takes the columns of the key out of a query.
   *
   * @throws ProblemException with 400 if one is not there
   */
  static List<String> queryKey(LookupQuery query, KeyLookup lookup) {
    List<String> key = new ArrayList<>();
    for (KeyColumn column : lookup.form().columns()) {
      if (!query.has(column.name())) {
        throw new ProblemException(Problems.keyByQuery(names(lookup)));
      }

      key.add(query.take(column.name()));
    }

    return key;
  }

  private static String names(KeyLookup lookup) {
    return String.join("=...&", lookup.form().columns().stream().map(KeyColumn::name).toList())
        + "=...";
  }

  private static void row(Context ctx, KeyLookup all, List<String> key, LookupQuery query)
      throws IOException {
    MediaTypes.requireJsonAccepted(ctx);
    KeyLookup lookup = all.in(query.partition(all.partitionColumns()));
    Optional<Found> found = lookup.newest(key);
    Found row =
        found.orElseThrow(() -> new ProblemException(Problems.unknownKey(lookup.searched())));
    if (!(row.entry() instanceof Scored scored)) {
      throw new ProblemException(StoredAnswer.problem(row));
    }

    if (isUnchanged(ctx, row.partition().tag())) {
      return;
    }

    JsonBytes json = new JsonBytes();
    json.raw("{\"key\":").raw(lookup.keyJson(key)).raw(',');
    StoredAnswer.write(row.partition(), scored, json);
    Answers.send(json.raw("}\n"), ctx);
  }

  /** Sets the entity tag; answers with 304 if the caller has this already. */
  private static boolean isUnchanged(Context ctx, String tag) {
    ctx.header(Header.ETAG, tag);
    ctx.header(Header.CACHE_CONTROL, "private, no-cache"); // kept, and asked for again by its tag
    String known = ctx.header(Header.IF_NONE_MATCH);
    boolean unchanged = false;
    for (String one : known == null ? new String[0] : known.split(",")) {
      String plain = one.strip().replaceFirst("^W/", "");
      unchanged |= plain.equals(tag) || plain.equals("*");
    }

    if (unchanged) {
      ctx.status(304);
    }

    return unchanged;
  }

  private static void history(Context ctx, KeyLookup all, List<String> key, LookupQuery query)
      throws IOException {
    MediaTypes.requireJsonAccepted(ctx);
    int limit = query.takeLimit(USUAL_LIMIT);
    KeyLookup lookup = all.in(query.partition(all.partitionColumns()));
    List<Found> rows = lookup.found(key, limit);
    if (rows.isEmpty()) {
      throw new ProblemException(Problems.unknownKey(lookup.searched()));
    }

    JsonBytes json = new JsonBytes();
    json.raw("{\"key\":").raw(lookup.keyJson(key)).raw(",\"history\":[");
    for (int index = 0; index < rows.size(); index++) {
      json.raw(index == 0 ? "{" : ",{");
      OpenPartition partition = rows.get(index).partition();
      if (rows.get(index).entry() instanceof Scored scored) {
        StoredAnswer.write(partition, scored, json);
      } else {
        json.raw("\"partition\":").raw(partition.partitionJson()).raw(',');
        StoredAnswer.writeError(StoredAnswer.problem(rows.get(index)), json);
        json.raw(partition.origin());
      }

      json.raw('}');
    }

    Answers.send(json.raw("]}\n"), ctx);
  }
}
