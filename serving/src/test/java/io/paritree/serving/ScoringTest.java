package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.feature.Faults;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.UnknownFields;
import io.paritree.serving.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The native endpoints, over real sockets, with packages trained by XGBoost. */
class ScoringTest {
  private static final String BINARY = "/v1/models/parcel-late";
  private static final String CLASSES = "/v1/models/parcel-class";
  private static final List<String> RECORDS = TestPackages.records(300);

  @TempDir static Path directory;
  private static TestPackages packages;
  private static RunningServer serving;

  private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    packages = new TestPackages(directory.resolve("store"));
    serving = RunningServer.start(packages);
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
  void answersHoldTheBitsOfTheSharedModel() throws Exception {
    ScoringModel model = model(TestPackages.BINARY);
    float[] score = new float[1];
    float[] margin = new float[1];
    for (String record : RECORDS) {
      model.engine().score(slots(model, record), 1, margin, score);
      Answer answer = client.post(BINARY + "/score?margin=true", record);

      assertThat(answer.status()).isEqualTo(200);
      Map<String, Object> body = JsonTree.object(answer.body());
      assertThat(body.keySet())
          .containsExactly("model", "model_version", "version", "score", "label", "margin");
      assertThat(body.get("model")).isEqualTo("parcel-late");
      assertThat(body.get("model_version")).isEqualTo("parcel-late/1");
      assertThat(body.get("version")).isEqualTo("parcel-late/1");
      assertSameBits(body.get("score"), score[0]);
      assertSameBits(body.get("margin"), margin[0]);
      assertThat(body.get("label")).isEqualTo(score[0] > 0.25f ? "late" : "on_time");
    }
  }

  @Test
  void classesAnswerWithOneScoreEach() throws Exception {
    ScoringModel model = model(TestPackages.CLASSES);
    float[] scores = new float[3];
    for (String record : RECORDS.subList(0, 50)) {
      model.engine().score(slots(model, record), 1, null, scores);
      Object body = JsonTree.parse(client.post(CLASSES + "/score", record).body());

      assertSameBits(JsonTree.at(body, "scores/small"), scores[0]);
      assertSameBits(JsonTree.at(body, "scores/medium"), scores[1]);
      assertSameBits(JsonTree.at(body, "scores/large"), scores[2]);
      assertThat(JsonTree.at(body, "label")).isEqualTo(model.outputs().label(scores, 0).get());
    }
  }

  @Test
  void classIndexHasOneScoreAndAMarginPerClass() throws Exception {
    Answer answer = client.post("/v1/models/parcel-class-index/score?margin=true", RECORDS.get(0));
    Map<String, Object> body = JsonTree.object(answer.body());

    assertThat(body.get("score")).isIn("0.0", "1.0", "2.0");
    assertThat((Map<?, ?>) body.get("margins")).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {BINARY, CLASSES})
  void batchGivesTheAnswersOfSingleRecordsInOrder(String model) throws Exception {
    String batch = "[" + String.join(",\n", RECORDS) + "]";
    Object body = JsonTree.parse(client.post(model + "/score-batch?margin=true", batch).body());

    assertThat(JsonTree.at(body, "scored")).isEqualTo("300");
    assertThat(JsonTree.at(body, "refused")).isEqualTo("0");
    List<?> results = (List<?>) JsonTree.at(body, "results");
    assertThat(results).hasSize(300);
    for (int row = 0; row < 300; row++) {
      Map<String, Object> single =
          JsonTree.object(client.post(model + "/score?margin=true", RECORDS.get(row)).body());
      single.keySet().removeAll(List.of("model", "model_version", "version"));
      assertThat(results.get(row)).as("row %s", row).isEqualTo(single);
    }
  }

  @Test
  void badRowsOfABatchDoNotKeepTheOthersFromBeingScored() throws Exception {
    String batch = "[%s,{\"weight\":\"x\"},7,%s]".formatted(RECORDS.get(0), RECORDS.get(1));
    Answer answer = client.post(BINARY + "/score-batch", batch);
    Object body = JsonTree.parse(answer.body());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(JsonTree.at(body, "scored")).isEqualTo("2");
    assertThat(JsonTree.at(body, "refused")).isEqualTo("2");
    assertThat(JsonTree.at(body, "results/1/errors/0/pointer")).isEqualTo("/1/weight");
    assertThat(JsonTree.at(body, "results/1/errors/0/code")).isEqualTo("wrong_type");
    assertThat(JsonTree.at(body, "results/2/errors/0/pointer")).isEqualTo("/2");
    assertThat(JsonTree.at(body, "results/2/errors/0/code")).isEqualTo("malformed_record");
    assertThat(JsonTree.at(body, "results/3/score")).isNotNull();
  }

  @Test
  void fiveFaultsAreFiveEntriesOfOneAnswer() throws Exception {
    Answer answer =
        client.post(
            BINARY + "/score",
            """
            {"distance": 6000, "weight": null, "express": "yes", "zone": 11, "departre": "2024-01-01"}
            """);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.headers().get("content-type")).startsWith("application/problem+json");
    Object body = JsonTree.parse(answer.body());
    assertThat(JsonTree.at(body, "type")).isEqualTo("urn:paritree:problem:invalid_record");
    assertThat(JsonTree.at(body, "status")).isEqualTo("400");
    List<?> errors = (List<?>) JsonTree.at(body, "errors");
    assertThat(errors)
        .hasSize(5)
        .extracting(error -> JsonTree.at(error, "pointer") + " " + JsonTree.at(error, "code"))
        .containsExactlyInAnyOrder(
            "/distance out_of_range",
            "/weight missing_value",
            "/express wrong_type",
            "/zone unseen_category",
            "/departre unknown_field");
    assertThat(errors)
        .allSatisfy(
            error ->
                assertThat(((Map<?, ?>) error).keySet().stream().map(String::valueOf))
                    .contains("pointer", "field", "code", "got", "expected"));
    assertThat(answer.body()).contains("did you mean 'departure'?");
  }

  @Test
  void pointersAreEscaped() throws Exception {
    String body = client.post(BINARY + "/score", "{\"weight\":1,\"a/b~c\\\"\":1}").body();

    assertThat(JsonTree.at(JsonTree.parse(body), "errors/0/pointer")).isEqualTo("/a~1b~0c\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                           | malformed_body",
        "{                            | malformed_body",
        "{}}                          | malformed_body",
        "{} {}                        | malformed_body",
        "{\"weight\":01}              | malformed_body",
        "{\"weight\":NaN}             | malformed_body",
        "{\"weight\":Infinity}        | malformed_body",
        "{\"weight\":+1}              | malformed_body",
        "{'weight':1}                 | malformed_body",
        "{\"weight\":1,}              | malformed_body",
        "{\"weight\":1e400}           | not_finite",
        "{\"weight\":1e39}            | not_finite",
        "{\"weight\":1,\"weight\":1}  | duplicate_field",
        "{\"weight\":\"1\"}           | wrong_type",
        "{\"weight\":[1]}             | wrong_type",
        "{\"weight\":{\"a\":{}}}      | wrong_type",
        "{\"weight\":1,\"carrier\":\"\\ud800\"} | wrong_type",
        "[]                           | malformed_record",
        "null                         | malformed_record",
        "7                            | malformed_record",
        "\"text\"                     | malformed_record",
        "{}                           | missing_value",
      })
  void bodiesThatAreNoRecordAreRefusedWithACode(String body, String code) throws Exception {
    Answer answer = client.post(BINARY + "/score", body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains(code);
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws Exception {
    byte[][] bodies = {
      {(byte) 0xef, (byte) 0xbb, (byte) 0xbf, '{', '}'},
      {'{', '"', (byte) 0xff, '"', ':', '1', '}'},
      {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'},
      {(byte) 0xfe, (byte) 0xff, 0, '{', 0, '}'},
      {0, 0, 0, '{'},
      new byte[1_000],
      ("[".repeat(100_000)).getBytes(StandardCharsets.US_ASCII),
      ("{\"a\":".repeat(10_000)).getBytes(StandardCharsets.US_ASCII),
    };
    for (byte[] body : bodies) {
      Answer answer = client.post(BINARY + "/score", body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("urn:paritree:problem:malformed_body");
      assertThat(answer.body().length()).isLessThan(1_000);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "margn=true, the parameter 'margn' is not known",
    "margin=true&x, the parameter 'x' is not known",
    "margin=yes, the value of parameter 'margin'",
    "margin=true&margin=true, the value of parameter 'margin'"
  })
  void whatIsWrongWithAQueryIsReported(String query, String reported) throws Exception {
    Answer answer = client.post("/v1/models/parcel-late/score?" + query, RECORDS.get(0));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains(reported, "expected only margin=true or margin=false");
  }

  @Test
  void managementPortSaysWhatItHasWhereItHasNothing() throws Exception {
    try (Client operator = new Client(serving.managementPort())) {
      for (String path : List.of("/", "/v1/models", "/admin/reload")) {
        Answer answer = operator.get(path);
        assertThat(answer.status()).as(path).isEqualTo(404);
        assertThat(answer.body()).contains("/metrics, /health/live and /health/ready");
        assertThat(answer.body()).doesNotContain("GET /v1/models", "/openapi.json");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /v1/models/absent/score                     | 404 | unknown_model",
        "POST | /v1/models/parcel-late@other/score          | 404 | unknown_model",
        "POST | /v1/models/parcel-late/versions/2/score     | 404 | unknown_model",
        "POST | /v1/models/parcel-late/versions/x/score     | 404 | unknown_model",
        "GET  | /v1/models/%2e%2e                           | 400 | bad_request",
        "GET  | /v1/models/absent                           | 404 | unknown_model",
        "GET  | /v1/models/parcel-late/score                | 405 | method_not_allowed",
        "GET  | /v1/secret-path                             | 404 | not_found",
        "POST | /v1/models/parcel-late/score?margin=perhaps | 400 | bad_parameter",
        "POST | /v1/models/parcel-late/score?explain=1      | 400 | bad_parameter",
      })
  void wrongAddressesAreProblemsThatEchoNothing(String method, String path, int status, String code)
      throws Exception {
    Answer answer =
        client.send(
            method,
            path,
            RECORDS.get(0).getBytes(StandardCharsets.UTF_8),
            "Content-Type: application/json\r\n");

    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body())
        .contains("urn:paritree:problem:" + code)
        .doesNotContain("absent", "secret-path", "perhaps", directory.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        BINARY + "/score",
        BINARY + "@champion/score",
        BINARY + "/versions/1/score",
      })
  void oneModelHasSeveralAddresses(String path) throws Exception {
    assertThat(client.post(path, RECORDS.get(0)).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json                  | 200",
        "application/json; charset=utf-8   | 200",
        "Application/JSON;charset=\"UTF-8\"  | 200",
        "application/json; charset=latin1  | 415",
        "application/json; charset=nonsense-9 | 415",
        "text/plain                        | 415",
        "application/x-www-form-urlencoded | 415",
        "multipart/form-data; boundary=x   | 415",
      })
  void onlyJsonInUtf8IsRead(String type, int status) throws Exception {
    byte[] record = RECORDS.get(0).getBytes(StandardCharsets.UTF_8);
    Answer answer =
        client.send("POST", BINARY + "/score", record, "Content-Type: " + type + "\r\n");

    assertThat(answer.status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "*/*                                      | 200",
        "application/json                         | 200",
        "text/html, APPLICATION/JSON;charset=utf-8| 200",
        "text/html, application/*;q=.2            | 200",
        "text/html, */*; q=0.1                    | 200",
        "application/problem+json                 | 200",
        "text/html, image/png;q=0.9               | 406",
        "application/json;q=0                     | 406",
        "text/html, application/json;q=0.0, a/b   | 406",
        "text/html, */*;q=0                       | 406",
        "text/html;a=\"x, application/json\"       | 406",
      })
  void callerThatAcceptsNoJsonGets406(String accept, int status) throws Exception {
    byte[] record = RECORDS.get(0).getBytes(StandardCharsets.UTF_8);
    String headers = "Content-Type: application/json\r\nAccept: %s\r\n".formatted(accept);

    assertThat(client.send("POST", BINARY + "/score", record, headers).status()).isEqualTo(status);
  }

  @Test
  void cardListsInputsAndOutputs() throws Exception {
    Object card = JsonTree.parse(client.get(BINARY).body());

    assertThat(JsonTree.at(card, "model_version")).isEqualTo("parcel-late/1");
    assertThat(JsonTree.at(card, "sealed")).isEqualTo(true);
    assertThat(JsonTree.at(card, "compared_with_trainer")).isEqualTo(false);
    assertThat(JsonTree.at(card, "digest").toString()).hasSize(64);
    assertThat(JsonTree.at(card, "state")).isEqualTo("in service");
    assertThat(JsonTree.at(card, "features/0/name")).isEqualTo("distance");
    assertThat(JsonTree.at(card, "features/0/max")).isEqualTo("5000");
    assertThat((List<?>) JsonTree.at(card, "features")).hasSize(7);
    assertThat(JsonTree.at(card, "features/5/column")).isEqualTo("departure");
    assertThat(JsonTree.at(card, "outputs/classes/1")).isEqualTo("late");
    assertThat(JsonTree.at(card, "provenance/trained_on")).isEqualTo("random parcels");

    Object list = JsonTree.parse(client.get("/v1/models").body());
    assertThat((List<?>) JsonTree.at(list, "models")).hasSize(4);
  }

  @Test
  void unsealedModelSaysThatNothingVouchesForIt() throws Exception {
    Path file = packages.bareWideModel(5, 3, 3);
    try (RunningServer unsealed = RunningServer.start(List.of(file.toString()), Map.of());
        Client other = new Client(unsealed.port())) {
      Object list = JsonTree.parse(other.get("/v1/models").body());
      String name = (String) JsonTree.at(list, "models/0/name");
      assertThat(JsonTree.at(list, "models/0/sealed")).isEqualTo(false);
      assertThat(JsonTree.at(list, "models/0/model_version").toString()).startsWith("unsealed:");

      Answer answer = other.post("/v1/models/" + name + "/score", "{\"f0\":1}");
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }
  }

  @Test
  void unknownFieldsMayBeIgnored() throws Exception {
    String reference = directory.resolve("store/parcel-late").toString();
    Map<String, String> settings = Map.of("records.unknown-fields", "ignore");
    try (RunningServer lenient = RunningServer.start(List.of(reference), settings);
        Client other = new Client(lenient.port())) {
      String record = "{\"weight\":1,\"note\":{\"deep\":[1]}}";
      assertThat(other.post(BINARY + "/score", record).status()).isEqualTo(200);
    }
  }

  @Test
  void tooManyRowsAreRefused() throws Exception {
    String reference = directory.resolve("store/parcel-late").toString();
    try (RunningServer strict =
            RunningServer.start(List.of(reference), Map.of("limits.rows", "3"));
        Client other = new Client(strict.port())) {
      String three = "[{\"weight\":1},{\"weight\":1},{\"weight\":1}";
      assertThat(other.post(BINARY + "/score-batch", three + "]").status()).isEqualTo(200);
      Answer four = other.post(BINARY + "/score-batch", three + ",{}]");
      assertThat(four.status()).isEqualTo(413);
      assertThat(four.body()).contains("too_many_rows");
    }
  }

  @Test
  void healthAndMetricsAreOnTheManagementPort() throws Exception {
    client.post(BINARY + "/score", RECORDS.get(0));
    client.post(BINARY + "/score", "{}");
    assertThat(client.get("/health/ready").status()).isEqualTo(200);
    assertThat(client.get("/health/live").status()).isEqualTo(200);
    assertThat(client.get("/metrics").status()).isEqualTo(404);
    try (Client management = new Client(serving.managementPort())) {
      assertThat(management.get("/health/ready").body()).contains("\"ready\":true");
      String metrics = management.get("/metrics").body();
      assertThat(metrics)
          .contains(
              "paritree_http_requests_total{route=\"/v1/models/{name}/score\",status=\"200\"}",
              "paritree_http_request_duration_seconds_bucket{route=\"/v1/models/{name}/score\",le=\"5.0E-5\"}",
              "paritree_stage_duration_seconds_bucket{stage=\"score\"",
              "paritree_rows_total{model=\"parcel-late\",result=\"scored\"}",
              "paritree_faults_total{code=\"missing_value\",field=\"weight\",model=\"parcel-late\"}",
              "paritree_model_info{",
              "paritree_ready 1.0",
              "jvm_memory_used_bytes");
    }
  }

  private static ScoringModel model(String name) throws Exception {
    return Opening.open(
        directory.resolve("store").resolve(name).resolve("1").toString(), EngineKind.FOREST);
  }

  private static float[] slots(ScoringModel model, String record) throws Exception {
    float[] slots = new float[model.schema().width()];
    Faults faults = new Faults();
    try (JsonDocument document =
        JsonDocument.of(record.getBytes(StandardCharsets.UTF_8), 1 << 20)) {
      document.next();
      new JsonRecordReader(model.schema(), UnknownFields.REJECT).read(document, slots, 0, faults);
    }

    assertThat(faults.list()).isEmpty();
    return slots;
  }

  private static void assertSameBits(Object written, float expected) {
    float read = (float) Double.parseDouble((String) written);
    assertThat(Float.floatToRawIntBits(read)).isEqualTo(Float.floatToRawIntBits(expected));
  }
}
