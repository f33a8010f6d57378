package io.paritree.serving;

import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Sends a server the usual requests of callers, once each. The archive of loaded classes is made
 * from such a run.
 */
final class Rehearsal {
  private static final int TIMEOUT_MILLIS = 10_000;

  private Rehearsal() {}

  /**
   * Requests each model's card and scores, and the server's contract, list of models, health and
   * metrics.
   *
   * @throws IOException if the server does not answer, or answers with a 5xx status
   */
  static void run(Serving serving, List<String> names) throws IOException {
    ask(serving.port(), "GET", "/openapi.json");
    ask(serving.port(), "GET", "/v1/models");
    ask(serving.port(), "GET", "/health/ready");
    ask(serving.managementPort(), "GET", "/metrics");
    ask(serving.managementPort(), "GET", "/health/ready");
    for (String name : names) {
      String path = "/v1/models/" + ModelAddress.encoded(name);
      ask(serving.port(), "GET", path);
      ask(serving.port(), "POST", path + "/score");
      ask(serving.port(), "POST", path + "/score-batch");
    }
  }

  private static void ask(int port, String method, String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      String request =
          "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: 2\r\n\r\n{}"
              .formatted(method, path, MediaTypes.JSON);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!answer.startsWith("HTTP/1.1 ") || answer.startsWith("HTTP/1.1 5")) {
        throw new IOException(
            "Cannot check %s %s: no answer, or an answer with status 5xx".formatted(method, path));
      }
    }
  }
}
