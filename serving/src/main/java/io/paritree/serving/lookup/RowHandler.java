package io.paritree.serving.lookup;

import io.javalin.http.Context;
import io.javalin.http.Header;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.indexes.OpenPartition;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.stored.KeyLookup;
import io.paritree.serving.stored.KeyLookup.Found;
import io.paritree.serving.stored.StoredAnswer;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
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
  private final AnswerLimit answers;

  public RowHandler(StoredScores scores, ServingConfig.Limits limits) {
    this.scores = scores;
    this.answers = new AnswerLimit(limits);
  }

  /** The row in the newest partition that has the key. */
  public void row(Context ctx) throws IOException {
    KeyLookup all = KeyLookup.of(ctx.pathParam("table"), scores);
    LookupQuery query = new LookupQuery(ctx);
    KeyLookup lookup = query.choose(all);
    List<String> key = query.takeKey(ctx, lookup);
    query.end(lookup);
    MediaTypes.requireJsonAccepted(ctx);
    Optional<Found> found = lookup.newest(key);
    Found row = found.orElseThrow(() -> new ProblemException(lookup.unknownKey()));
    if (!(row.entry() instanceof Scored scored)) {
      throw new ProblemException(StoredAnswer.problem(row));
    }

    if (isUnchanged(ctx, row.tag())) {
      return;
    }

    JsonBytes json = new JsonBytes();
    json.raw("{\"key\":").raw(lookup.keyJson(key)).raw(',');
    StoredAnswer.write(row, scored, json);
    Answers.send(json.raw("}\n"), ctx);
  }

  /** The rows in the newest partitions that have the key, newest first. */
  public void history(Context ctx) throws IOException {
    KeyLookup all = KeyLookup.of(ctx.pathParam("table"), scores);
    LookupQuery query = new LookupQuery(ctx);
    int limit = query.takeLimit(USUAL_LIMIT);
    KeyLookup lookup = query.choose(all);
    List<String> key = query.takeKey(ctx, lookup);
    query.end(lookup);
    MediaTypes.requireJsonAccepted(ctx);
    List<Found> rows = lookup.found(key, limit);
    if (rows.isEmpty()) {
      throw new ProblemException(lookup.unknownKey());
    }

    JsonBytes json = new JsonBytes();
    json.raw("{\"key\":").raw(lookup.keyJson(key)).raw(",\"history\":[");
    for (int index = 0; index < rows.size(); index++) {
      json.raw(index == 0 ? "{" : ",{");
      Found row = rows.get(index);
      if (row.entry() instanceof Scored scored) {
        StoredAnswer.write(row, scored, json);
      } else {
        OpenPartition partition = row.partition();
        json.raw("\"partition\":").raw(partition.partitionJson()).raw(',');
        StoredAnswer.writeError(StoredAnswer.problem(row), json);
        json.raw(partition.origin());
      }

      answers.check(index + 1, json.raw('}'));
    }

    StoredAnswer.writeStale(lookup.stale(), json.raw(']'));
    Answers.send(json.raw("}\n"), ctx);
  }

  /** Sets the entity tag; answers with 304 if the caller has this already. */
  private static boolean isUnchanged(Context ctx, String tag) {
    ctx.header(Header.ETAG, tag);
    ctx.header(Header.CACHE_CONTROL, "private, no-cache"); // may be kept, and is revalidated
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
}
