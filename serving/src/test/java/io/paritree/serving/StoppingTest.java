package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.serving.Client.Answer;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import io.paritree.serving.http.Route;
import io.paritree.serving.http.ScoringServer;
import io.paritree.serving.log.RequestLines;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.metrics.ServerMetrics;
import java.io.IOException;
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
  private static final String REQUEST =
      "GET /quick HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

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
    ServingConfig config = TestConfig.read(Optional.empty(), all);
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

    for (CompletableFuture<String> answer : List.of(first, second)) { // and another is not sent
      assertThat(answer.get(10, TimeUnit.SECONDS))
          .contains("{\"slow\":true}")
          .contains("Connection: close\r\n");
    }

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

  @Test
  void whatIsAnsweredBeforeTheGateHasAnIdAndIsTheLastAnswerOfAStop() throws Exception {
    Map<String, String> settings =
        Map.of(
            "security.cors-origins",
            "[\"https://dashboard.example\"]",
            "callers.requests-per-second",
            "1");
    ScoringServer server = server(settings);
    int port = server.port();
    String preflight =
        "Origin: https://dashboard.example\r\nAccess-Control-Request-Method: GET\r\n";
    try (Client page = new Client(port);
        Client limited = new Client(port)) {
      Answer first = page.send("OPTIONS", "/quick", new byte[0], preflight);
      assertThat(first.headers())
          .containsKey("x-request-id")
          .containsEntry("x-content-type-options", "nosniff")
          .doesNotContainKey("connection");
      assertThat(limited.get("/quick").status()).isEqualTo(200);
      CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
      awaitRefusal(port);

      Answer last = page.send("OPTIONS", "/quick", new byte[0], preflight);
      Answer refused = limited.get("/quick");

      assertThat(last.status()).isEqualTo(200);
      assertThat(last.headers())
          .containsEntry("connection", "close")
          .containsEntry("access-control-allow-origin", "https://dashboard.example")
          .doesNotContainEntry("x-request-id", first.headers().get("x-request-id"));
      assertThat(refused.status()).isIn(200, 429); // a second may be over
      assertThat(refused.headers()).containsEntry("connection", "close");
      stop.get(10, TimeUnit.SECONDS);
    }
  }

  @RepeatedTest(5) // what is lost depends on a moment
  void eachConnectionThatIsOpenedWhileItStopsIsAnswered() throws Exception {
    ScoringServer server = server(Map.of());
    int port = server.port();
    List<CompletableFuture<Integer>> callers =
        RawHttp.callUntilRefused(port, REQUEST, CALLERS, threads);
    server.close();

    for (CompletableFuture<Integer> caller : callers) {
      assertThat(caller.get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  private static CompletableFuture<String> ask(int port, String path) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return RawHttp.exchange(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
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
