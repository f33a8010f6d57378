package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.config.ConfigurationException;
import io.paritree.model.TestPackages;
import io.paritree.serving.AccessTable.Cell;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.config.TestConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which caller may use which endpoint, as a complete table; and that paths open no files. */
class SecurityTest {
  private static final String RECORD = TestPackages.records(1).get(0);

  @TempDir static Path store;
  private static RunningServer serving;

  private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    Path model = new TestPackages(store).binary();
    Map<String, String> settings = new HashMap<>(AccessTable.settings());
    settings.put("security.cors-origins", "[\"https://dashboard.example\"]");
    serving = RunningServer.start(List.of(model.getParent().toString()), settings);
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @AfterEach
  void hangUp() throws Exception {
    client.close();
  }

  @Test
  void everyEndpointMethodAndTokenAnswersAsTheTableSays() throws Exception {
    assertTable(AccessTable.callersPort(), serving.port());
    assertTable(AccessTable.managementPort(), serving.managementPort());
  }

  private static void assertTable(List<Cell> table, int port) throws Exception {
    assertThat(table).hasSizeGreaterThan(500);
    for (Cell cell : table) {
      int status = RawHttp.status(RawHttp.exchange(port, cell.request()));
      assertThat(status).as(cell.toString()).isEqualTo(cell.status());
    }
  }

  @Test
  void adminEndpointIsNotThereWithoutTokens() throws Exception {
    String reference = store.resolve("parcel-late").toString();
    try (RunningServer open = RunningServer.start(List.of(reference), Map.of());
        Client other = new Client(open.managementPort())) {
      assertThat(other.post("/admin/reload", "").status()).isEqualTo(404);
    }
  }

  @Test
  void withoutTokensNoPageWhoseNameIsMadeToMeanThisMachineIsAnswered() throws Exception {
    Path log = store.resolve("requests.log");
    Map<String, String> settings =
        Map.of("security.hosts", "[scores.example]", "log.requests", "\"" + log + "\"");
    String reference = store.resolve("parcel-late").toString();
    try (RunningServer open = RunningServer.start(List.of(reference), settings)) {
      for (String host : List.of("127.0.0.1:80", "[::1]", "a", "Scores.example.:80")) {
        assertHost(host, 200, open, "/v1/models", "/ui/", "/health/live");
      }

      for (String host : List.of("evil.example", "localhost.evil.example:8080", "ai.")) {
        assertHost(host, 421, open, "/v1/models", "/ui/", "/health/live", "/none");
      }

      String absolute =
          "GET http://%s/health/live HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
      for (int port : List.of(open.port(), open.managementPort())) {
        assertThat(RawHttp.exchange(port, absolute.formatted("evil.example", "evil.example")))
            .startsWith("HTTP/1.1 421 ")
            .contains("misdirected_request", "'evil.example'", "localhost", "security.hosts");
        assertThat(RawHttp.exchange(port, absolute.formatted("localhost", "evil.example")))
            .startsWith("HTTP/1.1 400 ");
        String tunnel = "CONNECT evil.example:1 HTTP/1.1\r\nHost: evil.example:1\r\n\r\n";
        assertThat(RawHttp.exchange(port, tunnel)).startsWith("HTTP/1.1 421 "); // and is closed
        String browserless = "GET /health/live HTTP/1.0\r\n\r\n";
        assertThat(RawHttp.exchange(port, browserless)).startsWith("HTTP/1.1 200 ");
      }
    }

    assertThat(Files.readString(log)).contains("\"path\":\"/ui/\"", "\"status\":421");
  }

  private static void assertHost(String host, int status, RunningServer server, String... paths)
      throws Exception {
    for (String path : paths) {
      assertThat(status(server.port(), path, host)).as("%s %s", host, path).isEqualTo(status);
    }

    for (String path : List.of("/metrics", "/health/ready")) {
      int its = status(server.managementPort(), path, host);
      assertThat(its).as("%s %s", host, path).isEqualTo(status);
    }
  }

  private static int status(int port, String path, String host) throws Exception {
    String request = "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
    return RawHttp.status(RawHttp.exchange(port, request.formatted(path, host)));
  }

  @Test
  void noPageOfAnotherOriginSendsRowsAndPagesOfThisServerAndProgramsDo() throws Exception {
    String reference = store.resolve("parcel-late").toString();
    Map<String, String> settings =
        Map.of("security.cors-origins", "[\"https://dashboard.example\"]");
    try (RunningServer open = RunningServer.start(List.of(reference), settings)) {
      String own = "http://127.0.0.1:" + open.port();
      List<String> refused =
          List.of(
              "Sec-Fetch-Site: cross-site\r\n",
              "Sec-Fetch-Site: same-site\r\nOrigin: http://localhost:1\r\n",
              "Sec-Fetch-Site: cross-site\r\nOrigin: " + own + "\r\n",
              "Origin: https://evil.example\r\n",
              "Origin: http://127.0.0.1\r\n",
              "Origin: null\r\n");
      List<String> allowed =
          List.of(
              "",
              "Sec-Fetch-Site: same-origin\r\nOrigin: https://behind.example\r\n",
              "Sec-Fetch-Site: none\r\n",
              "Sec-Fetch-Site: cross-site\r\nOrigin: https://dashboard.example\r\n",
              "Origin: https://dashboard.example\r\n",
              "Origin: " + own + "\r\n");
      List<String> heads =
          AccessTable.callersPort().stream()
              .map(cell -> cell.request().split("\r\n", 2)[0])
              .filter(head -> head.startsWith("POST "))
              .distinct()
              .toList();
      assertThat(heads).hasSizeGreaterThan(20);
      for (String head : heads) {
        for (String page : refused) {
          assertThat(sent(open, head, page)).as(head + page).contains(" 403 ", "another origin");
        }

        for (String page : allowed) {
          assertThat(sent(open, head, page)).as(head + page).doesNotContain("another origin");
        }
      }

      for (String page : refused) {
        assertThat(sent(open, "GET /v1/models HTTP/1.1", page)).contains(" 200 ");
      }
    }
  }

  private static String sent(RunningServer server, String requestLine, String page)
      throws Exception {
    String request =
        "%s\r\nHost: 127.0.0.1:%s\r\n%sContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    return RawHttp.exchange(server.port(), request.formatted(requestLine, server.port(), page));
  }

  @Test
  void withTokensAnyHostIsAnsweredExceptForMetricsWhichNeedNone() throws Exception {
    assertThat(status(serving.port(), "/v1/models", "scores.example")).isEqualTo(401);
    assertThat(status(serving.port(), "/ui/", "scores.example")).isEqualTo(200);
    assertThat(status(serving.managementPort(), "/metrics", "scores.example")).isEqualTo(421);
  }

  @Test
  void refusalsSayHowToComeInAndNothingElse() throws Exception {
    Answer answer = client.post("/v1/models/parcel-late/score", RECORD);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers()).containsEntry("www-authenticate", "Bearer");
    assertThat(answer.body()).contains("urn:paritree:problem:unauthorized");
  }

  @Test
  void wrongTokenIsNotToldThatATokenIsNeeded() throws Exception {
    String wrong = "Content-Type: application/json\r\nAuthorization: Bearer wrong\r\n";
    byte[] record = RECORD.getBytes(StandardCharsets.UTF_8);
    Answer answer = client.send("POST", "/v1/models/parcel-late/score", record, wrong);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers())
        .containsEntry("www-authenticate", "Bearer error=\"invalid_token\"");
    assertThat(answer.body())
        .contains("urn:paritree:problem:unknown_token", "The token is not known");
  }

  @Test
  void onlyAllowedOriginsMayCallFromABrowser() throws Exception {
    String preflight =
        "Access-Control-Request-Method: POST\r\n"
            + "Access-Control-Request-Headers: content-type, authorization, traceparent\r\n";
    Answer allowed =
        client.send(
            "OPTIONS",
            "/v1/models/parcel-late/score",
            new byte[0],
            "Origin: https://dashboard.example\r\n" + preflight);
    assertThat(allowed.status()).isEqualTo(200);
    assertThat(allowed.headers())
        .containsEntry("access-control-allow-origin", "https://dashboard.example")
        .hasEntrySatisfying(
            "access-control-allow-headers",
            headers -> assertThat(headers).contains("traceparent", "Authorization"))
        .doesNotContainKey("access-control-allow-credentials");

    for (String origin :
        List.of("https://dashboard.example.evil", "https://dashboardXexample", "null", "*")) {
      Answer refused =
          client.send(
              "OPTIONS",
              "/v1/models/parcel-late/score",
              new byte[0],
              "Origin: " + origin + "\r\n" + preflight);
      assertThat(refused.headers()).as(origin).doesNotContainKey("access-control-allow-origin");
    }
  }

  @Test
  void listeningBeyondThisMachineNeedsTokensOrTheWord() throws Exception {
    assertThatThrownBy(
            () -> TestConfig.read(Optional.empty(), Map.of("server.host", "\"0.0.0.0\"")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("security.score-tokens");
    assertThatThrownBy(
            () -> TestConfig.read(Optional.empty(), Map.of("management.host", "\"0.0.0.0\"")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("security.open-beyond-loopback");
    String hashes = AccessTable.settings().get("security.score-tokens");
    assertThat(
            TestConfig.read(
                    Optional.empty(),
                    Map.of("server.host", "\"0.0.0.0\"", "security.score-tokens", hashes))
                .server()
                .host())
        .isEqualTo("0.0.0.0");
  }

  @Test
  void tokenInsteadOfItsDigestIsRefusedWithoutShowingIt() {
    String token = "a-secret-that-was-pasted-in-place-of-its-digest";
    assertThatThrownBy(
            () ->
                TestConfig.read(
                    Optional.empty(), Map.of("security.score-tokens", "[\"" + token + "\"]")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("sha256sum")
        .hasMessageNotContaining(token);
  }

  @Test
  void pathsThatClimbAreNeverServed() throws Exception {
    List<String> paths = ClimbingPaths.all();
    assertThat(paths).hasSizeGreaterThan(500);
    for (String path : paths) {
      Cell cell = new Cell("POST", path, AccessTable.callersToken(), 0);
      String answer = RawHttp.exchange(serving.port(), cell.request());
      assertThat(RawHttp.status(answer)).as(path).isIn(400, 404, 405);
      assertThat(answer).as(path).doesNotContain(store.toString());
    }
  }
}
