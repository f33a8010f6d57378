package io.paritree.serving.insight.runs;

import com.fasterxml.jackson.core.JsonGenerator;
import io.javalin.http.Context;
import io.paritree.drift.Baseline;
import io.paritree.drift.Drift;
import io.paritree.json.Documents;
import io.paritree.profile.Profile;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.insight.traffic.RequestProfile;
import io.paritree.serving.insight.traffic.RequestProfile.Slice;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * {@code GET /v1/models/{name}/drift}: the rows that callers have sent in the last hour or day,
 * compared with the rows that the model was sealed with, or with stored scores. Thread-safe.
 *
 * @param stored returns the newest partition of stored scores, by their name and the digest of the
 *     model whose rows are compared
 */
public record RequestDriftHandler(Models models, BiFunction<String, String, Baseline> stored) {
  public void handle(Context ctx) {
    ServedModel served = ModelAddress.model(ctx, models);
    MediaTypes.requireJsonAccepted(ctx);
    DriftQuery query = DriftQuery.of(ctx);
    RequestProfile profile =
        served
            .profile()
            .orElseThrow(() -> new ProblemException(Problems.NO_PROFILE.of(served.name())));
    Optional<Baseline> baseline =
        query.stored().isPresent()
            ? query.stored().map(name -> stored.apply(name, served.model().digest()))
            : baseline(served);
    Optional<Slice> rows = profile.window(query.window());
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("model", served.name());
          json.writeStringField("model_version", served.model().modelVersion());
          json.writeStringField("window", query.windowText());
          json.writeStringField("against", query.against());
          if (baseline.isEmpty()) {
            json.writeStringField("not_compared", "the model's package has no reference");
          }

          if (rows.isPresent()) {
            write(rows.get(), baseline, query.profiles(), json);
          } else {
            json.writeNumberField("rows", 0);
          }
        });
  }

  /** Returns the reference of the served model with a digest, if there is one. */
  public Optional<Profile> reference(String digest) {
    return models.all().stream()
        .map(slot -> slot.current().model())
        .filter(model -> model.digest().equals(digest))
        .findFirst()
        .flatMap(model -> model.card().reference());
  }

  private static Optional<Baseline> baseline(ServedModel served) {
    return served
        .model()
        .card()
        .reference()
        .map(reference -> new Baseline(Baseline.REFERENCE, List.of(), reference));
  }

  private static void write(
      Slice rows, Optional<Baseline> baseline, boolean profiles, JsonGenerator json)
      throws IOException {
    Profile profile = rows.profile();
    json.writeStringField("from", rows.begin().toString());
    json.writeNumberField("rows", profile.rows());
    json.writeNumberField("scored", profile.scored());
    if (baseline.isPresent()) {
      json.writeFieldName("drift");
      Documents.write(Drift.of(profile, baseline.get()), json);
    }

    if (profiles) {
      json.writeFieldName("profile");
      Documents.write(profile, json);
    }

    if (profiles && baseline.isPresent()) {
      json.writeFieldName("baseline_profile");
      Documents.write(baseline.get().profile(), json);
    }
  }
}
