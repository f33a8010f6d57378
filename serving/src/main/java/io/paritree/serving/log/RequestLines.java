package io.paritree.serving.log;

import io.paritree.Fault;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.config.ServingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * The request log, if it is enabled: one JSON line per request.
 *
 * <p>A line holds time, method, path, route, status, microseconds, bytes and the caller's request
 * id; never a query, another header or a body. Thread-safe.
 */
public final class RequestLines implements AutoCloseable {
  private static final int MAX_TEXT = 200;
  private static final int ENTRY_BYTES = 64;

  private final LineWriter writer; // null if the log is off

  public RequestLines(ServingConfig.Log config) throws IOException {
    this.writer =
        config.requests().equals(ServingConfig.OFF)
            ? null
            : new LineWriter("request log", target(config.requests()), config.queue());
  }

  private static LogTarget target(String target) throws IOException {
    return target.equals("stdout") ? new StandardOutput() : new LogFile(Path.of(target));
  }

  public boolean on() {
    return writer != null;
  }

  /** Returns the number of lines that were not written. */
  long dropped() {
    return on() ? writer.dropped() : 0;
  }

  /** Returns 1 while lines cannot be written, otherwise 0. */
  long failing() {
    return on() && writer.isFailing() ? 1 : 0;
  }

  /**
   * Adds an answered request.
   *
   * @param path decoded, without a query; null if no path could be read
   * @param requestId the caller's id for its request; null if it gave none
   * @param route the path with its parameters' names
   * @param nanos nanoseconds from the request's first byte to the end of the answer
   * @param bytes length of the answer's body
   */
  public void write(
      String method,
      String path,
      String requestId,
      int status,
      String route,
      long nanos,
      long bytes) {
    JsonBytes json = new JsonBytes();
    json.raw("{\"time\":\"").raw(Instant.now().toString());
    json.raw("\",\"method\":").string(shortened(method));
    json.raw(",\"path\":").string(shortened(path));
    json.raw(",\"route\":").string(route);
    json.raw(",\"status\":").number(status);
    json.raw(",\"micros\":").number(nanos / 1_000);
    json.raw(",\"bytes\":").number(bytes);
    if (requestId != null) {
      json.raw(",\"request_id\":").string(shortened(requestId));
    }

    byte[] line = json.raw("}\n").toByteArray();
    writer.add(1, line.length + ENTRY_BYTES, () -> new Line(line));
  }

  /** One line, already as text. */
  private record Line(byte[] text) implements LogLines {
    @Override
    public int count() {
      return 1;
    }

    @Override
    public void write(int index, JsonBytes out) {
      out.raw(text);
    }
  }

  private static String shortened(String text) {
    return text == null ? "" : Fault.printable(text, MAX_TEXT);
  }

  @Override
  public void close() {
    if (on()) {
      writer.close();
    }
  }
}
