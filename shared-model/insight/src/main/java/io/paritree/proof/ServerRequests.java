package io.paritree.proof;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * Requests to a server, by the JDK's plainest client: most are small, and it takes a fraction of
 * the time that {@code java.net.http} does. Connections are kept. Thread-safe.
 *
 * @param url of the server
 * @param token that callers need; empty for none
 */
record ServerRequests(String url, String token) {
  /** The header that says how long the JSON before binary data is. */
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";

  private static final int PATIENCE_MILLIS = (int) Duration.ofSeconds(60).toMillis();
  private static final int FIRST_ERROR = 400;

  /**
   * An answer.
   *
   * @param json the length of the JSON at the body's start; empty if it is all one thing
   */
  record Answer(int status, byte[] body, OptionalInt json) {}

  /** Asks for what is at a path. */
  Answer get(String path) throws IOException {
    return answer(connection(path));
  }

  /**
   * Sends a body.
   *
   * @param type of its content
   * @param json the length of the JSON at its start; empty if it is all one thing
   */
  Answer post(String path, String type, byte[] body, OptionalInt json) throws IOException {
    HttpURLConnection connection = connection(path);
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Content-Type", type);
    json.ifPresent(length -> connection.setRequestProperty(JSON_LENGTH, String.valueOf(length)));
    connection.setDoOutput(true);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
    }

    return answer(connection);
  }

  private HttpURLConnection connection(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(url + path).toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout(PATIENCE_MILLIS);
    connection.setReadTimeout(PATIENCE_MILLIS);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Accept", "*/*");
    if (!token.isEmpty()) {
      connection.setRequestProperty("Authorization", "Bearer " + token);
    }

    return connection;
  }

  private static Answer answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    try (InputStream in =
        status < FIRST_ERROR ? connection.getInputStream() : connection.getErrorStream()) {
      byte[] body = in == null ? new byte[0] : in.readAllBytes(); // null if there is none
      int length = connection.getHeaderFieldInt(JSON_LENGTH, -1);
      return new Answer(status, body, length < 0 ? OptionalInt.empty() : OptionalInt.of(length));
    }
  }
}
