package io.paritree.serving;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** HTTP as bytes on a socket, for requests that no client library would send. */
public final class RawHttp {
  private static final int TIMEOUT_MILLIS = 10_000;

  private RawHttp() {}

  /** Sends bytes as they are and returns everything that arrives until the server closes. */
  public static String exchange(int port, byte[] request) throws IOException {
    try (Socket socket = open(port)) {
      try {
        socket.getOutputStream().write(request);
        socket.getOutputStream().flush();
      } catch (SocketException e) {
        // The server has closed while we were sending; its answer may still be readable.
      }

      return readAll(socket.getInputStream());
    }
  }

  public static String exchange(int port, String request) throws IOException {
    return exchange(port, request.getBytes(StandardCharsets.ISO_8859_1));
  }

  public static Socket open(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /**
   * Starts callers that send one request after the other, each on a new connection, until the port
   * is closed; returns when as many requests are answered.
   *
   * @return for each caller, how many of its requests were not answered with 200
   */
  public static List<CompletableFuture<Integer>> callUntilRefused(
      int port, String request, int callers, Executor threads) throws InterruptedException {
    CountDownLatch called = new CountDownLatch(callers);
    List<CompletableFuture<Integer>> lost = new ArrayList<>();
    for (int caller = 0; caller < callers; caller++) {
      lost.add(
          CompletableFuture.supplyAsync(() -> callUntilRefused(port, request, called), threads));
    }

    if (!called.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("The server has not answered %s requests".formatted(callers));
    }

    return lost;
  }

  /**
   * Opens a connection for each request, until the port refuses one.
   *
   * @param called is counted down after each request
   * @return how many connections were opened and not answered with 200
   */
  private static int callUntilRefused(int port, String request, CountDownLatch called) {
    int lost = 0;
    while (true) {
      Socket socket;
      try {
        socket = open(port);
      } catch (IOException e) {
        return lost; // the port is closed
      }

      try (socket) {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        lost += status(readAll(socket.getInputStream())) == 200 ? 0 : 1;
      } catch (IOException e) {
        lost++;
      }

      called.countDown();
    }
  }

  public static String readAll(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] part = new byte[8_192];
    try {
      for (int count = in.read(part); count >= 0; count = in.read(part)) {
        all.write(part, 0, count);
      }
    } catch (SocketException e) {
      // Reset by the server: what arrived before counts.
    }

    return all.toString(StandardCharsets.UTF_8);
  }

  /** Returns the status of the first answer; 0 without an answer. */
  public static int status(String answer) {
    return answer.startsWith("HTTP/1.") ? Integer.parseInt(answer.substring(9, 12)) : 0;
  }
}
