package io.paritree.serving;

import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

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
   * @param tls whether the callers' port speaks TLS
   * @throws IOException if the server does not answer, or answers with a 5xx status
   */
  static void run(Serving serving, List<String> names, boolean tls) throws IOException {
    SocketFactory callers = tls ? trusting() : SocketFactory.getDefault();
    SocketFactory operators = SocketFactory.getDefault();
    ask(callers, serving.port(), "GET", "/openapi.json");
    ask(callers, serving.port(), "GET", "/v1/models");
    ask(callers, serving.port(), "GET", "/health/ready");
    ask(operators, serving.managementPort(), "GET", "/metrics");
    ask(operators, serving.managementPort(), "GET", "/health/ready");
    for (String name : names) {
      String path = "/v1/models/" + ModelAddress.encoded(name);
      ask(callers, serving.port(), "GET", path);
      ask(callers, serving.port(), "POST", path + "/score");
      ask(callers, serving.port(), "POST", path + "/score-batch");
    }
  }

  /**
   * Returns what connects to this process's own port, whatever name its certificate has: only that
   * it can be used is checked.
   */
  private static SocketFactory trusting() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new EveryCertificate()}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException("Cannot check TLS: " + e.getMessage(), e);
    }
  }

  /** Accepts the certificate of the server that this process has started itself. */
  private static final class EveryCertificate implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static void ask(SocketFactory sockets, int port, String method, String path)
      throws IOException {
    try (Socket socket = sockets.createSocket(InetAddress.getLoopbackAddress(), port)) {
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
