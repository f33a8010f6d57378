package io.paritree.serving;

import io.javalin.http.Context;

/** {@code GET /v1/models} and the card of each model. */
final class ModelsHandler {
  private final Models models;

  ModelsHandler(Models models) {
    this.models = models;
  }

  void list(Context ctx) {
    MediaTypes.requireJsonTaken(ctx);
    ctx.result(CardJson.list(models.inService()));
  }

  void card(Context ctx) {
    MediaTypes.requireJsonTaken(ctx);
    ModelSlot slot = Addressed.slot(ctx, models);
    ctx.result(CardJson.of(slot, slot.current()));
  }
}
