package io.paritree.serving.scoring;

import io.javalin.http.Context;
import io.paritree.serving.models.Models;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;

/** {@code GET .../contract}: what a record of a model may have, as {@link ContractJson}. */
public record ContractHandler(Models models) {
  public void handle(Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    ctx.result(ContractJson.of(ModelAddress.model(ctx, models).model()));
  }
}
