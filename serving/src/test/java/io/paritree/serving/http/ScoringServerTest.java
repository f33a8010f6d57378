package io.paritree.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.http.HandlerType;
import io.paritree.serving.HostileHeads;
import io.paritree.serving.LoggedErrors;
import io.paritree.serving.RawHttp;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import io.paritree.serving.log.RequestLines;
import io.paritree.serving.metrics.Arrival;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.metrics.ServerMetrics;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every request passes through before a handler, over real sockets. */
class ScoringServerTest {
  @TempDir static Path logs;
  private static ScoringServer server;

  @BeforeAll
  static void start() throws Exception {
    server = server(Map.of("limits.body", "100 KiB", "server.request-timeout", "1 s"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ScoringServer server(Map<String, String> settings) throws Exception {
    ServerMetrics metrics = new ServerMetrics();
    Map<String, String> all = new java.util.HashMap<>(settings);
    all.putIfAbsent("server.port", "0");
    all.putIfAbsent("log.requests", "off");
    ServingConfig config = TestConfig.read(Optional.empty(), all);
    RequestLines lines = new RequestLines(config.log());
    return new ScoringServer(config, routes(), metrics, new Readiness(metrics), lines);
  }

  private static List<Route> routes() {
    return List.of(
        Route.post(
            "/length", ctx -> ctx.result("{\"length\":" + Arrival.of(ctx).body().length + "}")),
        Route.get("/name/{name}", ctx -> ctx.result("{\"name\":1}")),
        Route.get("/exception", ctx -> throwIt(new IllegalStateException("secret detail"))),
        new Route(HandlerType.GET, "/error", ctx -> throwIt(new StackOverflowError("secret"))));
  }

  private static void throwIt(Throwable throwable) throws Exception {
    if (throwable instanceof Error error) {
      throw error;
    }

    throw (Exception) throwable;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /absent HTTP/1.1~Host: localhost | 404 | not_found",
        "GET /name/%zz HTTP/1.1~Host: localhost | 400 | bad_request",
        "GET /name/%00 HTTP/1.1~Host: localhost | 400 | bad_request",
        "GET /name/..%2f..%2fetc HTTP/1.1~Host: localhost | 400 | bad_request",
        "GET /name/a HTTP/1.1 | 400 | bad_request",
        "GET /name/a HTTP/1.1~Host: localhost~Host: b | 400 | bad_request",
        "GET /name/a HTTP/9.9~Host: localhost | 505 | version_not_supported",
        "DELETE /length HTTP/1.1~Host: localhost | 405 | method_not_allowed",
        "GET /length HTTP/1.1~Host: localhost | 405 | method_not_allowed",
        "NONSENSE /length HTTP/1.1~Host: localhost | 405 | method_not_allowed",
        "POST /length HTTP/1.1~Host: localhost~Content-Length: 3~Transfer-Encoding: chunked~~abc | 400 | bad_request",
        "POST /length HTTP/1.1~Host: localhost~Content-Length: 3~Content-Length: 4~~abc | 400 | bad_request",
        "POST /length HTTP/1.1~Host: localhost~Content-Length: x~~abc | 400 | bad_request",
        "POST /length HTTP/1.1~Host: localhost~Content-Length: 200000~~abc | 413 | body_too_large",
        "POST /length HTTP/1.1~Host: localhost~Content-Encoding: br~Content-Length: 3~~abc | 415 | unsupported_encoding",
        "POST /length HTTP/1.1~Host: localhost~Transfer-Encoding: gzip, chunked~~0~~ | 501 | unsupported_encoding",
        "POST /length HTTP/1.1~Host: localhost~Transfer-Encoding: gzip~Transfer-Encoding: chunked~~0~~ | 501 | unsupported_encoding",
        "POST /length HTTP/1.1~Host: localhost~Transfer-Encoding: identity, chunked~~0~~ | 501 | unsupported_encoding",
        "POST /length HTTP/1.1~Host: localhost~X-HTTP-Method-Override: GET~Content-Length: 0~ | 400 | method_override",
        "POST /length HTTP/1.1~Host: localhost~Content-Type: application/json~Content-Type: text/csv~Content-Length: 0~ | 400 | repeated_header",
        "POST /length HTTP/1.1~Host: localhost~Content-Type: text/csv~content-type: text/csv~Content-Length: 0~ | 400 | repeated_header",
        "POST /length HTTP/1.1~Host: localhost~Inference-Header-Content-Length: 1~Inference-Header-Content-Length: 2~Content-Length: 0~ | 400 | repeated_header",
        "GET /exception HTTP/1.1~Host: localhost | 500 | internal_error",
        "GET /error HTTP/1.1~Host: localhost | 500 | internal_error",
        "POST /length HTTP/1.1~Host: localhost~Expect: nothing~Content-Length: 0~ | 417 | expectation_failed",
        "POST /length HTTP/1.1~Host: localhost~Content-Length: 9~~abc | 408 | request_timeout",
      })
  void errorsOfJettyAndJavalinAreProblems(String request, int status, String code)
      throws IOException {
    String answer =
        RawHttp.exchange(
            server.port(),
            request.strip().replaceFirst("~|$", "~Connection: close~").replace("~", "\r\n")
                + (request.contains("~~") ? "" : "\r\n\r\n"));

    assertThat(RawHttp.status(answer)).as(answer).isEqualTo(status);
    assertThat(answer)
        .contains("Content-Type: application/problem+json")
        .contains("\"type\":\"urn:paritree:problem:" + code + "\"")
        .doesNotContain("secret", "Exception", "org.", "java", "etc", "Server:", "<html");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/models/%zz",
        "/v2/models/%ff/infer",
        "/v2/models/a%2/ready",
        "/v2/models/%00",
        "/v2/models/..%2f..%2fetc",
        "/v2/%ed%a0%80",
        "/v2/%"
      })
  void pathThatCannotBeDecodedIsAnsweredInTheFormOfItsProtocol(String path) throws IOException {
    String answer =
        RawHttp.exchange(server.port(), "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertThat(RawHttp.status(answer)).as(answer).isEqualTo(400);
    assertThat(answer)
        .contains("Content-Type: application/json\r\n", "Connection: close", "X-Request-Id: ")
        .contains("\r\n\r\n{\"error\":\"")
        .doesNotContain("urn:");
  }

  @Test
  void refusalOfALongPathSpeaksOfLongKeysToo() throws IOException {
    String request =
        "GET /v1/scores/loans/" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    String answer = RawHttp.exchange(server.port(), request);

    assertThat(RawHttp.status(answer)).isEqualTo(414);
    assertThat(answer).contains("long key of stored scores", "POST /v1/scores/NAME/lookup");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/exception", "/error"})
  void failureIsLoggedWithTheIdOfItsRequest(String path) throws IOException {
    try (LoggedErrors logged = new LoggedErrors()) {
      RawHttp.exchange(
          server.port(),
          "GET %s HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: mine-1\r\nConnection: close\r\n\r\n"
              .formatted(path));

      assertThat(logged.lines())
          .anyMatch(
              line ->
                  line.startsWith("A request failed") && line.endsWith("request_id=\"mine-1\""));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /name/%zz HTTP/1.1~Host: localhost | 400",
        "GET /name/a HTTP/1.1~Host: localhost~Bad Header: b | 400",
        "GET /LONG HTTP/1.1~Host: localhost | 414",
        "GET /name/a HTTP/1.1~Host: localhost~X-Long: LONG | 431",
        "GET /name/a HTTP/9.9~Host: localhost | 505",
        "PRI * HTTP/2.0~~SM~                               | 426",
        "POST /length HTTP/1.1~Host: localhost~Expect: nothing~Content-Length: 0 | 417",
        "GET /absent HTTP/1.1~Host: localhost | 404",
        "GET /name/a HTTP/1.1~Host: localhost~Bad Header: b~LAST | 400",
        "GET /name/a HTTP/1.1~Host: localhost~X-Long: LONG~LAST | 431",
        "GET /name/a HTTP/1.1~Host: localhost~Host: b~LAST | 400",
        "POST /length HTTP/1.1~Host: localhost~Content-Length: 1~Content-Length: 2~LAST | 400",
        "POST /length HTTP/1.1~Host: localhost~Transfer-Encoding: gzip, chunked~LAST | 501",
        "POST /length HTTP/1.1~Host: localhost~Content-Type: text/csv~Content-Type: text/csv~LAST | 400",
      })
  void pageOfAnAllowedOriginSeesEveryRefusalAndEachHasAnIdThatIsLogged(String request, int status)
      throws Exception {
    Path log = logs.resolve("requests-" + status + request.hashCode() + ".jsonl");
    String answer;
    try (ScoringServer logging =
        server(
            Map.of(
                "log.requests",
                '"' + log.toString() + '"',
                "security.cors-origins",
                "[\"https://dashboard.example\", \"https://other.example\"]"))) {
      answer =
          RawHttp.exchange(
              logging.port(),
              request
                      .strip()
                      .replaceFirst(
                          request.contains("LAST") ? "~LAST" : "~|$",
                          "~Origin: https://dashboard.example~Connection: close~")
                      .replace("LONG", "x".repeat(10_000))
                      .replace("~", "\r\n")
                  + "\r\n\r\n");
      awaitLine(log); // it is written after the answer
    }

    assertThat(RawHttp.status(answer)).as(answer).isEqualTo(status);
    assertThat(answer)
        .containsPattern("Access-Control-Allow-Origin: (\\*|https://dashboard.example)\r\n")
        .contains("Vary: Origin");
    Matcher id = Pattern.compile("X-Request-Id: ([0-9a-f]{32})").matcher(answer);
    assertThat(id.find()).as(answer).isTrue();
    assertThat(Files.readString(log)).contains(id.group(1), "\"status\":" + status);
  }

  private static void awaitLine(Path log) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (Files.size(log) == 0 && System.nanoTime() < end) {
      Thread.sleep(5);
    }
  }

  @Test
  void noCallerCanWriteToTheLog() throws IOException {
    List<String> requests = new ArrayList<>(List.of(HostileHeads.SMUGGLING));
    requests.addAll(List.of(HostileHeads.PROTOCOLS));
    for (String path : HostileHeads.PATHS) {
      requests.add("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    for (String host : List.of("x y", "[::", "[::1]:x", "a:b", "a:99999", ":", "user@a", "")) {
      requests.add("GET /name/a HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    try (LoggedErrors log = LoggedErrors.fromWarn()) {
      for (String request : requests) {
        try (Socket socket = RawHttp.open(server.port())) {
          try {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
          } catch (SocketException e) {
            // The server has closed while we were sending.
          }

          RawHttp.readAll(socket.getInputStream());
        }

        assertThat(log.lines()).as(request).isEmpty();
      }
    }
  }

  @Test
  void webSocketIsNotSpokenAndItsHandshakeAnOrdinaryRequest() throws IOException {
    String answer =
        RawHttp.exchange(
            server.port(),
            "GET /name/a HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Connection: Upgrade, close\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");

    assertThat(RawHttp.status(answer)).as(answer).isEqualTo(200);
  }

  @Test
  void tooLargeHeaderIsRefused() throws IOException {
    String answer =
        RawHttp.exchange(
            server.port(),
            "GET /name/a HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(10_000) + "\r\n\r\n");

    assertThat(RawHttp.status(answer)).isEqualTo(431);
    assertThat(answer).contains("urn:paritree:problem:headers_too_large");
  }

  @Test
  void methodNotAllowedNamesTheMethods() throws IOException {
    String answer =
        RawHttp.exchange(
            server.port(), "PUT /length HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(answer).contains("Allow: POST");
  }

  @Test
  void endlessChunksAreCutAtTheLimit() throws IOException {
    String chunk = "400\r\n" + "x".repeat(0x400) + "\r\n";
    String answer =
        RawHttp.exchange(
            server.port(),
            "POST /length HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk.repeat(200));

    assertThat(RawHttp.status(answer)).as(answer).isEqualTo(413);
    assertThat(answer).contains("Connection: close", "urn:paritree:problem:body_too_large");
  }

  @Test
  void bodyInManyPiecesArrivesWhole() throws IOException {
    try (Socket socket = RawHttp.open(server.port())) {
      String head = "POST /length HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
      socket.getOutputStream().write(ascii(head + "Content-Length: 60\r\n\r\n"));
      for (int piece = 0; piece < 60; piece++) {
        socket.getOutputStream().write('x');
        socket.getOutputStream().flush();
      }

      assertThat(RawHttp.readAll(socket.getInputStream())).contains("{\"length\":60}");
    }
  }

  @Test
  void chunkedBodyArrivesWhole() throws IOException {
    String answer =
        RawHttp.exchange(
            server.port(),
            "POST /length HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\nx\r\n".repeat(3_000)
                + "0\r\n\r\n");

    assertThat(answer).contains("{\"length\":3000}");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    String one = "POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: %s\r\n\r\n%s";
    StringBuilder requests = new StringBuilder();
    for (int length = 0; length < 50; length++) {
      requests.append(one.formatted(length, "x".repeat(length)));
    }

    String answer =
        RawHttp.exchange(
            server.port(),
            requests + "GET /name/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    int from = 0;
    for (int length = 0; length < 50; length++) {
      from = answer.indexOf("{\"length\":" + length + "}", from);
      assertThat(from).as("answer %s", length).isPositive();
    }
  }

  @Test
  void everyAnswerForbidsSniffingAndSetsNoCookie() throws IOException {
    String answer =
        RawHttp.exchange(
            server.port(),
            "GET /name/a HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: abc-1\r\nConnection: close\r\n\r\n");

    assertThat(answer)
        .contains("X-Content-Type-Options: nosniff", "Cache-Control: no-store")
        .contains("X-Request-Id: abc-1")
        .doesNotContain("Set-Cookie", "Server:", "Content-Encoding");
  }

  @Test
  void brokenRequestsAndProblemsHaveTheSameHeaders() throws IOException {
    for (String target :
        List.of("/name/a HTTP/1.1\r\nHost: localhost\r\nHost: b", "/absent HTTP/1.0")) {
      String answer = RawHttp.exchange(server.port(), "GET " + target + "\r\n\r\n");

      assertThat(answer)
          .contains("X-Content-Type-Options: nosniff", "Cache-Control: no-store")
          .contains("Content-Type: application/problem+json\r\n");
    }
  }

  @Test
  void headHasTheLengthThatGetHas() throws IOException {
    String end = " /name/a HTTP/1.0\r\nHost: localhost\r\nX-Request-Id: a\r\n\r\n";
    String get = RawHttp.exchange(server.port(), "GET" + end);
    String head = RawHttp.exchange(server.port(), "HEAD" + end);

    assertThat(get).contains("Content-Length: 10\r\n").endsWith("{\"name\":1}");
    assertThat(withoutDate(head)).isEqualTo(withoutDate(get).replace("{\"name\":1}", ""));
  }

  /** Two answers may be of two seconds. */
  private static String withoutDate(String answer) {
    return answer.replaceFirst("Date: .*\r\n", "");
  }

  @Test
  void firstRequestIdIsTheOneThatCounts() throws IOException {
    String ids = "GET /none HTTP/1.1\r\nHost: localhost\r\n%sConnection: close\r\n\r\n";
    String two = ids.formatted("X-Request-Id: one\r\nX-Request-Id: two\r\n");
    assertThat(RawHttp.exchange(server.port(), two))
        .contains("X-Request-Id: one\r\n")
        .doesNotContain("two");
    String bad = ids.formatted("X-Request-Id: a b\r\nX-Request-Id: two\r\n");
    assertThat(RawHttp.exchange(server.port(), bad))
        .containsPattern("X-Request-Id: [0-9a-f]{32}\r\n")
        .doesNotContain("two");
  }

  @Test
  void everyAnswerHasItsDate() throws IOException {
    for (String request :
        List.of(
            "GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            "broken\r\n\r\n")) {
      assertThat(RawHttp.exchange(server.port(), request)).contains("\r\nDate: ");
    }
  }

  @Test
  void connectEndsItsConnection() throws IOException {
    String request = "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n";
    try (Socket socket = RawHttp.open(server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = RawHttp.readAll(socket.getInputStream()); // ends when the server closes
      assertThat(RawHttp.status(answer)).isBetween(400, 501);
    }
  }

  @Test
  void unknownHostIsNotBlamedOnThePort() {
    assertThatThrownBy(() -> server(Map.of("server.host", "nowhere.invalid")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unknown host")
        .hasMessageContaining("--set server.host=ADDRESS")
        .hasMessageNotContaining("free the port");
  }

  @Test
  void usedPortIsRefusedInWords() {
    Map<String, String> same = Map.of("server.port", String.valueOf(server.port()));

    assertThatThrownBy(() -> server(same))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot listen on 127.0.0.1:" + server.port())
        .hasMessageContaining("--set server.port=N");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
