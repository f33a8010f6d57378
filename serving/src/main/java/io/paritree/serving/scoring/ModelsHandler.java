package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;

/** {@code GET /v1/models} and the card of each model. */
public record ModelsHandler(Models models) {
  public void list(Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    ctx.result(CardJson.list(models.inService()));
  }

  public void card(Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    ModelSlot slot = ModelAddress.slot(ctx, models);
    ServedModel served = slot.current();
    ctx.result(CardJson.of(slot, served, models.of(served.name())));
  }
}
