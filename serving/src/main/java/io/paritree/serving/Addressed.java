package io.paritree.serving;

import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;

/** Finds the model that a path names. */
final class Addressed {
  private Addressed() {}

  /**
   * Returns the model of a path with {@code {name}}, and {@code {version}} where it has one.
   *
   * @throws ProblemException with 404 if it is not served
   */
  static ServedModel model(Context ctx, Models models) {
    return slot(ctx, models).current();
  }

  /** Returns the slot of the model; see {@link #model}. */
  static ModelSlot slot(Context ctx, Models models) {
    Map<String, String> parameters = ctx.pathParamMap();
    String name = parameters.get("name");
    String version = parameters.get("version");
    Optional<ModelSlot> found = version == null ? models.find(name) : models.find(name, version);
    return found.orElseThrow(() -> new ProblemException(Problems.unknownModel(models.addresses())));
  }
}
