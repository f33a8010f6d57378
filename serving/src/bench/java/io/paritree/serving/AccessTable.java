package io.paritree.serving;

import io.paritree.config.ConfigurationException;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import io.paritree.serving.http.Probes;
import io.paritree.serving.http.Route;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every endpoint with every method and with every form of a valid, wrong or missing token, and the
 * only status that is right; for a server with {@link #settings}.
 */
public final class AccessTable {
  private static final String CALLER = "a-caller-with-a-long-secret-0123456789abcdef";
  private static final String OPERATOR = "an-operator-with-a-long-secret-0123456789abc";
  private static final String RECORD = "{\"weight\":1.5}";
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "NONSENSE");

  /** The pages of the management port, which need no token. */
  private static final Set<String> PAGES = Set.of("/metrics", "/health/live", "/health/ready");

  private AccessTable() {}

  /** One cell; sent with a record of parcel-late. */
  record Cell(String method, String path, String authorization, int status) {
    String request() {
      return "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %s\r\n%s\r\n%s"
          .formatted(method, path, RECORD.length(), authorization, RECORD);
    }

    @Override
    public String toString() {
      return "%s %s with '%s'".formatted(method, path, authorization.strip());
    }
  }

  /** Returns the configuration's tokens, as {@code --set} takes them. */
  public static Map<String, String> settings() {
    return Map.of(
        "security.score-tokens",
        hashes(CALLER),
        "security.admin-tokens",
        hashes(OPERATOR),
        "profile.mode", // without which there is no drift
        "on");
  }

  /** Returns a header line with the token of callers. */
  public static String callersToken() {
    return bearer(CALLER);
  }

  /** Returns a header line with the token of operators. */
  public static String operatorsToken() {
    return bearer(OPERATOR);
  }

  private static String bearer(String token) {
    return "Authorization: Bearer " + token + "\r\n";
  }

  private static String hashes(String token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return "[\"" + HexFormat.of().formatHex(hash) + "\"]";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the table of the callers' port of a server of parcel-late, version 1. */
  static List<Cell> callersPort() throws ConfigurationException {
    ServingConfig config = TestConfig.read(Optional.empty(), Map.of());
    List<Route> routes = RunningServer.routes(config);
    List<Cell> cells = new ArrayList<>();
    for (Route route : routes) {
      String path =
          route
              .path()
              .replace("{name}", "parcel-late")
              .replace("{version}", "1")
              .replace("{table}", "none")
              .replace("{key}", "1")
              .replace("{run}", "1")
              .replace("{file}", "page.css");
      for (String method : METHODS) {
        boolean there =
            routes.stream()
                .filter(other -> other.path().equals(route.path()))
                .anyMatch(other -> other.method().name().equals(method.replace("HEAD", "GET")));
        boolean keyNamedLookup =
            path.endsWith("/lookup") && List.of("GET", "HEAD").contains(method);
        int read = answerToGet(path);
        int served = method.equals("POST") ? answerToRecord(path) : read;
        int answer = there ? served : 405;
        int admitted = path.startsWith("/v1/scores/") && (there || keyNamedLookup) ? 404 : answer;
        callers(CALLER, OPERATOR)
            .forEach(
                (line, refusal) -> {
                  boolean open =
                      refusal == 0 || Probes.PATHS.contains(path) || path.startsWith("/ui");
                  cells.add(new Cell(method, path, line, open ? admitted : refusal));
                });
      }
    }

    return cells.stream().distinct().toList(); // a path has a route for each of its methods
  }

  /** Returns the status without a body: the page is at its own path, and there is no challenger. */
  private static int answerToGet(String path) {
    if (path.equals("/ui")) {
      return 308;
    }

    return path.endsWith("/shadow") ? 404 : 200;
  }

  /**
   * Returns the status for a single record, which is not a batch, not tensors and not one of
   * MLflow's forms.
   */
  private static int answerToRecord(String path) {
    return path.endsWith("/score") ? 200 : 400;
  }

  /** Returns the table of the management port. */
  static List<Cell> managementPort() {
    List<Cell> cells = new ArrayList<>();
    for (String method : METHODS) {
      int page = method.equals("GET") || method.equals("HEAD") ? 200 : 405;
      callers(OPERATOR, CALLER)
          .forEach(
              (line, refusal) -> {
                PAGES.forEach(path -> cells.add(new Cell(method, path, line, page)));
                int reload = method.equals("POST") ? 200 : 405;
                cells.add(new Cell(method, "/admin/reload", line, refusal == 0 ? reload : refusal));
                cells.add(new Cell(method, "/v1/models/parcel-late/score", line, 404));
              });
    }

    return cells;
  }

  /** Returns header lines, and for each the status with which it is refused; 0 if it is not. */
  private static Map<String, Integer> callers(String right, String otherRole) {
    Map<String, Integer> refusals = new LinkedHashMap<>();
    refusals.put("", 401);
    refusals.put("Authorization: \r\n", 401);
    refusals.put("Authorization: Bearer\r\n", 401);
    refusals.put("Authorization: Bearer \r\n", 401);
    refusals.put(bearer("wrong"), 401);
    refusals.put("Authorization: Basic " + right + "\r\n", 401);
    refusals.put("Authorization: " + right + "\r\n", 401);
    refusals.put(bearer(right + "x"), 401);
    refusals.put(bearer(right.substring(1)), 401);
    refusals.put(bearer("x".repeat(1_000)), 401);
    refusals.put("X-Api-Key: " + right + "\r\n", 401);
    refusals.put("Cookie: token=" + right + "\r\n", 401);
    refusals.put(bearer(otherRole), 403);
    refusals.put(bearer(right) + bearer(right), 401);
    refusals.put(bearer(right), 0);
    refusals.put("authorization: bearer " + right + "\r\n", 0);
    return refusals;
  }
}
