package io.paritree.serving.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each scored row of each protocol is one line with the nightly job's columns. */
class PredictionLogTest {
  private static final String LATE = "/v1/models/parcel-late";

  @TempDir Path directory;

  private Path log() {
    return directory.resolve("predictions.jsonl");
  }

  private RunningServer serve(String model, Path log) throws Exception {
    return RunningServer.start(
        List.of(directory.resolve(model).toString()),
        Map.of("prediction-log.file", "\"" + log + "\""));
  }

  private List<Map<String, Object>> lines() throws Exception {
    return Files.readAllLines(log()).stream().map(JsonTree::object).toList();
  }

  @Test
  void anOffsetIsAColumnAfterTheFeatures() throws Exception {
    new TestPackages(directory).offset();
    try (RunningServer serving = serve("exposed", log());
        Client client = new Client(serving.port())) {
      client.post("/v1/models/exposed/score", "{\"log_exposure\": -0.5, \"f0\": 1}");
    }

    assertThat(Files.readString(log()))
        .contains("\"f0\":1.0,\"f1\":null,\"log_exposure\":-0.5,\"score\":");
  }

  @Test
  void aScoreThatIsNotFiniteIsTextInTheLogAndNullInTheAnswerOfEachProtocol() throws Exception {
    new TestPackages(directory).counts();
    String record = "{\"f0\":1,\"f1\":0.5,\"log_exposure\":200}";
    String tensors =
        "{\"inputs\":[{\"name\":\"f0\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]},"
            + "{\"name\":\"log_exposure\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[200]}]}";
    Map<String, String> requests =
        Map.of(
            "/v1/models/claims/score",
            record,
            "/v1/models/claims/score-batch",
            "[" + record + "]",
            "/v2/models/claims/infer",
            tensors,
            "/invocations",
            "{\"dataframe_records\":[" + record + "]}");
    try (RunningServer serving = serve("claims", log());
        Client client = new Client(serving.port())) {
      for (Map.Entry<String, String> request : requests.entrySet()) {
        Answer answer = client.post(request.getKey(), request.getValue());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(JsonTree.parse(answer.body()).toString())
            .as(answer.body())
            .containsAnyOf("score=null", "data=[null]", "predictions=[null]");
      }

      assertThat(client.get("/openapi.json").body())
          .contains("\"nullable\":true,\"description\":\"Null if it is not finite\"");
    }

    assertThat(lines()).hasSize(requests.size());
    assertThat(lines()).allSatisfy(line -> assertThat(line).containsEntry("score", "Infinity"));
  }

  @Test
  void lineHoldsWhatTheModelSawAndTheColumnsOfTheNightlyJob() throws Exception {
    new TestPackages(directory).binary();
    Object answer;
    try (RunningServer serving = serve("parcel-late", log());
        Client client = new Client(serving.port())) {
      String record =
          """
          {"weight": 0.1, "express": true, "carrier": "Zürich Post", "zone": 7.0,
           "distance": -999, "departure": "2024-05-05T23:30:00Z"}""";
      Answer scored =
          client.send(
              "POST",
              LATE + "/score?margin=true",
              record.getBytes(StandardCharsets.UTF_8),
              "Content-Type: application/json\r\nX-Request-Id: order-17\r\ntraceparent:"
                  + " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
      answer = JsonTree.parse(scored.body());
      client.post(LATE + "/score", "{\"weight\": \"no number\"}");
    }

    assertThat(lines()).hasSize(1);
    Map<String, Object> line = lines().get(0);
    assertThat(Instant.parse((String) line.remove("scored_at"))).isBefore(Instant.now());
    assertThat(line.keySet())
        .containsExactly(
            "request_id",
            "traceparent",
            "row",
            "distance",
            "weight",
            "express",
            "carrier",
            "zone",
            "hour",
            "day_of_week",
            "score",
            "margin",
            "label",
            "model_version",
            "model_digest");
    assertThat(line)
        .containsEntry("request_id", "order-17")
        .containsEntry("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .containsEntry("row", "0")
        .containsEntry("distance", null)
        .containsEntry("weight", "0.1")
        .containsEntry("express", true)
        .containsEntry("carrier", "Zürich Post")
        .containsEntry("zone", "7")
        .containsEntry("hour", "18")
        .containsEntry("day_of_week", "7")
        .containsEntry("score", JsonTree.at(answer, "score"))
        .containsEntry("margin", JsonTree.at(answer, "margin"))
        .containsEntry("label", JsonTree.at(answer, "label"))
        .containsEntry("model_version", "parcel-late/1");
    assertThat(Files.getPosixFilePermissions(log()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void everyProtocolWritesTheSameLinesForTheSameRows() throws Exception {
    new TestPackages(directory).binary();
    int rows = 300; // more than a block
    List<String> records = TestPackages.records(rows);
    String all = "[" + String.join(",", records) + "]";
    StringBuilder csv = new StringBuilder(TestRecords.csvHeader() + "\n");
    for (int row = 0; row < rows; row++) {
      csv.append(TestRecords.csvLine(row)).append('\n');
    }

    try (RunningServer serving = serve("parcel-late", log());
        Client client = new Client(serving.port())) {
      for (String record : records) {
        client.post(LATE + "/score", record);
      }

      client.post(LATE + "/score-batch", all);
      client.post("/invocations", "{\"dataframe_records\":" + all + "}");
      client.send(
          "POST",
          "/invocations",
          csv.toString().getBytes(StandardCharsets.UTF_8),
          "Content-Type: text/csv\r\n");
      client.post(
          LATE.replace("v1", "v2") + "/infer",
          "{\"inputs\":[{\"name\":\"weight\",\"shape\":[2],\"datatype\":\"FP64\",\"data\":[1,2]}]}");
    }

    List<Map<String, Object>> lines = lines();
    assertThat(lines).hasSize(4 * rows + 2);
    for (int row = 0; row < rows; row++) {
      Map<String, Object> single = lines.get(row);
      for (int protocol = 1; protocol < 4; protocol++) {
        Map<String, Object> other = lines.get(protocol * rows + row);
        assertThat(other.remove("row")).isEqualTo(String.valueOf(row));
        other.remove("scored_at");
        single.remove("scored_at");
        single.remove("row");
        assertThat((String) other.remove("request_id")).matches("[0-9a-f]{32}");
        single.remove("request_id");
        assertThat(other).isEqualTo(single);
      }
    }

    assertThat(lines.get(4 * rows + 1)).containsEntry("row", "1").containsEntry("weight", "2.0");
  }

  @Test
  void refusedRowsOfABatchLeaveTheirPlace() throws Exception {
    new TestPackages(directory).classes();
    try (RunningServer serving = serve("parcel-class", log());
        Client client = new Client(serving.port())) {
      client.post("/v1/models/parcel-class/score-batch", "[{\"weight\":1},{},{\"weight\":2},{},7]");
    }

    assertThat(lines()).extracting(line -> line.get("row")).containsExactly("0", "2");
    assertThat(lines().get(0))
        .containsKeys("score_small", "score_medium", "score_large", "margin_small", "label");
  }

  @Test
  void featureThatIsCalledLikeAColumnKeepsItsPlaceUnderAnotherName() throws Exception {
    Path model = directory.resolve("bare.ubj");
    DMatrix matrix = new DMatrix(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 4, Float.NaN);
    matrix.setLabel(new float[] {0, 1});
    matrix.setFeatureNames(new String[] {"score", "feature_score", "row", "x"});
    XGBoost.train(matrix, Map.of("nthread", 1), 1, Map.of(), null, null)
        .saveModel(model.toString());
    matrix.dispose();
    try (RunningServer serving = serve("bare.ubj", log());
        Client client = new Client(serving.port())) {
      String record = "{\"score\":1,\"feature_score\":2,\"row\":3,\"x\":4}";
      assertThat(client.post("/v1/models/bare/score", record).status()).isEqualTo(200);
    }

    assertThat(lines().get(0))
        .containsEntry("feature_feature_score", "1.0")
        .containsEntry("feature_score", "2.0")
        .containsEntry("feature_row", "3.0")
        .containsEntry("row", "0")
        .containsEntry("x", "4.0");
  }

  @Test
  void fullDiskFailsNoRequestAndAppearsInTheMetrics() throws Exception {
    new TestPackages(directory).binary();
    try (RunningServer serving = serve("parcel-late", Path.of("/dev/full"));
        Client client = new Client(serving.port());
        Client management = new Client(serving.managementPort())) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      String metrics;
      do {
        Answer answer = client.post(LATE + "/score", "{\"weight\":1}");
        assertThat(answer.status()).isEqualTo(200);
        metrics = management.get("/metrics").body();
        assertThat(System.nanoTime()).as(metrics).isLessThan(end);
      } while (!metrics.contains("paritree_prediction_log_failing 1.0")
          || metrics.contains("paritree_prediction_lines_dropped_total 0"));

      assertThat(client.get("/health/ready").status()).isEqualTo(200);
    }
  }
}
