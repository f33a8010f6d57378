package io.paritree.serving;

import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * An endpoint that reads the body and answers with a constant, on Javalin with its defaults: the
 * peer that the scoring endpoint is compared with.
 *
 * <p>Usage: {@code EmptyServer PORT LENGTH [once]}; with {@code once} it starts, sends itself a
 * request, stops and exits.
 */
final class EmptyServer {
  private EmptyServer() {}

  public static void main(String[] arguments) throws IOException {
    byte[] answer = "x".repeat(Integer.parseInt(arguments[1])).getBytes(StandardCharsets.US_ASCII);
    Javalin javalin =
        Javalin.create(
                config -> {
                  config.jetty.host = "127.0.0.1";
                  config.jetty.port = Integer.parseInt(arguments[0]);
                  config.routes.get("/ready", ctx -> ctx.result("ready"));
                  config.routes.get(
                      "/empty/{key}", ctx -> ctx.contentType("application/json").result(answer));
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
      ask(javalin.port(), "GET /ready");
      ask(javalin.port(), "POST /empty");
      javalin.stop();
      System.exit(0);
    }
  }

  private static void ask(int port, String line) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request =
          line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
  }
}
