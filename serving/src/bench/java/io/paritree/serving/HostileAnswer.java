package io.paritree.serving;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An answer to a hostile request, read strictly.
 *
 * @param headers with names in lower case
 */
record HostileAnswer(int status, Map<String, String> headers, String body) {
  /** Returns the next answer, or null at the connection's end. */
  static HostileAnswer next(InputStream in) throws IOException {
    while (true) {
      String status = line(in);
      if (status == null) {
        return null;
      }

      if (!status.matches("HTTP/1\\.[01] [1-5][0-9]{2}.*")) {
        throw new IOException("No status line: '" + status + "'");
      }

      Map<String, String> headers = headers(in);
      int code = Integer.parseInt(status.substring(9, 12));
      if (code >= 200 || code == 101) {
        return new HostileAnswer(code, headers, body(in, headers));
      }
    }
  }

  private static Map<String, String> headers(InputStream in) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); line == null || !line.isEmpty(); line = line(in)) {
      int colon = line == null ? -1 : line.indexOf(':');
      if (colon < 0) {
        throw new EOFException("An answer was cut off within its headers");
      }

      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }

    return headers;
  }

  private static String body(InputStream in, Map<String, String> headers) throws IOException {
    if (headers.containsKey("transfer-encoding")) {
      throw new IOException("An answer without length");
    }

    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("An answer was cut off within its body");
    }

    return new String(body, StandardCharsets.UTF_8);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(64);
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        if (line.size() == 0) {
          return null;
        }

        throw new EOFException("An answer was cut off within a line");
      }

      if (next != '\r') {
        line.write(next);
      }
    }

    return line.toString(StandardCharsets.ISO_8859_1);
  }
}
