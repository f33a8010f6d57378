package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.metrics.Arrival;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import io.paritree.serving.request.ScoringParts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code POST .../score-batch}: records in, one result or its errors per record out, in the same
 * order.
 *
 * <p>Records with faults do not prevent others from being scored: the answer is 200, and says how
 * many were scored and refused. Records are a JSON array, lines of JSON, or CSV; each result has
 * its record's key if the query says {@code key=FIELD}. Only a body that is wrong as a whole is
 * refused: 400 if it does not have its form, 413 if it has too many records. Thread-safe; takes no
 * lock.
 */
public record ScoreBatchHandler(ScoringParts parts) {
  public void handle(Context ctx) throws IOException {
    ServedModel served = ModelAddress.model(ctx, parts.models());
    ScoreQuery query = ScoreQuery.of(ctx, ScoreQuery.Form.BATCH);
    BatchBody form = form(ctx);
    Arrival arrival = Arrival.of(ctx);
    try (Batch batch = new Batch(served, query, arrival.origin(), parts)) {
      form.read(arrival.body(), query.key(), batch);
      Answers.send(batch.answer(), ctx);
      batch.count();
    }
  }

  /** Returns the form of the body. */
  private static BatchBody form(Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    List<String> usual = new ArrayList<>();
    for (BatchBody form : BatchBody.values()) {
      if (form.types().stream().anyMatch(type -> MediaTypes.isType(ctx, type))) {
        return form;
      }

      usual.add(form.types().get(0));
    }

    throw new ProblemException(Problems.UNSUPPORTED_MEDIA_TYPE.of(String.join(" or ", usual)));
  }
}
