package io.paritree.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.serving.RawHttp;
import io.paritree.serving.metrics.ServerMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A port that is closed while connections arrive, as large machines accept them: by threads. */
@Timeout(30)
class CallersConnectorTest {
  private static final int ACCEPTORS = 4;
  private static final int CALLERS = 24;
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
  private final Server server = new Server();
  private CallersConnector connector;

  @BeforeEach
  void start() throws Exception {
    connector =
        new CallersConnector(
            server,
            null,
            ACCEPTORS,
            new ServerMetrics().slow("silent"),
            new HttpConnectionFactory());
    connector.setHost("127.0.0.1");
    connector.setAcceptQueueSize(100);
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
            callback.succeeded();
            return true;
          }
        });
  }

  @AfterEach
  void stop() throws Exception {
    threads.shutdownNow();
    server.stop();
  }

  private void awaitConnections(int count) {
    while (connector.connections() > count) {
      Thread.onSpinWait();
    }
  }

  @RepeatedTest(10) // what is lost depends on a moment
  void eachConnectionThatAnyThreadHasAcceptedIsAnswered() throws Exception {
    server.start();
    int port = connector.getLocalPort();
    List<CompletableFuture<Integer>> callers =
        RawHttp.callUntilRefused(port, REQUEST, CALLERS, threads);
    connector.endListening();
    awaitConnections(0);
    server.stop();
    for (CompletableFuture<Integer> caller : callers) {
      assertThat(caller.get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void callersAboveTheLimitWaitUntilThereIsRoom() throws Exception {
    server.addBean(new NetworkConnectionLimit(1, connector), true);
    server.start();
    List<CompletableFuture<Integer>> callers = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      callers.add(
          CompletableFuture.supplyAsync(
              () -> {
                try (Socket socket = RawHttp.open(connector.getLocalPort())) {
                  socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
                  return socket.getInputStream().readAllBytes().length;
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              threads));
    }

    for (CompletableFuture<Integer> caller : callers) {
      assertThat(caller.get(20, TimeUnit.SECONDS)).isPositive();
    }
  }

  @Test
  void aCallerThatWaitsBecauseTooManyAreOpenIsAnsweredByTheStop() throws Exception {
    server.addBean(new NetworkConnectionLimit(1, connector), true);
    server.start();
    try (Socket open = RawHttp.open(connector.getLocalPort())) {
      while (connector.isAccepting()) {
        Thread.onSpinWait();
      }

      List<Socket> waiting = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        Socket socket = RawHttp.open(connector.getLocalPort());
        socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
        waiting.add(socket);
      }

      connector.endListening();
      for (Socket socket : waiting) {
        assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
        socket.close();
      }

      awaitConnections(1);
      open.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
      assertThat(open.getInputStream().readAllBytes()).isNotEmpty();
    }

    awaitConnections(0);
  }
}
