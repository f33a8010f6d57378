package io.paritree.serving;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;

/**
 * {@code GET /health/live} and {@code GET /health/ready}.
 *
 * <p>Live means that the process answers. Ready means that every model is verified and warm and the
 * server is not stopping; else 503.
 */
final class HealthHandler {
  static final byte[] LIVE = "{\"live\":true}\n".getBytes(StandardCharsets.US_ASCII);

  private final Readiness readiness;

  HealthHandler(Readiness readiness) {
    this.readiness = readiness;
  }

  void live(Context ctx) {
    ctx.result(LIVE);
  }

  void ready(Context ctx) {
    boolean ready = readiness.isReady();
    ctx.status(ready ? 200 : 503).result(body(ready));
  }

  static byte[] body(boolean ready) {
    return ("{\"ready\":" + ready + "}\n").getBytes(StandardCharsets.US_ASCII);
  }
}
