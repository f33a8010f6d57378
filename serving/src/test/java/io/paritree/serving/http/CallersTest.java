package io.paritree.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.RawHttp;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import io.paritree.serving.log.RequestLines;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.metrics.ServerMetrics;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one address may occupy, and for how long. */
class CallersTest {
  private static final int PORT_OF_NOBODY = 0;

  @TempDir Path directory;

  private final ServerMetrics metrics = new ServerMetrics();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private ScoringServer server(Map<String, String> settings) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.put("server.port", "0");
    all.putIfAbsent("log.requests", "off");
    List<Route> routes =
        List.of(
            Route.get("/quick", ctx -> ctx.result("{}")),
            Route.get("/health/live", ctx -> ctx.result("{}")));
    ServingConfig config = TestConfig.read(Optional.empty(), all);
    RequestLines lines = new RequestLines(config.log());
    return new ScoringServer(config, routes, metrics, new Readiness(metrics), lines);
  }

  private Socket open(int port, String from) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getByName(from), PORT_OF_NOBODY));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(10_000);
    sockets.add(socket);
    return socket;
  }

  private static String ask(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            "GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    byte[] status = socket.getInputStream().readNBytes(12);
    return new String(status, StandardCharsets.US_ASCII);
  }

  private String metrics() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    ExpositionFormats.init()
        .getPrometheusTextFormatWriter()
        .write(text, metrics.registry().scrape());
    return text.toString(StandardCharsets.UTF_8);
  }

  /** Jetty waits twice as long for a caller that keeps its half of the connection open. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''", "GET /quick HTTP/1.1;Host: a;X-Part"})
  @Execution(CONCURRENT)
  void silentConnectionIsClosedWhollyAtTheIdleTimeout(String sent) throws Exception {
    Path log = directory.resolve("requests");
    Map<String, String> settings =
        Map.of("server.idle-timeout", "2 s", "log.requests", log.toString());
    try (ScoringServer server = server(settings)) {
      Socket socket = open(server.port(), "127.0.0.1");
      long begin = System.nanoTime();
      socket.getOutputStream().write(sent.replace(";", "\r\n").getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      TimeUnit.MILLISECONDS.sleep(200); // no answer to the end of our half is awaited
      assertThat(metrics())
          .contains(
              "paritree_connections 0.0",
              "paritree_slow_connections_closed_total{reason=\"silent\"} 1.0");
      assertThat(System.nanoTime() - begin).isBetween(1_900_000_000L, 3_600_000_000L);
      ask(open(server.port(), "127.0.0.1"));
    }

    assertThat(Files.readString(log))
        .contains("/quick")
        .doesNotContain("badRequest", "\"status\":500");
    assertThat(metrics()).doesNotContain("status=\"500\"");
  }

  @Test
  @Execution(CONCURRENT)
  void headersThatTakeTooLongAreNoFailedRequest() throws Exception {
    try (ScoringServer server = server(Map.of("server.request-timeout", "1 s"))) {
      Socket socket = open(server.port(), "127.0.0.1");
      socket
          .getOutputStream()
          .write(
              "GET /quick HTTP/1.1\r\nHost: localhost\r\nX-Pa".getBytes(StandardCharsets.US_ASCII));
      RawHttp.readAll(socket.getInputStream());
      TimeUnit.MILLISECONDS.sleep(200);
      assertThat(metrics())
          .contains("paritree_slow_connections_closed_total{reason=\"headers\"} 1.0")
          .doesNotContain("status=\"500\"");
    }
  }

  @Test
  @Execution(CONCURRENT)
  void oneAddressHasAtMostSoManyConnections() throws Exception {
    try (ScoringServer server = server(Map.of("callers.connections", "3"))) {
      for (int count = 0; count < 3; count++) {
        assertThat(ask(open(server.port(), "127.0.0.1"))).isEqualTo("HTTP/1.1 200");
      }

      for (int count = 0; count < 20; count++) {
        assertThat(RawHttp.readAll(open(server.port(), "127.0.0.1").getInputStream())).isEmpty();
      }

      assertThat(ask(open(server.port(), "127.0.0.2"))).isEqualTo("HTTP/1.1 200");
      assertThat(metrics()).contains("paritree_callers_limited_total{what=\"connections\"} 20.0");
      for (Socket socket : sockets) {
        socket.close();
      }

      awaitNoConnections();
      for (int count = 0; count < 3; count++) {
        assertThat(ask(open(server.port(), "127.0.0.1"))).isEqualTo("HTTP/1.1 200");
      }
    }
  }

  private void awaitNoConnections() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!metrics().contains("paritree_connections 0.0")) {
      assertThat(System.nanoTime()).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  @Execution(CONCURRENT)
  void connectionsOfATrustedProxyAreNotLimited() throws Exception {
    Map<String, String> settings =
        Map.of("callers.connections", "1", "callers.trusted-proxies", "[\"127.0.0.0/24\"]");
    try (ScoringServer server = server(settings)) {
      for (int count = 0; count < 5; count++) {
        assertThat(ask(open(server.port(), "127.0.0.1"))).isEqualTo("HTTP/1.1 200");
      }
    }
  }

  private static int[] statuses(int port, int count, String headers) throws IOException {
    int[] statuses = new int[count];
    try (Client client = new Client(port)) {
      for (int index = 0; index < count; index++) {
        statuses[index] = client.send("GET", "/quick", new byte[0], headers).status();
      }
    }

    return statuses;
  }

  @Test
  @Execution(CONCURRENT)
  void callerWithTooManyRequestsIsToldToWait() throws Exception {
    try (ScoringServer server = server(Map.of("callers.requests-per-second", "5"));
        Client client = new Client(server.port())) {
      long begin = System.nanoTime();
      int answered = 0;
      Answer answer = client.send("GET", "/quick", new byte[0], "X-Request-Id: a1\r\n");
      while (answer.status() == 200 && answered < 1_000) {
        answered++;
        answer = client.send("GET", "/quick", new byte[0], "X-Request-Id: a1\r\n");
      }

      double seconds = (System.nanoTime() - begin) / 1e9; // more requests become free meanwhile
      assertThat(answered).isBetween(5, 5 + (int) Math.ceil(5 * seconds));
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.body()).contains("urn:paritree:problem:too_many_requests");
      assertThat(answer.headers())
          .containsEntry("retry-after", "1")
          .containsEntry("x-request-id", "a1")
          .containsEntry("content-type", "application/problem+json");
      assertThat(client.get("/health/live").status()).isEqualTo(200);
      assertThat(ask(open(server.port(), "127.0.0.9"))).isEqualTo("HTTP/1.1 200");
      assertThat(metrics())
          .contains(
              "paritree_callers_limited_total{what=\"requests\"} 1.0",
              "paritree_http_requests_total{route=\"/quick\",status=\"429\"} 1.0");
      TimeUnit.MILLISECONDS.sleep(1_500);
      assertThat(statuses(server.port(), 5, "")).containsOnly(200);
    }
  }

  @Test
  void pageWithTooManyRequestsSeesThatItShallWait() throws Exception {
    Map<String, String> settings =
        Map.of(
            "callers.requests-per-second",
            "1",
            "security.cors-origins",
            "[\"https://dashboard.example\"]");
    try (ScoringServer server = server(settings);
        Client client = new Client(server.port())) {
      String origin = "Origin: https://dashboard.example\r\n";
      assertThat(statuses(server.port(), 1, origin)).containsOnly(200);

      Answer refused = client.send("GET", "/quick", new byte[0], origin);
      Answer preflight =
          client.send(
              "OPTIONS", "/quick", new byte[0], origin + "Access-Control-Request-Method: GET\r\n");

      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.headers())
          .containsEntry("access-control-allow-origin", "https://dashboard.example");
      assertThat(preflight.status()).isEqualTo(200);
    }
  }

  @Test
  void aRefusedTunnelEndsItsConnection() throws Exception {
    try (ScoringServer server = server(Map.of("callers.requests-per-second", "1"))) {
      assertThat(statuses(server.port(), 1, "")).containsOnly(200);

      String tunnel = "CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n";
      assertThat(RawHttp.exchange(server.port(), tunnel))
          .startsWith("HTTP/1.1 429 ")
          .contains("Connection: close");
    }
  }

  @Test
  void oneRequestASecondCanBeSent() throws Exception {
    try (ScoringServer server = server(Map.of("callers.requests-per-second", "1"))) {
      assertThat(statuses(server.port(), 2, "")).containsExactly(200, 429);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // proxies | headers of two callers | whether they are two
        "127.0.0.1 | 10.0.0.1 | 10.0.0.2 | true",
        "127.0.0.1 | 1.1.1.1, 10.0.0.1 | 2.2.2.2, 10.0.0.1 | false",
        "127.0.0.0/8,10.0.0.0/8 | 1.1.1.1, 10.0.0.1 | 2.2.2.2, 10.0.0.1 | true",
        "127.0.0.1 | 10.0.0.1:4711 | 10.0.0.1:4712 | false",
        "127.0.0.1 | [2001:db8::1]:1 | 2001:db8::2 | false",
        "127.0.0.1 | 2001:db8:0:1::1 | 2001:db8:0:2::1 | true",
        "127.0.0.1 | unknown | some.host | false",
        "127.0.0.2 | 10.0.0.1 | 10.0.0.2 | false",
        "::1/128   | 10.0.0.1 | 10.0.0.2 | false",
        "'' | 10.0.0.1 | 10.0.0.2 | false",
      })
  void onlyTrustedProxiesSayWhoCalls(String proxies, String one, String other, boolean two)
      throws Exception {
    String list = proxies.isEmpty() ? "[]" : "[\"" + proxies.replace(",", "\",\"") + "\"]";
    Map<String, String> settings =
        Map.of("callers.requests-per-second", "1", "callers.trusted-proxies", list);
    try (ScoringServer server = server(settings)) {
      String header = "X-Forwarded-For: %s\r\n";
      assertThat(statuses(server.port(), 2, header.formatted(one))).containsExactly(200, 429);
      assertThat(statuses(server.port(), 1, header.formatted(other)))
          .containsExactly(two ? 200 : 429);
    }
  }
}
