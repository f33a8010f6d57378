package io.paritree.serving.lookup;

import io.javalin.http.Context;
import io.paritree.forest.Engine;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.models.RequestBuffers;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.models.StoredVersions;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ScoringParts;
import io.paritree.serving.stored.LookupKey;
import io.paritree.serving.stored.StoredAnswer;
import io.paritree.serving.stored.StoredRow;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * {@code POST /v1/scores/{table}/{key}/compare}: the stored score of a key, and the score that its
 * record has now, by the model in service and by the version that the row was stored with. So a
 * difference is due to the model, the inputs, or both. That version scores by its specification,
 * the plain loops over trees: if it gives the stored bits, these are proved. Thread-safe.
 */
public record CompareHandler(StoredScores scores, ScoringParts parts, StoredVersions versions) {

  public void handle(Context ctx) throws IOException {
    LookupQuery query = new LookupQuery(ctx, scores).ofKey();
    byte[] body = MediaTypes.jsonBody(ctx);
    LookupKey key = query.key();
    StoredRow row = query.row(key);
    float[] stored = ((Scored) row.entry()).scores();
    String version = row.partition().manifest().modelVersion();
    ServedModel champion =
        parts
            .models()
            .find(version.split("/", 2)[0])
            .orElseThrow(
                () -> new ProblemException(Problems.UNKNOWN_MODEL.of(parts.models().addresses())))
            .current();
    float[] now = scores(champion, champion.model().engine(), body);
    Optional<ServedModel> old = versions.find(version);
    float[] then = old.map(model -> againOrNull(model, body)).orElse(null);

    JsonBytes json = new JsonBytes();
    json.raw("{\"key\":").raw(key.json()).raw(",\"stored\":{");
    StoredAnswer.write(row, json);
    json.raw("},\"now\":");
    write(champion, now, json).raw('}');
    if (then != null) {
      json.raw(",\"then\":");
      write(old.get(), then, json);
      json.raw(",\"model_digest\":").string(old.get().model().digest());
      json.raw(",\"engine\":\"spec\",\"same_bits\":");
      json.raw(String.valueOf(isSame(stored, then))).raw('}');
    }

    boolean isSame = isSame(stored, now);
    json.raw(",\"same_bits\":").raw(String.valueOf(isSame));
    json.raw(",\"cause\":").raw(isSame ? "\"none\"" : cause(stored, now, then));
    Answers.send(json.raw("}\n"), ctx);
  }

  /**
   * Returns why the score of now differs, as JSON.
   *
   * @param then the score of now by the version of the stored row; null if there is none
   */
  private static String cause(float[] stored, float[] now, float[] then) {
    if (then == null) {
      return "null";
    }

    if (isSame(stored, then)) {
      return "\"model\"";
    }

    return isSame(then, now) ? "\"inputs\"" : "\"both\"";
  }

  private static boolean isSame(float[] one, float[] other) {
    return Arrays.equals(one, other); // compares the bits, except of NaN, which no score is
  }

  private static JsonBytes write(ServedModel model, float[] scores, JsonBytes json) {
    json.raw('{');
    model.form().write(scores, 0, null, 0, 0, json);
    return json.raw(",\"model_version\":").string(model.model().modelVersion());
  }

  private static float[] againOrNull(ServedModel model, byte[] body) {
    try {
      return scores(model, model.model().specification(), body);
    } catch (ProblemException e) {
      return null; // that version reads other fields
    }
  }

  private static float[] scores(ServedModel model, Engine engine, byte[] body) {
    RequestBuffers buffers = model.buffers();
    try {
      buffers.read(body);
    } catch (MalformedJsonException e) {
      throw new ProblemException(Problems.MALFORMED_BODY.of(e.getMessage()));
    }

    if (!buffers.faults.isEmpty()) {
      throw new ProblemException(Problems.invalidRecord(buffers.faults.list()));
    }

    engine.score(buffers.slots, 1, buffers.margins, buffers.scores);
    return Arrays.copyOf(buffers.scores, engine.scores());
  }
}
