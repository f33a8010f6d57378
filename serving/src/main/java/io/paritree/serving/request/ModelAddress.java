package io.paritree.serving.request;

import io.javalin.http.Context;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Finds the model that a path names. */
public final class ModelAddress {
  private ModelAddress() {}

  /**
   * Returns the model that the path parameters {@code name} and, where the route has it, {@code
   * version} name.
   *
   * @throws ProblemException with 404 if it is not served
   */
  public static ServedModel model(Context ctx, Models models) {
    return slot(ctx, models).current();
  }

  /** Returns a name as it is written in a path. */
  public static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Returns the slot of the model; see {@link #model}. */
  public static ModelSlot slot(Context ctx, Models models) {
    Map<String, String> parameters = ctx.pathParamMap();
    String name = parameters.get("name");
    String version = parameters.get("version");
    Optional<ModelSlot> found = version == null ? models.find(name) : models.find(name, version);
    return found.orElseThrow(
        () -> new ProblemException(Problems.UNKNOWN_MODEL.of(models.addresses())));
  }
}
