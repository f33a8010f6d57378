package io.paritree.serving;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A plain, fast HTTP client that keeps its connection and sends exactly what it is given. */
public final class Client implements Closeable {
  private final int port;
  private Socket socket;
  private InputStream in;

  public Client(int port) {
    this.port = port;
  }

  /** One answer; header names in lower case. */
  public record Answer(int status, Map<String, String> headers, byte[] content) {
    public String body() {
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  public Answer get(String path) throws IOException {
    return send("GET", path, new byte[0], "");
  }

  public Answer post(String path, String json) throws IOException {
    return post(path, json.getBytes(StandardCharsets.UTF_8));
  }

  public Answer post(String path, byte[] json) throws IOException {
    return send("POST", path, json, "Content-Type: application/json\r\n");
  }

  /**
   * @param headers header lines, each with its CRLF
   */
  public Answer send(String method, String path, byte[] body, String headers) throws IOException {
    if (socket == null) {
      socket = RawHttp.open(port);
      in = new BufferedInputStream(socket.getInputStream());
    }

    ByteArrayOutputStream request = new ByteArrayOutputStream();
    String head =
        "%s %s HTTP/1.1\r\nHost: test\r\nContent-Length: %s\r\n%s\r\n"
            .formatted(method, path, body.length, headers);
    request.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    request.writeBytes(body);
    try {
      socket.getOutputStream().write(request.toByteArray());
    } catch (SocketException e) {
      // it was answered before all was read
    }

    return receive();
  }

  private Answer receive() throws IOException {
    String status = line();
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }

    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] content = in.readNBytes(length);
    if ("close".equalsIgnoreCase(headers.get("connection"))) {
      close();
    }

    return new Answer(Integer.parseInt(status.substring(9, 12)), headers, content);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("The server closed the connection after '" + line + "'");
      }

      if (next != '\r') {
        line.append((char) next);
      }
    }

    return line.toString();
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
