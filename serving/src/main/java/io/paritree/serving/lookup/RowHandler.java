package io.paritree.serving.lookup;

import io.javalin.http.Context;
import io.javalin.http.Header;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.stored.KeyResult;
import io.paritree.serving.stored.KeyResult.Found;
import io.paritree.serving.stored.LookupKey;
import io.paritree.serving.stored.LookupProblem;
import io.paritree.serving.stored.OpenPartition;
import io.paritree.serving.stored.StoredAnswer;
import io.paritree.serving.stored.StoredRow;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code GET /v1/scores/{table}/{key}}: the stored row of a key, or its rows in the newest
 * partitions ({@code /history}). Every key can also be given by its columns ({@code /row?...}).
 * Thread-safe; takes no lock.
 */
public record RowHandler(StoredScores scores, ServingConfig.Limits limits) {
  private static final int USUAL_LIMIT = 30;

  /** The row in the newest partition that has the key. */
  public void row(Context ctx) throws IOException {
    LookupQuery query = new LookupQuery(ctx, scores).ofKey();
    MediaTypes.requireJsonAccepted(ctx);
    LookupKey key = query.key();
    StoredRow row = query.row(key);
    if (isUnchanged(ctx, row.tag())) {
      return;
    }

    JsonBytes json = new JsonBytes();
    json.raw("{\"key\":").raw(key.json()).raw(',');
    StoredAnswer.write(row, json);
    Answers.send(json.raw("}\n"), ctx);
  }

  /** The rows in the newest partitions that have the key, newest first. */
  public void history(Context ctx) throws IOException {
    LookupQuery query = new LookupQuery(ctx, scores);
    int limit = query.takeLimit(USUAL_LIMIT);
    query.ofKey();
    MediaTypes.requireJsonAccepted(ctx);
    LookupKey key = query.key();
    KeyResult result = query.find(key, limit);
    if (!(result instanceof Found found)) {
      throw new ProblemException(LookupProblem.of(result));
    }

    List<StoredRow> rows = found.rows();
    JsonBytes json = new JsonBytes();
    json.raw("{\"key\":").raw(key.json()).raw(",\"history\":[");
    for (int index = 0; index < rows.size(); index++) {
      json.raw(index == 0 ? "{" : ",{");
      StoredRow row = rows.get(index);
      if (row.entry() instanceof Scored) {
        StoredAnswer.write(row, json);
      } else {
        OpenPartition partition = row.partition();
        json.raw("\"partition\":").raw(partition.partitionJson()).raw(',');
        LookupProblem.write(LookupProblem.of(row), json);
        json.raw(partition.origin());
      }

      AnswerLimit.check(index + 1, json.raw('}'), limits);
    }

    StoredAnswer.writeStale(found.stale(), json.raw(']'));
    Answers.send(json.raw("}\n"), ctx);
  }

  /** Sets the entity tag; answers with 304 if the caller has this already. */
  private static boolean isUnchanged(Context ctx, String tag) {
    ctx.header(Header.ETAG, tag);
    ctx.header(Header.CACHE_CONTROL, "private, no-cache"); // may be kept, and is revalidated
    String known = ctx.header(Header.IF_NONE_MATCH);
    boolean unchanged =
        known != null
            && Stream.of(known.split(","))
                .map(one -> one.strip().replaceFirst("^W/", ""))
                .anyMatch(one -> one.equals(tag) || one.equals("*"));
    if (unchanged) {
      ctx.status(304);
    }

    return unchanged;
  }
}
