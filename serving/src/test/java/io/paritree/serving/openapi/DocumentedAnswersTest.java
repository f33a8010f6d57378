package io.paritree.serving.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.comparison.ModelPair;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.serving.AccessTable;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.OutcomeReports;
import io.paritree.serving.RawHttp;
import io.paritree.serving.Reports;
import io.paritree.serving.RunningServer;
import io.paritree.serving.StoredOutput;
import io.paritree.serving.config.TestConfig;
import io.paritree.serving.http.Route;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every answer that the server can be made to give is what its document says. */
class DocumentedAnswersTest {
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String SCORE = "/v1/models/parcel-late/score";
  private static final String BATCH = "/v1/models/parcel-late/score-batch";
  private static final String SWEEP = "/v1/models/parcel-late/sweep";
  private static final String INFER = "/v2/models/parcel-late/infer";
  private static final ObjectMapper READER = new ObjectMapper();

  /** A path in each form of errors, for refusals that do not depend on the endpoint. */
  private static final List<String> POSTS = List.of(SCORE, BATCH, SWEEP, INFER, "/invocations");

  @TempDir static Path directory;
  private static RunningServer serving;
  private static RunningServer guarded;
  private static Contract contract;

  @BeforeAll
  static void start() throws Exception {
    TestPackages packages = new TestPackages(directory);
    List<Path> models =
        List.of(
            packages.binary(),
            packages.classes(),
            packages.classIndex(),
            packages.wide(28, 20, 4),
            packages.awkward("awkward", 1));
    List<String> references =
        Stream.concat(
                models.stream().map(model -> model.getParent().toString()),
                Stream.of(packages.bareClassesModel(3).toString()))
            .toList();
    StoredOutput parcels =
        new StoredOutput(
            directory.resolve("parcels"),
            new KeyForm(List.of(new KeyColumn("parcel_id", KeyColumn.Type.INTEGER, 0))),
            1);
    parcels.publish(
        "day=1",
        "parcel-late/1",
        rows -> {
          rows.add(
              List.of("1"),
              ",\"columns\":{\"note\":\"x\"},\"label\":\"late\",\"stored_reasons\":[{\"field\":\"distance\","
                  + "\"value\":\"12.5\",\"contribution\":0.5,\"code\":\"R1\"}],\"reasons_base\":-1.5,"
                  + "\"reasons_rest\":0.25",
              0.5f);
          rows.addQuarantined(
              List.of("2"),
              "[{\"code\":\"missing_value\",\"got\":\"no value\",\"expected\":\"a value\"}]");
          rows.add(List.of("3"), "", 0.5f);
          rows.add(List.of("3"), "", 0.5f);
        });
    parcels.audited("day=1", "run1-00000001", "proved", 0);
    Path run = directory.resolve("_paritree/parcels/runs/night-0000000a");
    ScoringModel late = Opening.open(models.get(0).toString(), EngineKind.FOREST);
    Reports.compared(
        run,
        Reports.held("night", "2026-11-24T02:00:00Z"),
        new ModelPair(late, late),
        Files.writeString(
            directory.resolve("rows.csv"),
            TestRecords.csvHeader() + "\n" + TestRecords.csvLine(0) + "\n"));
    OutcomeReports outcomes = new OutcomeReports(parcels);
    outcomes.binary("2026-11-24", List.of("day=1"), List.of());
    outcomes.values("undated", List.of("day=1"));
    outcomes.damaged("2026-11-23");
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "server.request-timeout",
                "1 s",
                "profile.mode",
                "on",
                "models.shadow",
                Stream.of(0, 1, 3) // each compared with itself
                    .map(index -> models.get(index))
                    .map(model -> "\"%s=%s\"".formatted(model.getParent().getFileName(), model))
                    .collect(Collectors.joining(",", "[", "]")),
                "scores.parcels.output",
                '"' + parcels.path().toString() + '"'));
    serving = RunningServer.start(references, settings);
    settings.putAll(AccessTable.settings());
    settings.remove("models.shadow");
    settings.putAll(Map.of("limits.body", "4 KiB", "limits.rows", "3"));
    guarded = RunningServer.start(references.subList(0, 1), settings);
    try (Client client = new Client(serving.port())) {
      contract = new Contract(client.get("/openapi.json").body());
      for (String name : List.of("parcel-late", "parcel-class", "wide")) {
        while (client.get("/v1/models/" + name + "/shadow").status() == 503) {
          Thread.sleep(20); // its challenger is being opened
        }
      }
    }
  }

  @AfterAll
  static void stop() {
    serving.close();
    guarded.close();
  }

  @Test
  void everyGetAnswersAsDocumented() throws Exception {
    Set<String> asked = new TreeSet<>();
    for (Route route :
        RunningServer.routes(TestConfig.read(Optional.empty(), Map.of("page.mode", "off")))) {
      if (route.method().name().equals("GET")) {
        for (String name : List.of("parcel-late", "parcel-late@champion", "parcel-class", "wide")) {
          if (name.contains("@") && route.path().contains("{version}")) {
            continue;
          }

          String path =
              route
                  .path()
                  .replace("{name}", name)
                  .replace("{version}", "1")
                  .replace("{table}", "parcels")
                  .replace("{key}", "1")
                  .replace("{run}", "night");
          String query = path.contains("/row") ? "?parcel_id=1&day=1" : "";
          expect(200, "GET", path + query, "", "X-Request-Id: mine\r\n");
          asked.add(contract.template(path));
        }
      }
    }

    expect(200, "GET", "/v1/models/classes", "", ""); // not sealed
    Set<String> documented =
        Contract.names(contract.document().path("paths"))
            .filter(path -> contract.document().path("paths").path(path).has("get"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(asked).isEqualTo(documented);
  }

  @Test
  void storedScoresAreAsDocumented() throws Exception {
    String tag = expect(200, "GET", "/v1/scores/parcels/1", "", "").headers().get("etag");
    expect(304, "GET", "/v1/scores/parcels/1", "", "If-None-Match: " + tag + "\r\n");
    expect(200, "GET", "/v1/scores/parcels/2/history?limit=2", "", "");
    expect(404, "GET", "/v1/scores/parcels/2", "", "");
    expect(404, "GET", "/v1/scores/parcels/5", "", "");
    expect(409, "GET", "/v1/scores/parcels/3", "", "");
    expect(400, "GET", "/v1/scores/parcels/x", "", "");
    expect(404, "GET", "/v1/scores/nothing", "", "");
    expect(404, "GET", "/v1/scores/parcels/runs/nothing", "", "");
    expect(400, "GET", "/v1/scores/parcels/runs?limit=0", "", "");
    expect(200, "POST", "/v1/scores/parcels/lookup", "{\"keys\":[1,2,3,4,\"x\"]}", JSON);
    expect(400, "POST", "/v1/scores/parcels/lookup", "{\"keys\":1}", JSON);
    expect(200, "POST", "/v1/scores/parcels/1/compare", TestRecords.json(0), JSON);
    expect(409, "POST", "/v1/scores/parcels/3/compare", TestRecords.json(0), JSON);
  }

  @Test
  void outcomesAreAsDocumented() throws Exception {
    String path = "/v1/scores/parcels/outcomes";
    JsonNode newest = READER.readTree(expect(200, "GET", path, "", "").body());
    assertThat(newest.path("as_of").asText()).isEqualTo("2026-11-24");
    assertThat(newest.path("report").path("kind").asText()).isEqualTo("binary");
    assertThat(newest.path("as_ofs").toString())
        .isEqualTo("[\"2026-11-24\",\"2026-11-23\",\"undated\"]");
    String undated = expect(200, "GET", path + "?as_of=undated", "", "").body();
    assertThat(READER.readTree(undated).path("report").path("kind").asText()).isEqualTo("values");
    assertThat(expect(503, "GET", path + "?as_of=2026-11-23", "", "").body())
        .contains("unreadable_outcomes", "not whole")
        .doesNotContain(directory.toString());
    assertThat(expect(404, "GET", path + "?as_of=2026-11-22", "", "").body())
        .contains("unknown_outcomes", "2026-11-24, 2026-11-23, undated");
    for (String query : List.of("?as_of=..", "?as_of=", "?day=2026-11-24", "?as_of=1&as_of=2")) {
      expect(400, "GET", path + query, "", "");
    }
  }

  @Test
  void scoresAreAsDocumented() throws Exception {
    Map<String, List<String>> records = new LinkedHashMap<>();
    for (String name : List.of("parcel-late", "parcel-class", "parcel-class-index")) {
      records.put(name, IntStream.range(0, 50).mapToObj(TestRecords::json).toList());
    }

    records.put("classes", List.of("{\"f0\":1.5}"));
    records.put("wide", List.of("{}", "{\"f3\":1e9}"));
    records.put("awkward", List.of("{\"größe\":0.1,\"class\":true,\"city\":\"Москва\"}"));
    for (Map.Entry<String, List<String>> each : records.entrySet()) {
      String name = each.getKey();
      List<String> addresses =
          name.equals("classes")
              ? List.of(name)
              : List.of(name, name + "@champion", name + "/versions/1");
      for (String address : addresses) {
        String base = "/v1/models/" + address;
        for (String query :
            List.of(
                "",
                "?margin=true",
                "?margin=false",
                "?direction=both",
                "?reasons=1&direction=up")) {
          String body = each.getValue().get(0);
          expect(200, "POST", base + "/score" + query, body, JSON + "X-Request-Id: mine\r\n");
          String array = "[" + String.join(",", each.getValue()) + ",{\"x\":1},5]";
          Answer batch = expect(200, "POST", base + "/score-batch" + query, array, JSON);
          JsonNode answer = READER.readTree(batch.body());
          assertThat(answer.path("refused").asInt()).isPositive();
          for (JsonNode row : answer.path("results")) {
            assertThat(row.has("errors")).isNotEqualTo(row.has("score") || row.has("scores"));
          }
        }
      }
    }
  }

  @Test
  void sweepsAreAsDocumented() throws Exception {
    String body = "{\"record\":%s,\"field\":\"%s\"%s}";
    for (String name : List.of("parcel-late", "parcel-class", "parcel-class-index")) {
      for (String field : List.of("distance", "weight", "express", "carrier", "zone")) {
        for (String address : List.of(name, name + "@champion", name + "/versions/1")) {
          String path = "/v1/models/" + address + "/sweep";
          expect(200, "POST", path, body.formatted(TestRecords.json(0), field, ""), JSON);
          String values = ",\"values\":[1,\"x\",null,true,[]]";
          expect(200, "POST", path, body.formatted(TestRecords.json(0), field, values), JSON);
        }
      }
    }

    expect(404, "POST", "/v1/models/x/sweep", body.formatted("{}", "weight", ""), JSON);
    expect(400, "POST", SWEEP, body.formatted("{\"zone\":9}", "weight", ""), JSON);
    expect(400, "POST", SWEEP, body.formatted("{}", "departure", ""), JSON);
    String many = ",\"values\":[1,2,3,4]";
    refuse(
        guarded,
        413,
        SWEEP,
        body.formatted("{}", "weight", many),
        JSON + AccessTable.callersToken());
  }

  @Test
  void everyRecordThatIsScoredFitsItsSchema() throws Exception {
    String pointer = "/components/schemas/ParcelLateRecord";
    for (int index = 0; index < 500; index++) {
      String record = TestRecords.json(index);
      expect(200, "POST", SCORE, record, JSON);
      assertThat(contract.faults(pointer, READER.readTree(record))).as(record).isEmpty();
    }

    assertThat(contract.faults(pointer, READER.readTree("{\"weight\":\"1\"}"))).isNotEmpty();
    assertThat(contract.faults(pointer, READER.readTree("{}"))).isNotEmpty();
    assertThat(contract.faults(pointer, READER.readTree("{\"weight\":1,\"zone\":11}")))
        .isNotEmpty();
  }

  @Test
  void foreignProtocolsAnswerAsDocumented() throws Exception {
    String wide = "{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,28],\"data\":[[";
    String zeros = String.join(",", IntStream.range(0, 28).mapToObj(index -> "0").toList());
    String all = "{\"id\":\"a\",\"inputs\":[" + wide + zeros + "]]}]}";
    expect(200, "POST", "/v2/models/wide/infer", all, JSON);
    expect(200, "POST", "/v2/models/wide/versions/1/infer", all, "");
    String weight =
        "{\"inputs\":[{\"name\":\"weight\",\"datatype\":\"FP64\",\"shape\":[2],\"data\":[%s]}]}";
    expect(200, "POST", INFER, weight.formatted("1,2"), JSON);
    expect(200, "POST", "/v2/models/parcel-class/infer", weight.formatted("1,2"), JSON);
    expect(400, "POST", INFER, weight.formatted("1,null"), JSON);
    expect(400, "POST", INFER, weight.formatted("1"), JSON);
    String binary = all.replace("\"id\"", "\"parameters\":{\"binary_data_output\":true},\"id\"");
    expect(200, "POST", "/v2/models/wide/infer", binary, JSON);
    expect(200, "POST", "/v2/models/wide/versions/1/infer", binary, JSON);
    String record = TestRecords.json(0);
    expect(200, "POST", "/invocations", "{\"inputs\":" + record + "}", JSON);
    expect(200, "POST", "/invocations", "{\"dataframe_records\":[" + record + "]}", JSON);
    expect(
        200,
        "POST",
        "/invocations",
        String.join(",", TestRecords.COLUMNS) + "\n" + String.join(",", TestRecords.cells(0)),
        "Content-Type: text/csv\r\n");
    expect(400, "POST", "/invocations", "{\"dataframe_records\":[{\"weight\":1}]}", JSON);
    expect(400, "POST", "/invocations", "{\"instances\":5}", JSON);
  }

  @Test
  void refusalsAreAsDocumented() throws Exception {
    List<Socket> begun = new ArrayList<>();
    for (String path : POSTS) {
      begun.add(begun(path));
    }

    for (String path : POSTS) {
      expect(400, "POST", path, "{", JSON);
      expect(400, "POST", path, "{}", JSON + "X-HTTP-Method-Override: PUT\r\n");
      expect(400, "POST", path, "{}", JSON + "Content-Encoding: gzip\r\n");
      expect(406, "POST", path, "{}", JSON + "Accept: text/html\r\n");
      expect(415, "POST", path, "{}", "Content-Type: image/png\r\n");
      expect(415, "POST", path, "{}", JSON + "Content-Encoding: br\r\n");
      refuse(guarded, 401, path, "{}", JSON);
      refuse(guarded, 401, path, "{}", JSON + "Authorization: Bearer wrong\r\n");
      refuse(guarded, 403, path, "{}", JSON + AccessTable.operatorsToken());
      refuse(guarded, 413, path, " ".repeat(5_000), JSON + AccessTable.callersToken());
      assertThat(documented("POST", path, method("DELETE", path))).isEmpty();
    }

    for (int path = 0; path < POSTS.size(); path++) {
      try (Socket socket = begun.get(path)) {
        check(408, POSTS.get(path), parsed(RawHttp.readAll(socket.getInputStream())));
      }
    }

    expect(400, "POST", SCORE, "{\"weight\":\"heavy\",\"x\":1}", JSON);
    expect(400, "POST", SCORE + "?margn=true", TestRecords.json(0), JSON);
    expect(400, "POST", BATCH, "{}", JSON);
    expect(
        200,
        "POST",
        BATCH + "?key=weight",
        "{\"weight\":1}\n{",
        "Content-Type: application/x-ndjson\r\n");
    expect(400, "POST", BATCH, "weight\n1", "Content-Type: text/csv\r\n");
    String array = "[" + String.join(",", TestPackages.records(4)) + "]";
    refuse(guarded, 413, BATCH, array, JSON + AccessTable.callersToken());
    for (String path : List.of("/v1/models/x", "/v2/models/x", "/v2/models/x/ready")) {
      expect(404, "GET", path, "", "");
    }

    expect(404, "POST", "/v1/models/parcel-late/versions/9/score", TestRecords.json(0), JSON);
    expect(404, "POST", "/v1/models/parcel-late@nobody/score", TestRecords.json(0), JSON);
    expect(404, "POST", "/v2/models/x/infer", "{}", JSON);
  }

  @Test
  void overloadIsAnsweredAsDocumented() throws Exception {
    Map<String, String> little =
        Map.of(
            "limits.body", "900 KiB",
            "limits.pending-bodies", "1 MiB",
            "server.request-timeout", "600 s"); // the large body stays
    String model = directory.resolve("parcel-late").toString();
    try (RunningServer server = RunningServer.start(List.of(model), little);
        Socket large = RawHttp.open(server.port())) {
      large.getOutputStream().write(unfinished(SCORE, 700_000));
      server.awaitPendingBodies(700_000);
      for (String path : POSTS) {
        Answer answer = parsed(refused(server.port(), path));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsKey("retry-after");
        assertThat(documented("POST", path, answer)).isEmpty();
      }
    }
  }

  /** Sends little more than the server reads, so that no reset outruns its answer. */
  private static String refused(int port, String path) throws IOException {
    try (Socket socket = RawHttp.open(port)) {
      socket.getOutputStream().write(unfinished(path, 66_000));
      return RawHttp.readAll(socket.getInputStream());
    }
  }

  private static byte[] unfinished(String path, int bytes) {
    String head =
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 800000\r\n\r\n".formatted(path);
    return (head + " ".repeat(bytes)).getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void refusalsOfHttpItselfAreAsDocumented() throws Exception {
    for (String path : POSTS) {
      String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n";
      assertThat(raw(path, head + "X-Long: " + "x".repeat(9_000) + "\r\n\r\n")).isEqualTo(431);
      assertThat(raw(path, head + "No colon\r\n\r\n")).isEqualTo(400);
      assertThat(raw(path, "POST " + path + " HTTP/1.1\r\nContent-Length: 0\r\n\r\n"))
          .isEqualTo(400);
    }
  }

  private static int raw(String path, String request) throws IOException {
    Answer answer = parsed(RawHttp.exchange(serving.port(), request));
    assertThat(documented("POST", path, answer)).as(answer.body()).isEmpty();
    return answer.status();
  }

  private static Answer method(String method, String path) throws IOException {
    try (Client client = new Client(serving.port())) {
      Answer answer = client.send(method, path, new byte[0], "");
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.headers()).containsKey("allow");
      return answer;
    }
  }

  /** Sends a request whose body never ends. */
  private static Socket begun(String path) throws IOException {
    Socket socket = RawHttp.open(guarded.port());
    String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n";
    String request = head + JSON + AccessTable.callersToken() + "\r\n{";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  private static void refuse(
      RunningServer server, int status, String path, String body, String headers)
      throws IOException {
    try (Client client = new Client(server.port())) {
      check(
          status, path, client.send("POST", path, body.getBytes(StandardCharsets.UTF_8), headers));
    }
  }

  private static void check(int status, String path, Answer answer) throws IOException {
    assertThat(answer.status()).as(path).isEqualTo(status);
    assertThat(documented("POST", path, answer)).as(path + " " + answer).isEmpty();
  }

  private static Answer expect(int status, String method, String path, String body, String headers)
      throws IOException {
    try (Client client = new Client(serving.port())) {
      Answer answer = client.send(method, path, body.getBytes(StandardCharsets.UTF_8), headers);
      assertThat(answer.status()).as(path + " " + answer.body()).isEqualTo(status);
      assertThat(documented(method, path, answer)).as(path + " " + answer.body()).isEmpty();
      return answer;
    }
  }

  private static List<String> documented(String method, String path, Answer answer)
      throws IOException {
    return contract.faults(method, path, answer);
  }

  private static Answer parsed(String text) {
    int end = text.indexOf("\r\n\r\n");
    List<String> lines = new ArrayList<>(List.of(text.substring(0, end).split("\r\n")));
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }

    return new Answer(
        RawHttp.status(text), headers, text.substring(end + 4).getBytes(StandardCharsets.UTF_8));
  }
}
