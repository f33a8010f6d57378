package io.paritree.serving;

import io.javalin.http.Context;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.models.Models;
import java.nio.charset.StandardCharsets;

/**
 * {@code GET /health/live} and {@code GET /health/ready}, and MLflow's {@code GET /ping} and {@code
 * GET /health}, which report readiness.
 *
 * <p>Live means that the process answers. Ready means that every model is verified and warm and the
 * server is not stopping; otherwise the answer is 503.
 */
public record HealthHandler(Models models, Readiness readiness) {
  static final byte[] LIVE = "{\"live\":true}\n".getBytes(StandardCharsets.US_ASCII);

  public void live(Context ctx) {
    ctx.result(LIVE);
  }

  public void ready(Context ctx) {
    boolean ready = readiness.isReady();
    ctx.status(ready ? 200 : 503).result(body(ready));
  }

  /**
   * The body is an empty line, which is no JSON. While the server is not ready: 404 if no model is
   * open, as in MLflow; otherwise 503.
   */
  public void ping(Context ctx) {
    int unready = models.all().isEmpty() ? 404 : 503;
    ctx.status(readiness.isReady() ? 200 : unready).contentType("text/plain").result("\n");
  }

  static byte[] body(boolean ready) {
    return ("{\"ready\":" + ready + "}\n").getBytes(StandardCharsets.US_ASCII);
  }
}
