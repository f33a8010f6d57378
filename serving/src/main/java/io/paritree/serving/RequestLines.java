package io.paritree.serving;

import io.paritree.Fault;
import java.io.IOException;
import java.time.Instant;
import org.eclipse.jetty.server.Request;

/**
 * One JSON line per request, if they are wanted.
 *
 * <p>A line holds time, method, path, route, status, microseconds, bytes and the caller's request
 * id; never a query, a header or a body. Probes are left out. Thread-safe.
 */
final class RequestLines implements AutoCloseable {
  private static final int MAX_TEXT = 200;

  private final LineFile file;

  RequestLines(ServingConfig.Log config) throws IOException {
    this.file =
        config.requests().equals("off") ? null : new LineFile(config.requests(), config.queue());
  }

  boolean on() {
    return file != null;
  }

  /** Returns how many lines were not written. */
  long dropped() {
    return file == null ? 0 : file.dropped();
  }

  void write(Request request, int status, String route, long nanos, long bytes) {
    if (route.startsWith("/health/")) {
      return;
    }

    JsonBytes json = new JsonBytes();
    json.raw("{\"time\":\"").raw(Instant.now().toString());
    json.raw("\",\"method\":").string(shortened(request.getMethod()));
    json.raw(",\"path\":").string(shortened(Request.getPathInContext(request)));
    json.raw(",\"route\":").string(route);
    json.raw(",\"status\":").number(status);
    json.raw(",\"micros\":").number(nanos / 1_000);
    json.raw(",\"bytes\":").number(bytes);
    String id = request.getHeaders().get("X-Request-Id");
    if (id != null) {
      json.raw(",\"request_id\":").string(shortened(id));
    }

    file.add(json.raw("}\n").toByteArray());
  }

  private static String shortened(String text) {
    return text == null ? "" : Fault.printable(text, MAX_TEXT);
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
    }
  }
}
