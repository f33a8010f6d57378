package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.paritree.serving.Client.Answer;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import io.paritree.serving.http.Route;
import io.paritree.serving.http.ScoringServer;
import io.paritree.serving.log.RequestLines;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.metrics.RequestMinutes;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.VersionWatch;
import io.paritree.serving.stored.StoredScores;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;

/** Callers that are slow, silent or too many do not prevent others from being answered. */
class PressureTest {
  private static final byte[] MEGABYTE = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Semaphore entered = new Semaphore(0);
  private final CountDownLatch leave = new CountDownLatch(1);

  private final ServerMetrics metrics = new ServerMetrics();

  private ScoringServer server(Map<String, String> settings) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent("server.port", "0");
    all.putIfAbsent("log.requests", "off");
    List<Route> routes =
        List.of(
            Route.get("/quick", ctx -> ctx.result("{}")),
            Route.post("/quick", ctx -> ctx.result("{}")),
            Route.get("/health/live", ctx -> ctx.result("{}")),
            Route.get("/large", ctx -> ctx.result(MEGABYTE)),
            Route.get(
                "/slow",
                ctx -> {
                  entered.release();
                  assertThat(leave.await(20, TimeUnit.SECONDS)).isTrue();
                  ctx.result("{}");
                }));
    ServingConfig config = TestConfig.read(Optional.empty(), all);
    RequestLines lines = new RequestLines(config.log());
    return new ScoringServer(config, routes, metrics, new Readiness(metrics), lines);
  }

  private static CompletableFuture<Answer> get(int port, String path) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Client client = new Client(port)) {
            return client.get(path);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static CompletableFuture<Answer> post(int port, byte[] body) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Client client = new Client(port)) {
            return client.post("/quick", body);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void tooManyRequestsAreRefusedAtOnceOrAfterTheLongestWait() throws Exception {
    Map<String, String> settings =
        Map.of(
            "admission.running", "1",
            "admission.waiting", "1",
            "admission.max-wait", "300 ms",
            "admission.retry-after", "7 s");
    try (ScoringServer server = server(settings);
        Client client = new Client(server.port())) {
      CompletableFuture<Answer> running = get(server.port(), "/slow");
      assertThat(entered.tryAcquire(10, TimeUnit.SECONDS)).isTrue();

      // One may wait, and is refused after its wait. While one waits, the next is refused
      // immediately.
      long begin = System.nanoTime();
      List<CompletableFuture<Answer>> others =
          List.of(get(server.port(), "/quick"), get(server.port(), "/quick"));
      for (CompletableFuture<Answer> other : others) {
        Answer answer = other.get(10, TimeUnit.SECONDS);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsEntry("retry-after", "7");
        assertThat(answer.body()).contains("urn:paritree:problem:overloaded");
      }

      assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(3));
      assertThat(metrics.refused("waiting").get()).isEqualTo(2);
      awaitAnswered("/quick", "503", 2);
      assertThat(client.get("/health/live").status()).isEqualTo(200);
      leave.countDown();
      assertThat(running.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
      assertThat(client.get("/quick").status()).isEqualTo(200);
    }
  }

  @Test
  void bodiesThatWaitAreLimitedTogether() throws Exception {
    Map<String, String> settings =
        Map.of(
            "admission.running", "1",
            "admission.max-wait", "20 s",
            "limits.pending-bodies", "1 MiB");
    byte[] body = Arrays.copyOf(MEGABYTE, 600 << 10);
    try (ScoringServer server = server(settings);
        Client client = new Client(server.port())) {
      CompletableFuture<Answer> running = get(server.port(), "/slow");
      assertThat(entered.tryAcquire(10, TimeUnit.SECONDS)).isTrue();

      CompletableFuture<Answer> waiting = post(server.port(), body);
      Gauges.await(metrics, "paritree_admission_waiting", 1);
      assertThat(client.post("/quick", body).status()).isEqualTo(503);
      assertThat(waiting).isNotDone();

      leave.countDown();
      assertThat(running.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
      assertThat(waiting.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
      try (Client next = new Client(server.port())) {
        assertThat(next.post("/quick", body).status()).isEqualTo(200);
      }
    }
  }

  /** An answer is counted after it is sent. */
  private void awaitAnswered(String route, String status, double count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (answered(route, status) < count) {
      assertThat(System.nanoTime()).as(route).isLessThan(end);
      LockSupport.parkNanos(LOOK_NANOS);
    }

    assertThat(answered(route, status)).isEqualTo(count);
  }

  private double answered(String route, String status) {
    Labels labels = Labels.of("route", route, "status", status);
    return metrics.registry().scrape("paritree_http_requests"::equals).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .filter(point -> point.getLabels().equals(labels))
        .mapToDouble(point -> ((CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  @Test
  void callersThatNeverReadHoldNoThread() throws Exception {
    Map<String, String> settings =
        Map.of("server.threads", "2", "admission.running", "2", "admission.max-wait", "10 s");
    try (ScoringServer server = server(settings);
        Client client = new Client(server.port());
        Callers silent = new Callers()) {
      for (int caller = 0; caller < 20; caller++) {
        String request = "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20);
        silent
            .add(RawHttp.open(server.port()))
            .getOutputStream()
            .write(request.getBytes(StandardCharsets.US_ASCII));
      }

      for (int request = 0; request < 50; request++) {
        assertThat(client.get("/quick").status()).isEqualTo(200);
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void callersThatNeverReadMakeRoomForTheOthers() throws Exception {
    Map<String, String> settings =
        Map.of("limits.pending-answers", "2 MiB", "server.request-timeout", "60 s");
    try (ScoringServer server = server(settings);
        Client client = new Client(server.port());
        Client probe = new Client(server.port());
        Callers deaf = new Callers()) {
      int refused = 0;
      for (int caller = 0; caller < 32; caller++) {
        deaf.add(deaf(server.port(), 4));
        assertThat(probe.get("/health/live").status()).isEqualTo(200);
        // Callers that do not read are recognised only after their answers have not moved for a
        // while.
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (client.get("/quick").status() != 200) {
          assertThat(probe.get("/health/live").status()).isEqualTo(200);
          assertThat(System.nanoTime()).isLessThan(end);
          refused++;
        }
      }

      // The callers that do not read may be among the refused.
      assertThat(metrics.refused("answers").get()).isGreaterThanOrEqualTo(refused);
      assertThat(metrics.slow("answer").get()).isBetween(4.0, 32.0);
      // The last ones have room until theirs have not moved for a while, too.
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (Gauges.value(metrics, "paritree_pending_answer_bytes") > 4 << 20) {
        assertThat(System.nanoTime()).isLessThan(end);
        client.get("/quick");
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void othersAreRefusedAndCountedWhereNoAnswerHasStoodStill() throws Exception {
    try (ScoringServer server = server(Map.of("limits.pending-answers", "1 MiB"));
        Client client = new Client(server.port());
        Client probe = new Client(server.port());
        Callers readers = new Callers()) {
      // Too many answers at the same time, and too new for any connection to be closed.
      Answer answer = client.get("/quick");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (answer.status() != 503) {
        assertThat(System.nanoTime()).isLessThan(end);
        for (int caller = 0; caller < 4; caller++) {
          readers.add(deaf(server.port(), 1));
        }

        answer = client.get("/quick");
      }

      assertThat(probe.get("/health/live").status()).isEqualTo(200);
      assertThat(answer.headers()).containsEntry("retry-after", "1");
      assertThat(metrics.refused("answers").get()).isPositive();
    }
  }

  @Test
  @Execution(CONCURRENT)
  void answersThatAreNotReadAreClosedInTime() throws Exception {
    Map<String, String> settings =
        Map.of("server.request-timeout", "1 s", "limits.answer-bytes-per-second", "1 MiB");
    try (ScoringServer server = server(settings);
        Socket deaf = deaf(server.port(), 4)) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(8);
      while (metrics.slow("answer").get() < 1
          || Gauges.value(metrics, "paritree_pending_answer_bytes") > 0) {
        assertThat(System.nanoTime()).isLessThan(end);
        LockSupport.parkNanos(LOOK_NANOS);
      }

      assertThat(RawHttp.readAll(deaf.getInputStream()).length()).isLessThan(MEGABYTE.length);
    }
  }

  @Test
  @Execution(CONCURRENT)
  void callersThatReadAtTheLeastRateGetTheirAnswer() throws Exception {
    int bytesPerSecond = 340 << 10; // for three seconds
    Map<String, String> settings =
        Map.of("server.request-timeout", "1 s", "limits.answer-bytes-per-second", "255 KiB");
    try (ScoringServer server = server(settings);
        Socket slow = deaf(server.port(), 1)) {
      long begin = System.nanoTime();
      int count = 0;
      byte[] part = new byte[4_096];
      while (count < MEGABYTE.length) {
        int more = slow.getInputStream().read(part);
        assertThat(more).as("after %s bytes", count).isPositive();
        count += more;
        // The speed at which this caller reads.
        LockSupport.parkNanos(begin + (long) (1e9 * count / bytesPerSecond) - System.nanoTime());
      }

      assertThat(metrics.slow("answer").get()).isZero();
    }
  }

  /** Requests large answers; the socket buffers hold as little of them as possible. */
  private static Socket deaf(int port, int requests) throws IOException {
    return deaf(port, "/large", requests);
  }

  private static Socket deaf(int port, String path, int requests) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    String request = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path).repeat(requests);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** Connections that hang up before their server stops, which would wait for them. */
  private static final class Callers implements AutoCloseable {
    private final List<Socket> sockets = new ArrayList<>();

    Socket add(Socket socket) {
      sockets.add(socket);
      return socket;
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void drippingHeadersAreClosedAndIdleConnectionsAreNot() throws Exception {
    Map<String, String> settings = Map.of("server.request-timeout", "1 s");
    try (ScoringServer server = server(settings);
        Client idle = new Client(server.port());
        Socket dripping = RawHttp.open(server.port())) {
      assertThat(idle.post("/quick", "{\"a\":1}").status()).isEqualTo(200);
      assertThat(closedWhileDripping(dripping, 10)).isTrue();
      assertThat(idle.post("/quick", "{\"a\":1}").status()).isEqualTo(200);
    }
  }

  @Test
  @Execution(CONCURRENT)
  void slowCallersDoNotHoldTheManagementPort() throws Exception {
    Map<String, String> settings =
        Map.of(
            "management.port", "0",
            "server.request-timeout", "1 s",
            "limits.answer-bytes-per-second", "1 MiB");
    ServingConfig config = TestConfig.read(Optional.empty(), settings);
    Models models = new Models();
    VersionWatch watch = new VersionWatch(models, Duration.ZERO, Duration.ofMinutes(1));
    List<Socket> dripping = new ArrayList<>();
    try (ManagementServer server =
            new ManagementServer(
                config,
                models,
                new StoredScores(config.scores(), 0, metrics),
                metrics,
                new Readiness(metrics),
                watch,
                new RequestMinutes(metrics, route -> true, InstantSource.system()));
        Callers slow = new Callers()) {
      for (int caller = 0; caller < 32; caller++) {
        dripping.add(slow.add(RawHttp.open(server.port())));
        slow.add(deaf(server.port(), "/metrics", 1_000));
      }

      CompletableFuture<Answer> live = get(server.port(), "/health/live");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (!live.isDone()) {
        for (Socket socket : dripping) {
          drip(socket);
        }

        assertThat(System.nanoTime()).isLessThan(end);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)); // the time between two bytes
      }

      assertThat(live.get().status()).isEqualTo(200);
      while (metrics.slow("headers").get() < 32 || metrics.slow("answer").get() < 32) {
        assertThat(System.nanoTime()).isLessThan(end);
        LockSupport.parkNanos(LOOK_NANOS);
      }
    } finally {
      watch.close();
    }
  }

  private static void drip(Socket socket) throws IOException {
    try {
      socket.getOutputStream().write('G');
    } catch (SocketException e) {
      // closed by the server
    }
  }

  /** Sends a header byte by byte until the server closes. */
  private static boolean closedWhileDripping(Socket socket, int seconds) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    socket
        .getOutputStream()
        .write("GET /quick HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.UTF_8));
    socket.setSoTimeout(100);
    while (System.nanoTime() < end) {
      try {
        socket.getOutputStream().write('a');
        if (socket.getInputStream().read() < 0) {
          return true;
        }
      } catch (SocketTimeoutException e) {
        // still open
      } catch (SocketException e) {
        return true;
      }
    }

    return false;
  }

  @Test
  @Execution(CONCURRENT)
  void bodiesThatNeverEndHoldNoThread() throws Exception {
    Map<String, String> settings =
        Map.of(
            "server.threads", "2",
            "admission.running", "2",
            "admission.max-wait", "10 s",
            "server.request-timeout", "2 s");
    try (ScoringServer server = server(settings);
        Client client = new Client(server.port())) {
      List<Socket> slow = new ArrayList<>();
      for (int caller = 0; caller < 200; caller++) {
        Socket socket = RawHttp.open(server.port());
        String begun = "POST /quick HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{";
        socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
        slow.add(socket);
      }

      for (int request = 0; request < 100; request++) {
        assertThat(client.get("/quick").status()).isEqualTo(200);
      }

      for (Socket socket : slow) {
        assertThat(RawHttp.status(RawHttp.readAll(socket.getInputStream()))).isEqualTo(408);
        socket.close();
      }
    }
  }

  @Test
  void bodiesUnderWayAreLimitedTogether() throws Exception {
    Map<String, String> settings =
        Map.of("limits.body", "900 KiB", "limits.pending-bodies", "1 MiB");
    try (ScoringServer server = server(settings)) {
      byte[] begun =
          ("POST /quick HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n"
                  + "x".repeat(800_000))
              .getBytes(StandardCharsets.US_ASCII);
      try (Socket first = RawHttp.open(server.port());
          Socket second = RawHttp.open(server.port())) {
        first.getOutputStream().write(begun);
        Gauges.await(metrics, "paritree_pending_body_bytes", 800_000);
        assertThat(isRefused(second, begun)).isTrue();
        assertThat(metrics.refused("bodies").get()).isEqualTo(1);

        first.getOutputStream().write("x".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
        first.setSoTimeout(10_000);
        byte[] start = first.getInputStream().readNBytes(12);
        assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
      }
    }
  }

  /**
   * Sends a request, and returns whether the server answers 503 or closes the connection meanwhile.
   */
  private static boolean isRefused(Socket socket, byte[] request) throws IOException {
    socket.setSoTimeout(10_000);
    try {
      socket.getOutputStream().write(request);
      byte[] start = socket.getInputStream().readNBytes(12);
      return new String(start, StandardCharsets.US_ASCII).equals("HTTP/1.1 503");
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void connectionsAreLimited() throws Exception {
    try (ScoringServer server = server(Map.of("server.max-connections", "3"))) {
      List<Client> clients = new ArrayList<>();
      for (int caller = 0; caller < 3; caller++) {
        Client client = new Client(server.port());
        assertThat(client.get("/quick").status()).isEqualTo(200);
        clients.add(client);
      }

      CompletableFuture<Answer> fourth = get(server.port(), "/quick");
      assertThat(fourth.isDone()).isFalse();
      clients.get(0).close();
      assertThat(fourth.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
      for (Client client : clients) {
        client.close();
      }
    }
  }
}
