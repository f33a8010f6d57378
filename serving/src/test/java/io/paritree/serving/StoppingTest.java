package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.serving.Client.Answer;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.ServingConfigParser;
import io.paritree.serving.http.Route;
import io.paritree.serving.http.ScoringServer;
import io.paritree.serving.log.RequestLines;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.metrics.ServerMetrics;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A server that is stopped answers what it has accepted, and accepts nothing new. */
class StoppingTest {
  private static final int CALLERS = 24;

  private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
  private final Semaphore entered = new Semaphore(0);
  private final CountDownLatch leave = new CountDownLatch(1);
  private final ServerMetrics metrics = new ServerMetrics();

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  private ScoringServer server(Map<String, String> settings) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.put("server.port", "0");
    all.put("log.requests", "off");
    ServingConfig config = ServingConfigParser.read(Optional.empty(), all);
    RequestLines lines = new RequestLines(config.log());
    return new ScoringServer(config, routes(), metrics, new Readiness(metrics), lines);
  }

  private List<Route> routes() {
    return List.of(
        Route.get("/quick", ctx -> ctx.result("{\"quick\":true}")),
        Route.get(
            "/slow",
            ctx -> {
              entered.release();
              assertThat(leave.await(10, TimeUnit.SECONDS)).isTrue();
              ctx.result("{\"slow\":true}");
            }));
  }

  @Test
  void requestsInFlightAndInTheQueueAreAnswered() throws Exception {
    ScoringServer server = server(Map.of("admission.running", "1", "admission.max-wait", "10 s"));
    int port = server.port();
    CompletableFuture<String> first = ask(port, "/slow");
    assertThat(entered.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<String> second = ask(port, "/slow");
    Gauges.await(metrics, "paritree_admission_waiting", 1);
    CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
    awaitRefusal(port);

    // Longer than an idle connection is now kept open; the time itself is the claim.
    assertThatThrownBy(() -> stop.get(1_500, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(first).isNotDone();
    leave.countDown();

    assertThat(first.get(10, TimeUnit.SECONDS)).contains("{\"slow\":true}");
    assertThat(second.get(10, TimeUnit.SECONDS)).contains("{\"slow\":true}");
    stop.get(10, TimeUnit.SECONDS);
  }

  @Test
  void requestsOverOpenConnectionsAreAnsweredEachForTheLastTime() throws Exception {
    ScoringServer server = server(Map.of());
    int port = server.port();
    try (Client busy = new Client(port);
        Client idle = new Client(port)) {
      assertThat(busy.get("/quick").headers()).doesNotContainKey("connection");
      assertThat(idle.get("/quick").status()).isEqualTo(200);
      CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
      awaitRefusal(port);

      Answer last = busy.get("/quick");
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.headers()).containsEntry("connection", "close");
      stop.get(10, TimeUnit.SECONDS); // the stop does not wait that long for the idle connection
    }
  }

  @RepeatedTest(5) // what is lost depends on a moment
  void eachConnectionThatIsOpenedWhileItStopsIsAnswered() throws Exception {
    ScoringServer server = server(Map.of());
    int port = server.port();
    CountDownLatch called = new CountDownLatch(CALLERS);
    List<CompletableFuture<Integer>> callers = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      callers.add(CompletableFuture.supplyAsync(() -> callUntilRefused(port, called), threads));
    }

    assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
    server.close();

    for (CompletableFuture<Integer> caller : callers) {
      assertThat(caller.get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  /** Opens a connection for each request; returns how many were opened and not answered. */
  private static int callUntilRefused(int port, CountDownLatch called) {
    int lost = 0;
    while (true) {
      Socket socket;
      try {
        socket = RawHttp.open(port);
      } catch (IOException e) {
        return lost; // the port is closed
      }

      try (socket) {
        socket
            .getOutputStream()
            .write(
                "GET /quick HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        lost += answer.startsWith("HTTP/1.1 200") ? 0 : 1;
      } catch (IOException e) {
        lost++;
      }

      called.countDown();
    }
  }

  private static CompletableFuture<String> ask(int port, String path) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return RawHttp.exchange(port, "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Waits until the port accepts no connections. */
  private static void awaitRefusal(int port) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    boolean refused = false;
    while (!refused) {
      assertThat(System.nanoTime()).isLessThan(end);
      try {
        RawHttp.open(port).close();
        Thread.onSpinWait();
      } catch (IOException e) {
        refused = true;
      }
    }
  }
}
