package io.paritree.serving;

import io.javalin.http.Context;
import io.javalin.http.Header;
import io.paritree.model.Outputs;
import io.paritree.serving.Table.Scored;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.io.IOException;

/**
 * MLflow's scoring protocol: {@code POST /invocations} for the first model of the configuration.
 *
 * <p>Answers what the logged Python class predicts: class numbers where it is a scikit-learn
 * classifier, unless {@code params.predict_method} is {@code predict_proba}; scores else. One bad
 * row refuses the request, with the faults of all. Thread-safe.
 */
final class InvocationsHandler {
  private static final String EXPECTED =
      "application/json, text/csv or application/csv, in UTF-8 and without other parameters";

  private final Models models;
  private final ServingConfig.Limits limits;
  private final ServerMetrics metrics;
  private final PredictionLog predictions;
  private final CounterDataPoint skipped;

  InvocationsHandler(
      Models models,
      ServingConfig.Limits limits,
      ServerMetrics metrics,
      PredictionLog predictions) {
    this.models = models;
    this.limits = limits;
    this.metrics = metrics;
    this.predictions = predictions;
    this.skipped = metrics.skippedValues();
  }

  void handle(Context ctx) throws IOException {
    MediaTypes.requireJsonTaken(ctx);
    ServedModel served = models.first().current();
    Table table = new Table(served, limits.rows());
    InvocationsReader reader = new InvocationsReader(table, limits.body());
    byte[] body = MediaTypes.body(ctx);
    String type = ctx.req().getHeader(Header.CONTENT_TYPE);
    String method = "";
    if (MediaTypes.isUtf8Alone(type, MediaTypes.JSON)) {
      method = reader.readJson(body).predictMethod();
    } else if (MediaTypes.isUtf8Alone(type, "text/csv")
        || MediaTypes.isUtf8Alone(type, "application/csv")) {
      reader.readCsv(body);
    } else {
      throw new ProblemException(Problems.unsupportedMediaType(EXPECTED));
    }

    boolean labels = labels(served, method);
    Scored scored = table.score(metrics);
    if (predictions.on()) {
      table.write(scored, ctx, predictions);
    }

    skipped.inc(reader.skipped());
    JsonBytes answer = served.scratch().answer().raw("{\"predictions\":[");
    for (int row = 0; row < scored.rows(); row++) {
      if (row > 0) {
        answer.raw(',');
      }

      if (labels) {
        answer.number(classNumber(served.model().outputs(), scored, row));
      } else {
        writeScores(scored, row, answer);
      }
    }

    Answers.send(answer.raw("]}\n"), ctx);
  }

  /** Returns whether class numbers are wanted, and not scores. */
  private static boolean labels(ServedModel served, String method) {
    boolean classes = served.model().outputs().kind() != Outputs.Kind.VALUES;
    boolean classifier =
        served.model().card().modelClass().filter(name -> name.endsWith("Classifier")).isPresent();
    return switch (method) {
      case "" -> classifier && classes;
      case "predict" -> classifier && classes;
      case "predict_proba" -> false;
      default ->
          throw new ProblemException(
              Problems.badParameter("params.predict_method", "predict or predict_proba"));
    };
  }

  private static long classNumber(Outputs outputs, Scored scored, int row) {
    int at = row * scored.scoreCount();
    String label = outputs.label(scored.scores(), at).orElseThrow();
    return outputs.classes().indexOf(label);
  }

  private static void writeScores(Scored scored, int row, JsonBytes answer) {
    int count = scored.scoreCount();
    if (count == 1) {
      answer.number(scored.scores()[row]);
      return;
    }

    answer.raw('[');
    for (int index = 0; index < count; index++) {
      if (index > 0) {
        answer.raw(',');
      }

      answer.number(scored.scores()[row * count + index]);
    }

    answer.raw(']');
  }

  /** {@code GET /version}. */
  static void version(Context ctx) {
    ctx.result(ServerVersion.TEXT);
  }
}
