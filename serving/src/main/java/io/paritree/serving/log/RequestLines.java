package io.paritree.serving.log;

import io.paritree.Fault;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.metrics.RequestOrigin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The request log, if it is enabled: one JSON line per request.
 *
 * <p>A line holds time, method, path, route, status, microseconds, bytes, the caller's address, the
 * request's id, and its {@code traceparent} and the name of its token if it has them; never a
 * query, another header or a body, and no key of stored scores unless that is enabled. Thread-safe.
 */
public final class RequestLines extends CallersLog {
  private static final Pattern BELOW_TABLE = Pattern.compile("(?si)^(/+v1/+scores/+([^/]*)/).+");
  private static final int MAX_TEXT = 200;
  private static final int ENTRY_BYTES = 64;
  private static final int MICROS_IN_SECOND = 1_000_000;

  /** The last second that was written: formatting it takes longer than the rest of a line. */
  private volatile Second second = new Second(Instant.EPOCH);

  private final boolean keys;

  public RequestLines(ServingConfig.Log config) throws IOException {
    super(
        config.requests().equals(ServingConfig.OFF)
            ? null
            : new LineWriter("request log", target(config.requests()), config.queue()));
    this.keys = config.keys();
  }

  private static LogTarget target(String target) throws IOException {
    return target.equals("stdout") ? new StandardOutput() : new LogFile(Path.of(target));
  }

  /**
   * Adds an answered request.
   *
   * @param path decoded, without a query; null if no path could be read
   * @param origin by what the request is found again
   * @param caller the caller's address; null if its connection is gone
   * @param route the path with its parameters' names; no path if the request has no route
   * @param nanos nanoseconds from the request's first byte to the end of the answer
   * @param bytes length of the answer's body
   */
  public void write(
      String method,
      String path,
      RequestOrigin origin,
      String caller,
      int status,
      String route,
      long nanos,
      long bytes) {
    JsonBytes json = new JsonBytes();
    time(Instant.now(), json.raw("{\"time\":\""));
    json.raw("\",\"method\":").string(shortened(method));
    json.raw(",\"path\":").string(shortened(keys ? path : withoutKey(path, route)));
    json.raw(",\"route\":").string(route);
    json.raw(",\"status\":").number(status);
    json.raw(",\"micros\":").number(nanos / 1_000);
    json.raw(",\"bytes\":").number(bytes);
    write(",\"caller\":", caller, json);
    write(",\"request_id\":", origin.requestId(), json);
    write(",\"traceparent\":", origin.traceParent(), json);
    write(",\"token\":", origin.token(), json);

    byte[] line = json.raw("}\n").toByteArray();
    writer.add(1, line.length + ENTRY_BYTES, () -> new Line(line));
  }

  /**
   * Returns a path without a key, but with the name of the stored scores; one that has no route may
   * still have a key.
   */
  private static String withoutKey(String path, String route) {
    if (route.contains("{key}")) {
      Matcher named = BELOW_TABLE.matcher(path);
      return named.matches() ? route.replace("{table}", named.group(2)) : route;
    }

    boolean isRouted = route.startsWith("/");
    return path != null && !isRouted ? BELOW_TABLE.matcher(path).replaceFirst("$1...") : path;
  }

  private static void write(String key, String text, JsonBytes json) {
    if (text != null) {
      json.raw(key).string(shortened(text));
    }
  }

  /** Appends a time in UTC, always with microseconds. */
  private void time(Instant now, JsonBytes json) {
    Second current = second;
    if (current.epoch() != now.getEpochSecond()) {
      current = new Second(now);
      second = current;
    }

    String fraction = Integer.toString(MICROS_IN_SECOND + now.getNano() / 1_000);
    json.raw(current.text()).raw('.').raw(fraction.substring(1)).raw('Z');
  }

  /**
   * A second since 1970.
   *
   * @param text such as {@code 2026-11-26T08:30:00}
   */
  private record Second(long epoch, String text) {
    Second(Instant instant) {
      this(
          instant.getEpochSecond(),
          LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC)
              .format(DateTimeFormatter.ISO_LOCAL_DATE_TIME));
    }
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
}
