package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.forest.Engine;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.insight.traffic.UnscoredRows;
import io.paritree.serving.metrics.Arrival;
import io.paritree.serving.metrics.FaultTotals;
import io.paritree.serving.metrics.RequestOrigin;
import io.paritree.serving.models.RequestBuffers;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import io.paritree.serving.request.ReasonsAnswer;
import io.paritree.serving.request.ScoringParts;
import java.io.IOException;

/**
 * {@code POST .../score}: one flat JSON object in, one answer out.
 *
 * <p>Answers 400 with all faults if the record has any. The answer has the margin if the query says
 * {@code margin=true}, and reasons if it says {@code reasons=K}. Thread-safe; takes no lock.
 */
public record ScoreHandler(ScoringParts parts) {
  public void handle(Context ctx) throws IOException {
    ServedModel served =
        ModelAddress.model(
            ctx, parts.models()); // read once, so that one model makes the whole answer
    long begun = System.nanoTime();
    ScoreQuery query = ScoreQuery.of(ctx, ScoreQuery.Form.RECORD);
    byte[] body = MediaTypes.jsonBody(ctx);
    RequestBuffers buffers = served.buffers();
    ReasonsAnswer reasons =
        query.reasons().map(asked -> ReasonsAnswer.ofBlocks(asked, served)).orElse(null);
    RecordValues values = reasons == null ? parts.values(served) : reasons.values();
    read(body, served, Arrival.of(ctx).origin(), reasons, values);
    long read = System.nanoTime();
    Engine engine = served.model().engine();
    engine.score(buffers.slots, 1, buffers.margins, buffers.scores);
    if (reasons != null) {
      reasons.explain(buffers.slots, 0, 1);
    }

    long scored = System.nanoTime();
    JsonBytes answer = buffers.answer().raw(served.answerStart()).raw(',');
    float[] margins = query.margin() ? buffers.margins : null;
    served.form().write(buffers.scores, 0, margins, 0, engine.outputs(), answer);
    if (reasons != null) {
      reasons.write(buffers.scores, 0, answer.raw(",\"reasons\":"));
    }

    Answers.send(answer.raw("}\n"), ctx);
    long written = System.nanoTime();
    served.scored().inc();
    parts.metrics().stages(read - begun, scored - read, written - scored);
    parts.scored(
        served,
        Arrival.of(ctx).origin(),
        1,
        () -> new long[] {0},
        buffers.slots,
        buffers.margins,
        buffers.scores,
        buffers.faults,
        values);
  }

  /**
   * @param reasons null if none are asked for
   * @param values keeps the record's values; null if nothing needs them
   */
  private void read(
      byte[] body,
      ServedModel served,
      RequestOrigin origin,
      ReasonsAnswer reasons,
      RecordValues values) {
    RequestBuffers buffers = served.buffers();
    if (reasons != null) {
      reasons.clear();
    }

    if (values != null) {
      values.begin(0);
      buffers.reader.keepIn(values);
    }

    try {
      buffers.read(body);
    } catch (MalformedJsonException e) {
      throw new ProblemException(Problems.MALFORMED_BODY.of(e.getMessage()));
    } finally {
      buffers.reader.keepIn(null);
    }

    if (!buffers.faults.isEmpty()) {
      FaultTotals faults = served.faultTotals();
      buffers.faults.forEach(faults::add);
      UnscoredRows refused = served.refusedRows();
      refused.add(buffers.slots, 0, buffers.faults);
      served.refused(1, faults, refused, buffers.faults, parts.metrics());
      parts.refused(served, origin, 0, values, 0, buffers.faults);
      throw new ProblemException(Problems.invalidRecord(buffers.faults.list()));
    }
  }
}
