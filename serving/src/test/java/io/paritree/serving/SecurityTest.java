package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call what, as a whole table, and what paths never open. */
class SecurityTest {
  private static final String CALLER = "a-caller-with-a-long-secret-0123456789abcdef";
  private static final String OPERATOR = "an-operator-with-a-long-secret-0123456789abc";
  private static final String RECORD = TestPackages.records(1).get(0);

  @TempDir static Path store;
  private static Serving serving;

  private final Client client = new Client(serving.port());
  private final Client management = new Client(serving.managementPort());

  @BeforeAll
  static void start() throws Exception {
    Path model = new TestPackages(store).binary();
    serving =
        RunningServer.start(
            List.of(model.getParent().toString()),
            Map.of(
                "security.score-tokens",
                "[\"" + sha256(CALLER) + "\"]",
                "security.admin-tokens",
                "[\"" + sha256(OPERATOR) + "\"]",
                "security.cors-origins",
                "[\"https://dashboard.example\"]"));
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @AfterEach
  void hangUp() throws Exception {
    client.close();
    management.close();
  }

  private static String sha256(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /** Returns each way to come with or without a token, and the status of a guarded path for it. */
  private static Map<String, Integer> callers(String right, String wrongRole) {
    Map<String, Integer> statuses = new LinkedHashMap<>();
    statuses.put("", 401);
    statuses.put("Authorization: \r\n", 401);
    statuses.put("Authorization: Bearer\r\n", 401);
    statuses.put("Authorization: Bearer \r\n", 401);
    statuses.put("Authorization: Bearer wrong\r\n", 401);
    statuses.put("Authorization: Basic " + right + "\r\n", 401);
    statuses.put("Authorization: " + right + "\r\n", 401);
    statuses.put("Authorization: Bearer " + right + "x\r\n", 401);
    statuses.put("Authorization: Bearer " + "x".repeat(1_000) + "\r\n", 401);
    statuses.put("X-Api-Key: " + right + "\r\n", 401);
    statuses.put("Authorization: Bearer " + wrongRole + "\r\n", 403);
    statuses.put(
        "Authorization: Bearer " + right + "\r\nAuthorization: Bearer " + right + "\r\n", 401);
    statuses.put("Authorization: Bearer " + right + "\r\n", 200);
    statuses.put("authorization: bearer " + right + "\r\n", 200);
    return statuses;
  }

  @Test
  void everyRouteWithEveryMethodAndTokenAnswersAsTheTableSays() throws Exception {
    List<Route> routes = Serving.routes(config(), null, new ServerMetrics(), null, null);
    assertThat(routes).hasSizeGreaterThan(20);
    for (Route route : routes) {
      String path = route.path().replace("{name}", "parcel-late").replace("{version}", "1");
      boolean open = Gate.PUBLIC.contains(route.path());
      for (String method : List.of("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "NONSENSE")) {
        for (Map.Entry<String, Integer> caller : callers(CALLER, OPERATOR).entrySet()) {
          String type = "Content-Type: application/json\r\n";
          int status = status(method, path, type + caller.getKey());
          boolean matches = routes.stream().anyMatch(other -> matches(other, route.path(), method));
          int expected = open || caller.getValue() == 200 ? 0 : caller.getValue();
          String shown = "%s %s with '%s'".formatted(method, path, caller.getKey().strip());
          if (expected != 0) {
            assertThat(status).as(shown).isEqualTo(expected);
          } else if (matches) {
            assertThat(status).as(shown).isIn(200, 400);
          } else {
            assertThat(status).as(shown).isEqualTo(405);
          }
        }
      }
    }
  }

  private static boolean matches(Route route, String path, String method) {
    String asked = method.equals("HEAD") ? "GET" : method;
    return route.path().equals(path) && route.method().name().equals(asked);
  }

  private int status(String method, String path, String headers) throws Exception {
    // Not kept open: an answer to HEAD announces a length and sends nothing.
    String request =
        "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %s\r\n%s\r\n%s"
            .formatted(method, path, RECORD.length(), headers, RECORD);
    String ascii = RECORD.chars().allMatch(unit -> unit < 128) ? request : "";
    return RawHttp.status(RawHttp.exchange(serving.port(), ascii));
  }

  @Test
  void adminEndpointNeedsAnOperatorsToken() throws Exception {
    for (Map.Entry<String, Integer> caller : callers(OPERATOR, CALLER).entrySet()) {
      Answer answer = management.send("POST", "/admin/reload", new byte[0], caller.getKey());
      assertThat(answer.status()).as(caller.getKey()).isEqualTo(caller.getValue());
    }

    String right = "Authorization: Bearer " + OPERATOR + "\r\n";
    assertThat(management.send("GET", "/admin/reload", new byte[0], right).status()).isEqualTo(405);
    assertThat(management.get("/metrics").status()).isEqualTo(200);
    assertThat(management.get("/health/ready").status()).isEqualTo(200);
    assertThat(management.get("/v1/models").status()).isEqualTo(404);
    assertThat(client.send("POST", "/admin/reload", new byte[0], right).status()).isEqualTo(403);
  }

  @Test
  void adminEndpointIsNotThereWithoutTokens() throws Exception {
    String reference = store.resolve("parcel-late").toString();
    try (Serving open = RunningServer.start(List.of(reference), Map.of());
        Client other = new Client(open.managementPort())) {
      assertThat(other.post("/admin/reload", "").status()).isEqualTo(404);
    }
  }

  @Test
  void refusalsSayHowToComeInAndNothingElse() throws Exception {
    Answer answer = client.post("/v1/models/parcel-late/score", RECORD);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers()).containsEntry("www-authenticate", "Bearer");
    assertThat(answer.body()).contains("urn:paritree:problem:unauthorized");
  }

  @Test
  void onlyAllowedOriginsMayCallFromABrowser() throws Exception {
    String preflight =
        "Access-Control-Request-Method: POST\r\n"
            + "Access-Control-Request-Headers: content-type, authorization\r\n";
    Answer allowed =
        client.send(
            "OPTIONS",
            "/v1/models/parcel-late/score",
            new byte[0],
            "Origin: https://dashboard.example\r\n" + preflight);
    assertThat(allowed.status()).isEqualTo(200);
    assertThat(allowed.headers())
        .containsEntry("access-control-allow-origin", "https://dashboard.example")
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
            () -> ServingConfig.read(Optional.empty(), Map.of("server.host", "\"0.0.0.0\"")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("security.score-tokens");
    assertThatThrownBy(
            () -> ServingConfig.read(Optional.empty(), Map.of("management.host", "\"0.0.0.0\"")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("security.open-beyond-loopback");
    String hashes = "[\"" + sha256(CALLER) + "\"]";
    assertThat(
            ServingConfig.read(
                    Optional.empty(),
                    Map.of("server.host", "\"0.0.0.0\"", "security.score-tokens", hashes))
                .server()
                .host())
        .isEqualTo("0.0.0.0");
  }

  @Test
  void tokenInsteadOfItsDigestIsRefusedWithoutShowingIt() {
    assertThatThrownBy(
            () ->
                ServingConfig.read(
                    Optional.empty(), Map.of("security.score-tokens", "[\"" + CALLER + "\"]")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("sha256sum")
        .hasMessageNotContaining(CALLER);
  }

  private static ServingConfig config() throws Exception {
    return ServingConfig.read(Optional.empty(), Map.of());
  }

  @Test
  void pathsThatClimbAreNeverServed() throws Exception {
    String[] dots = {
      "..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "..;", "..;x=1", "%c0%ae%c0%ae",
      "%e0%80%ae%e0%80%ae", "..%ff", "...", "....", "~", "%7e", "..%20", "..%09", ".%00."
    };
    String[] slashes = {"/", "%2f", "%2F", "\\", "%5c", "%255c", "%252f", "//", "/./", "%c0%af"};
    String right = "Authorization: Bearer " + CALLER + "\r\nContent-Type: application/json\r\n";
    int count = 0;
    for (String dot : dots) {
      for (String slash : slashes) {
        for (String target :
            List.of(
                "/v1/models/" + dot + slash + "parcel-late/score",
                "/v1/models/parcel-late" + slash + dot + slash + "1/score",
                "/v1/models/parcel-late/versions/" + dot + slash + dot + slash + "etc/score")) {
          int status = status("POST", target, right);
          assertThat(status).as(target).isIn(400, 404, 405);
          count++;
        }
      }
    }

    assertThat(count).isGreaterThan(500);
  }
}
