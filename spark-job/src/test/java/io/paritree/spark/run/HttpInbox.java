package io.paritree.spark.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on loopback that accepts whatever is sent to it. */
final class HttpInbox implements AutoCloseable {
  private final HttpServer server;
  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final int status;

  /** What was sent. */
  record Message(String method, String path, String authorization, String body) {}

  /**
   * @param status the answer to everything; a redirect is to another path of the same server
   */
  HttpInbox(int status) throws IOException {
    this.status = status;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::take);
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      messages.add(
          new Message(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders().getFirst("Authorization"),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
      exchange.getResponseHeaders().add("Location", address() + "/elsewhere");
      exchange.sendResponseHeaders(status, -1);
    }
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Message> messages() {
    return messages;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
