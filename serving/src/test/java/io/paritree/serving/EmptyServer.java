package io.paritree.serving;

import io.javalin.Javalin;
import java.nio.charset.StandardCharsets;

/**
 * An endpoint that reads its body and answers with a constant, on Javalin with its defaults: what
 * the scoring endpoint is measured against.
 *
 * <p>Usage: {@code EmptyServer PORT LENGTH [once]}; with {@code once} it starts, stops and leaves.
 */
final class EmptyServer {
  private EmptyServer() {}

  public static void main(String[] arguments) {
    byte[] answer = "x".repeat(Integer.parseInt(arguments[1])).getBytes(StandardCharsets.US_ASCII);
    Javalin javalin =
        Javalin.create(
                config -> {
                  config.jetty.host = "127.0.0.1";
                  config.jetty.port = Integer.parseInt(arguments[0]);
                  config.routes.get("/ready", ctx -> ctx.result("ready"));
                  config.routes.post(
                      "/empty",
                      ctx -> {
                        ctx.bodyAsBytes();
                        ctx.contentType("application/json").result(answer);
                      });
                })
            .start();
    System.out.println("Listening on " + javalin.port());
    if (arguments.length > 2) {
      javalin.stop();
      System.exit(0);
    }
  }
}
