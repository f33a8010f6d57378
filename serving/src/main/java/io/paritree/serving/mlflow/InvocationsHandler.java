package io.paritree.serving.mlflow;

import io.javalin.http.Context;
import io.javalin.http.Header;
import io.paritree.model.manifest.Outputs;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.answer.ServerVersion;
import io.paritree.serving.metrics.Arrival;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ReasonsAnswer;
import io.paritree.serving.request.RequestRows;
import io.paritree.serving.request.RequestRows.Scored;
import io.paritree.serving.request.ScoringParts;
import java.io.IOException;

/**
 * MLflow's scoring protocol: {@code POST /invocations} for the first model of the configuration.
 *
 * <p>Answers what the logged Python class would predict, see {@link Predicted}; {@code
 * params.predict_method} selects its other method; with {@code params.reasons} the answer has the
 * reasons of each row too. A bad row, or a column that no row has, refuses the whole request; the
 * answer has the faults of all rows. Thread-safe.
 */
public record InvocationsHandler(ScoringParts parts) {
  private static final String EXPECTED =
      "application/json, text/csv or application/csv, in UTF-8 and without other parameters";

  public void handle(Context ctx) throws IOException {
    MediaTypes.requireJsonAccepted(ctx);
    ServedModel served = parts.models().first().current();
    RequestRows rows = new RequestRows(served, parts);
    InvocationsReader reader = new InvocationsReader(rows);
    byte[] body = Arrival.of(ctx).body();
    String type = ctx.req().getHeader(Header.CONTENT_TYPE);
    InvocationsOutline.Params params = InvocationsOutline.Params.NONE;
    ReasonsAnswer reasons = null;
    if (MediaTypes.isUtf8Alone(type, MediaTypes.JSON)) {
      InvocationsOutline outline = reader.outline(body);
      params = outline.params();
      reasons = reasons(params, rows, reader);
      reader.readJson(body, outline);
    } else if (MediaTypes.isUtf8Alone(type, "text/csv")
        || MediaTypes.isUtf8Alone(type, "application/csv")) {
      rows.keepForLater();
      reader.readCsv(body);
    } else {
      throw new ProblemException(Problems.UNSUPPORTED_MEDIA_TYPE.of(EXPECTED));
    }

    Predicted predicted = Predicted.of(served.model(), params.predictMethod());
    Scored scored = rows.score(ctx);
    parts.metrics().skippedValues().inc(reader.skipped());
    Outputs outputs = served.model().outputs();
    JsonBytes answer = served.buffers().answer().raw("{\"predictions\":");
    answer.list(scored.rows(), row -> predicted.write(outputs, scored, row, answer));
    if (reasons != null) {
      writeReasons(reasons, rows, scored, answer);
    }

    Answers.send(answer.raw("}\n"), ctx);
  }

  /** Prepares the reasons that are asked for; null if none are. */
  private ReasonsAnswer reasons(
      InvocationsOutline.Params params, RequestRows rows, InvocationsReader reader) {
    if (params.reasons().isEmpty()) {
      reader.keepIn(rows.keepForLater());
      return null;
    }

    ReasonsAnswer reasons = ReasonsAnswer.ofRows(params.reasons().get(), rows.served());
    rows.keepIn(reasons.values(), reasons.rowBytes());
    reader.keepIn(reasons.values());
    return reasons;
  }

  private static void writeReasons(
      ReasonsAnswer reasons, RequestRows rows, Scored scored, JsonBytes answer) {
    answer
        .raw(",\"reasons\":")
        .list(
            scored.rows(),
            row -> {
              reasons.explain(rows.slots(), row, scored.rows());
              reasons.write(scored.scores(), row, answer);
            });
  }

  /** {@code GET /version}. */
  public static void version(Context ctx) {
    ctx.contentType("text/plain").result(ServerVersion.TEXT); // it is no JSON
  }
}
