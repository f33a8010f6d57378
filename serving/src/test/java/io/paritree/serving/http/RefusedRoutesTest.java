package io.paritree.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.AccessTable;
import io.paritree.serving.Client;
import io.paritree.serving.RawHttp;
import io.paritree.serving.RunningServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused before a route is found counts for the route that it would have taken. */
class RefusedRoutesTest {
  @TempDir static Path directory;
  private static RunningServer serving;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> settings = new HashMap<>(AccessTable.settings());
    settings.putAll(Map.of("limits.body", "4 KiB", "server.request-timeout", "1 s"));
    String model = new TestPackages(directory).binary().getParent().toString();
    serving = RunningServer.start(List.of(model), settings);
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  static Stream<Arguments> paths() {
    return Stream.of(
        Arguments.of("/v1/models/x/score", "/v1/models/{name}/score"),
        Arguments.of(
            "/v1/models/x/versions/1/score-batch",
            "/v1/models/{name}/versions/{version}/score-batch"),
        Arguments.of("/v2/models/x%20y/infer", "/v2/models/{name}/infer"),
        Arguments.of("/invocations", "/invocations"),
        Arguments.of("/v1/models/x", "none"), // has no POST
        Arguments.of("/elsewhere", "none"),
        Arguments.of("/", "none"));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void refusalsBeforeTheRouteCountForIt(String path, String route) throws Exception {
    String token = AccessTable.callersToken();
    check(401, path, route, "", "");
    check(403, path, route, "", AccessTable.operatorsToken());
    check(413, path, route, " ".repeat(5_000), token);
    check(415, path, route, "", token + "Content-Encoding: br\r\n");
  }

  @Test
  void bodiesThatDoNotEndCountForTheRoute() throws Exception {
    Map<String, Integer> expected = new TreeMap<>();
    List<Socket> begun = new ArrayList<>();
    for (Arguments path : paths().toList()) {
      String head = "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n%s\r\n";
      String request = head.formatted(path.get()[0], AccessTable.callersToken());
      Socket socket = RawHttp.open(serving.port());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      begun.add(socket);
      expected.merge(path.get()[1].toString(), 1, Integer::sum);
    }

    for (Socket socket : begun) {
      assertThat(RawHttp.status(RawHttp.readAll(socket.getInputStream()))).isEqualTo(408);
      socket.close();
    }

    for (Map.Entry<String, Integer> route : expected.entrySet()) {
      awaitCount(route.getKey(), 408, route.getValue());
    }
  }

  private static void check(int status, String path, String route, String body, String headers)
      throws IOException {
    double before = count(route, status);
    try (Client client = new Client(serving.port())) {
      byte[] content = body.getBytes(StandardCharsets.US_ASCII);
      assertThat(client.send("POST", path, content, headers).status()).isEqualTo(status);
    }

    awaitCount(route, status, before + 1);
  }

  /** An answer is counted after it is sent. */
  private static void awaitCount(String route, int status, double expected) throws IOException {
    long end = System.nanoTime() + 10_000_000_000L;
    while (count(route, status) < expected && System.nanoTime() < end) {
      Thread.onSpinWait();
    }

    assertThat(count(route, status)).as("%s %s", route, status).isEqualTo(expected);
  }

  private static double count(String route, int status) throws IOException {
    try (Client operator = new Client(serving.managementPort())) {
      Pattern line =
          Pattern.compile(
              Pattern.quote(
                      "paritree_http_requests_total{route=\"%s\",status=\"%s\"} "
                          .formatted(route, status))
                  + "(.*)");
      Matcher found = line.matcher(operator.get("/metrics").body());
      return found.find() ? Double.parseDouble(found.group(1)) : 0;
    }
  }
}
