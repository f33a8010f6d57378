package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.forest.Engine;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.metrics.FaultTotals;
import io.paritree.serving.models.ModelStatistics.Inference;
import io.paritree.serving.models.RequestBuffers;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.reasons.ReasonsAnswer;
import io.paritree.serving.request.Arrival;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import io.paritree.serving.request.ScoringParts;
import io.paritree.serving.stored.KeyLookup;
import io.paritree.serving.stored.KeyLookup.Found;
import io.paritree.serving.stored.StoredAnswer;
import java.io.IOException;
import java.util.List;

/**
 * {@code POST .../score}: one flat JSON object in, one answer out.
 *
 * <p>Answers 400 with all faults if the record has any. With {@code scores=NAME&key=KEY}, the
 * stored score of the key is the answer if there is one, and {@code source} says so. The answer has
 * the margin if the query says {@code margin=true}, and reasons if it says {@code reasons=K}.
 * Thread-safe; takes no lock.
 */
public final class ScoreHandler {
  private final ScoringParts parts;

  public ScoreHandler(ScoringParts parts) {
    this.parts = parts;
  }

  public void handle(Context ctx) throws IOException {
    ServedModel served =
        ModelAddress.model(
            ctx, parts.models()); // read once, so that one model makes the whole answer
    try (Inference inference = served.statistics().begin(Arrival.waitedNanos(ctx))) {
      ScoreQuery query = ScoreQuery.ofRecord(ctx);
      boolean mayBeStored = !query.scores().isEmpty();
      if (mayBeStored && answeredFromStore(ctx, served, query)) {
        return;
      }

      byte[] body = MediaTypes.jsonBody(ctx);
      RequestBuffers buffers = served.buffers();
      ReasonsAnswer reasons =
          query.reasons().map(asked -> ReasonsAnswer.ofBlocks(asked, served)).orElse(null);
      read(body, served, buffers, reasons);
      inference.read();
      Engine engine = served.model().engine();
      engine.score(buffers.slots, 1, buffers.margins, buffers.scores);
      if (reasons != null) {
        reasons.explain(buffers.slots, 0, 1);
      }

      inference.scored();
      JsonBytes answer = buffers.answer().raw(served.answerStart()).raw(',');
      float[] margins = query.margin() ? buffers.margins : null;
      served.form().write(buffers.scores, 0, margins, 0, engine.outputs(), answer);
      if (reasons != null) {
        reasons.write(buffers.scores, 0, answer.raw(",\"reasons\":"));
      }

      if (mayBeStored) {
        answer.raw(",\"source\":\"now\"");
      }

      Answers.send(answer.raw("}\n"), ctx);
      inference.answered(1);
      served.scored().inc();
      inference.observe(parts.metrics());
      if (parts.predictions().on()) {
        parts
            .predictions()
            .add(
                served.predictionForm(),
                Arrival.origin(ctx),
                buffers.slots,
                buffers.margins,
                buffers.scores);
      }
    }
  }

  /**
   * Answers with the stored score of a key, if there is exactly one.
   *
   * @return whether it is answered; if not, the record is scored now
   */
  private boolean answeredFromStore(Context ctx, ServedModel served, ScoreQuery query)
      throws IOException {
    KeyLookup lookup = KeyLookup.find(query.scores(), parts.scores()).orElse(null);
    if (lookup == null) {
      return false;
    }

    if (lookup.form().columns().size() != 1) {
      throw new ProblemException(
          Problems.UNUSABLE_PARAMETER.of(
              "key", "the keys of %s have several columns".formatted(query.scores())));
    }

    List<String> key = List.of(query.key());
    Found found = lookup.newest(key).orElse(null);
    if (found == null || !(found.entry() instanceof Scored row)) {
      return false;
    }

    String version = found.partition().manifest().modelVersion();
    if (!version.startsWith(served.name() + "/")) {
      throw new ProblemException(
          Problems.UNUSABLE_PARAMETER.of(
              "scores", "the stored scores of the key are those of " + version));
    }

    JsonBytes answer = new JsonBytes();
    answer.raw("{\"model\":").string(served.name()).raw(",\"version\":").string(version);
    answer.raw(",\"key\":").raw(lookup.keyJson(key)).raw(',');
    StoredAnswer.write(found, row, answer);
    Answers.send(answer.raw(",\"source\":\"stored\"}\n"), ctx);
    return true;
  }

  /**
   * @param reasons null if none are asked for; otherwise the record's values are kept for them
   */
  private void read(
      byte[] body, ServedModel served, RequestBuffers buffers, ReasonsAnswer reasons) {
    if (reasons != null) {
      reasons.clear();
      reasons.values().begin(0);
      buffers.reader.keepIn(reasons.values());
    }

    try {
      buffers.read(body, parts.limits().body());
    } catch (MalformedJsonException e) {
      throw new ProblemException(Problems.MALFORMED_BODY.of(e.getMessage()));
    } finally {
      buffers.reader.keepIn(null);
    }

    if (!buffers.faults.isEmpty()) {
      FaultTotals faults = served.faultTotals();
      buffers.faults.forEach(faults::add);
      served.refused(1, faults, parts.metrics());
      throw new ProblemException(Problems.invalidRecord(buffers.faults.list()));
    }
  }
}
