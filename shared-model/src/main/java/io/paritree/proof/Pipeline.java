package io.paritree.proof;

import io.paritree.proof.TriedServer.Answer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends many small requests on one connection of HTTP/1.1, some before the answers to the ones
 * before them are there. A connection that the server closes is opened again, as long as each has
 * answers. Thread-safe.
 *
 * @param server the requests' URL
 * @param headers of each request but its length, each with its end
 * @param patience how long the server may take for an answer
 */
record Pipeline(URI server, String headers, Duration patience) {
  /** Fits what a system buffers, so that neither side waits for the other to read. */
  private static final int MOST_BYTES = 16_384;

  private static final int MOST_REQUESTS = 64;
  private static final int TLS_PORT = 443;
  private static final int PORT = 80;

  /** The start of an answer. */
  private record Head(int status, int length, boolean isLast) {}

  /**
   * Sends requests.
   *
   * @return their answers, of any status
   * @throws IOException if the server does not answer, or an answer does not say its length
   */
  List<Answer> post(List<byte[]> bodies) throws IOException {
    List<Answer> answers = new ArrayList<>();
    while (answers.size() < bodies.size()) {
      int before = answers.size();
      try (Socket socket = open()) {
        exchange(socket, bodies, answers);
      } catch (IOException e) {
        if (answers.size() == before) {
          throw e;
        }
      }
    }

    return answers;
  }

  private Socket open() throws IOException {
    boolean isSecure = "https".equals(server.getScheme());
    int usual = isSecure ? TLS_PORT : PORT;
    int port = server.getPort() >= 0 ? server.getPort() : usual;
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) patience.toMillis());
    socket.connect(new InetSocketAddress(server.getHost(), port), (int) patience.toMillis());
    if (!isSecure) {
      return socket;
    }

    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    SSLSocket secure = (SSLSocket) factory.createSocket(socket, server.getHost(), port, true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    return secure;
  }

  private void exchange(Socket socket, List<byte[]> bodies, List<Answer> answers)
      throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream(), MOST_BYTES);
    while (answers.size() < bodies.size()) {
      ByteArrayOutputStream requests = new ByteArrayOutputStream();
      int sent = answers.size();
      int most = Math.min(bodies.size(), sent + MOST_REQUESTS);
      do {
        requests.writeBytes(head(bodies.get(sent).length));
        requests.writeBytes(bodies.get(sent++));
      } while (sent < most && requests.size() + bodies.get(sent).length < MOST_BYTES);

      socket.getOutputStream().write(requests.toByteArray());
      while (answers.size() < sent) {
        Head head = head(in);
        byte[] body = in.readNBytes(head.length);
        if (body.length < head.length) {
          throw new EOFException("an answer ends within its body");
        }

        answers.add(new Answer(head.status, body, OptionalInt.empty()));
        if (head.isLast) {
          return;
        }
      }
    }
  }

  private byte[] head(int length) {
    String path = server.getRawPath();
    String query = server.getRawQuery() == null ? "" : "?" + server.getRawQuery();
    return "POST %s%s HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %s\r\n\r\n"
        .formatted(path, query, server.getAuthority(), headers, length)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static Head head(InputStream in) throws IOException {
    String[] status = line(in).split(" ");
    int length = -1;
    boolean isLast = false;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(header.indexOf(':') + 1).strip());
      } else if (header.startsWith("connection:")) {
        isLast = header.contains("close");
      }
    }

    if (status.length < 2 || !status[1].matches("[1-5][0-9]{2}") || length < 0) {
      throw new IOException(
          "Cannot read an answer: expected a status and a Content-Length, got "
              + String.join(" ", status));
    }

    return new Head(Integer.parseInt(status[1]), length, isLast);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the server has closed the connection");
      }

      line.append((char) next);
    }

    return line.toString().strip();
  }
}
