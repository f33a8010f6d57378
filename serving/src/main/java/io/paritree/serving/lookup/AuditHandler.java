package io.paritree.serving.lookup;

import io.javalin.http.Context;
import io.paritree.output.StoredAudit;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.stored.LookupKey;
import io.paritree.serving.stored.OpenPartition;
import io.paritree.serving.stored.StoredRow;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * {@code GET /v1/scores/{table}/{key}/audit}: what the last audit has found out about the partition
 * of a stored row, if {@code scripts/parity audit --keep} has kept it. Thread-safe.
 *
 * @param showsRows whether the keys and scores of other rows, which differ, are shown
 * @param audits finds it, by the name of the stored scores and the partition
 */
public record AuditHandler(
    StoredScores scores,
    boolean showsRows,
    BiFunction<String, OpenPartition, Optional<StoredAudit>> audits) {

  public void handle(Context ctx) throws IOException {
    LookupQuery query = new LookupQuery(ctx, scores).ofKey();
    MediaTypes.requireJsonAccepted(ctx);
    LookupKey key = query.key();
    StoredRow row = query.row(key);
    OpenPartition partition = row.partition();
    Optional<StoredAudit> audit = audits.apply(ctx.pathParam("table"), partition);

    JsonBytes json = new JsonBytes();
    json.raw("{\"key\":").raw(key.json());
    json.raw(",\"partition\":").raw(partition.partitionJson()).raw(partition.origin());
    if (audit.isPresent()) {
      boolean isOfRow = audit.get().run().equals(partition.manifest().directory());
      json.raw(",\"same_run\":").raw(String.valueOf(isOfRow));
      json.raw(",\"audit\":").raw(showsRows ? audit.get().document() : audit.get().withoutRows());
    }

    Answers.send(json.raw("}\n"), ctx);
  }
}
