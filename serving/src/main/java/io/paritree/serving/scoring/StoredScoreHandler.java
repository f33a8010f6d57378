package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.lookup.InvalidKeyException;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.models.Models;
import io.paritree.serving.request.ModelAddress;
import io.paritree.serving.stored.KeyLookup;
import io.paritree.serving.stored.KeyResult;
import io.paritree.serving.stored.LookupKey;
import io.paritree.serving.stored.StoredAnswer;
import io.paritree.serving.stored.StoredRow;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.util.List;

/**
 * {@code POST .../score?scores=NAME&key=KEY}: the stored score of the key, if there is exactly one;
 * otherwise, and for every other query, the record's score. Thread-safe.
 */
public record StoredScoreHandler(Models models, StoredScores scores, ScoreHandler records) {
  public void handle(Context ctx) throws IOException {
    String query = ctx.req().getQueryString();
    if (query == null || !query.contains("scores=") || !isAnswered(ctx)) {
      records.handle(ctx);
    }
  }

  private boolean isAnswered(Context ctx) throws IOException {
    String model = ModelAddress.model(ctx, models).name();
    ScoreQuery query = ScoreQuery.of(ctx, ScoreQuery.Form.RECORD);
    if (query.scores().isEmpty()) {
      return false;
    }

    KeyLookup lookup =
        scores
            .lookup(query.scores())
            .orElseThrow(() -> new ProblemException(Problems.UNKNOWN_SCORES.of(scores.names())));
    if (lookup.isEmpty()) {
      return false;
    }

    if (lookup.form().names().size() != 1) {
      throw new ProblemException(
          Problems.UNUSABLE_PARAMETER.of(
              "key", "the keys of %s have several columns".formatted(query.scores())));
    }

    LookupKey key;
    try {
      key = lookup.key(List.of(query.key()));
    } catch (InvalidKeyException e) {
      throw new ProblemException(StoredAnswer.problem(e));
    }

    KeyResult result = lookup.find(key, 1);
    StoredRow row = result.scored().orElse(null);
    if (row == null && result.isRefusal()) {
      throw new ProblemException(StoredAnswer.problem(result));
    } else if (row == null) {
      return false;
    }

    String version = row.partition().manifest().modelVersion();
    if (!version.startsWith(model + "/")) {
      throw new ProblemException(
          Problems.UNUSABLE_PARAMETER.of(
              "scores", "the stored scores of the key are those of " + version));
    }

    if (query.margin() && !StoredAnswer.hasMargin(row)) {
      throw new ProblemException(
          Problems.UNUSABLE_PARAMETER.of(
              "margin",
              "the stored row of the key has no margin, which a run stores with --margin"));
    }

    JsonBytes answer = new JsonBytes();
    answer.raw("{\"model\":").string(model).raw(",\"version\":").string(version);
    answer.raw(",\"key\":").raw(key.json()).raw(',');
    StoredAnswer.write(row, answer);
    Answers.send(answer.raw(",\"source\":\"stored\"}\n"), ctx);
    return true;
  }
}
