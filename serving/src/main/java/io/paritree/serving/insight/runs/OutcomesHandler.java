package io.paritree.serving.insight.runs;

import io.javalin.http.Context;
import io.paritree.NameList;
import io.paritree.json.JsonText;
import io.paritree.output.StoredOutcomes;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.QueryParameters;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * {@code GET /v1/scores/{table}/outcomes}: how good the scores were, as {@code scripts/outcomes}
 * has found out for its newest day; with {@code as_of=DAY}, for another one. Thread-safe.
 */
public final class OutcomesHandler {
  private static final int MOST = 500;
  private static final String AS_OF = "as_of";

  private final RunsHandler runs;

  public OutcomesHandler(RunsHandler runs) {
    this.runs = runs;
  }

  public void handle(Context ctx) {
    ReportedRuns reported = runs.runs(ctx);
    Optional<String> wanted = asOf(ctx);
    MediaTypes.requireJsonAccepted(ctx);
    OutcomeFiles.Found found = reported.outcomes(wanted);
    if (wanted.isPresent() && found.report().isEmpty()) {
      throw new ProblemException(
          found.failure().isEmpty()
              ? Problems.UNKNOWN_OUTCOMES.of(NameList.known(found.asOfs()))
              : Problems.UNREADABLE_OUTCOMES.of(found.failure()));
    }

    List<String> newest = found.asOfs().subList(0, Math.min(MOST, found.asOfs().size()));
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("name", ctx.pathParam("table"));
          JsonText.array(json, "as_ofs", newest, json::writeString);
          json.writeNumberField("left", found.asOfs().size() - newest.size());
          JsonText.optional(json, AS_OF, found.asOf());
          JsonText.optional(
              json, "problem", Optional.of(found.failure()).filter(text -> !text.isEmpty()));
          if (found.report().isPresent()) {
            json.writeFieldName("report");
            json.writeRawValue(new String(found.report().get(), StandardCharsets.UTF_8));
          }
        });
  }

  private static Optional<String> asOf(Context ctx) {
    String expected = "a day such as 2026-11-24, or " + StoredOutcomes.UNDATED;
    Optional<String> given = QueryParameters.of(ctx, AS_OF).value(AS_OF, expected);
    if (given.isPresent() && !StoredOutcomes.isAsOf(given.get())) {
      throw QueryParameters.wrong(AS_OF, expected);
    }

    return given;
  }
}
