package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.insight.traffic.Shadow;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.Models;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;

/**
 * {@code GET /v1/models/{name}/shadow}: how a challenger compares on the rows that callers have
 * sent, as a document that counts as evidence for a promotion. Thread-safe.
 */
public record ShadowHandler(Models models) {
  public void handle(Context ctx) {
    ModelSlot slot = ModelAddress.slot(ctx, models);
    MediaTypes.requireJsonAccepted(ctx);
    Shadow shadow = slot.shadow();
    String name = slot.current().name();
    if (shadow == null) {
      throw new ProblemException(Problems.NO_SHADOW.of(name));
    }

    ctx.result(
        shadow.document().orElseThrow(() -> new ProblemException(Problems.NO_CHALLENGER.of(name))));
  }
}
