package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.serving.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model whose records have codes of categories answers by every protocol in the bits of
 * libxgboost, and a code that no float can hold is a fault of its record alone.
 */
class CategoryCodesTest {
  private static final String MODEL = "/v1/models/codes";
  private static final String RECORD =
      "{\"distance\":3,\"weight\":1.5,\"express\":true,\"carrier\":%s,\"zone\":%s,\"departure\":null}";
  private static final String GOOD = RECORD.formatted("1", "3.0");
  private static final String INFINITE = RECORD.formatted("1e39", "3");
  private static final String FAULT = "not_finite";

  @TempDir static Path directory;
  @AutoClose private static RunningServer serving;
  private static String score;

  @AutoClose private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    String schema =
        TestRecords.SCHEMA
            .formatted("")
            .replaceAll("\"categories\": \\[[^]]*]", "\"categories\": \"codes\"")
            .replaceAll(",\\s*\"unseen\": \"\\w+\"", "");
    Path codes =
        new TestPackages(directory)
            .sealNumbers("codes", 1, TestPackages.parcelModel("binary:logistic", 20), schema);
    serving = RunningServer.start(List.of(codes.toString()), Map.of("profile.mode", "on"));
    ScoringModel model = Opening.open(codes.toString(), EngineKind.XGBOOST);
    float[] scores = new float[1];
    float[] slots = {3, 1.5f, 1, 1, 3, Float.NaN, Float.NaN};
    model.engine().score(slots, 1, new float[1], scores);
    score = String.valueOf(scores[0]);
  }

  private void assertScored(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains(score);
  }

  private void assertRefused(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains(FAULT, "carrier");
  }

  @Test
  void oneRecordIsScoredOrRefused() throws Exception {
    assertScored(client.post(MODEL + "/score", GOOD));
    assertRefused(client.post(MODEL + "/score", INFINITE));
    assertRefused(client.post(MODEL + "/score", RECORD.formatted("-1e39", "3")));
  }

  @Test
  void ofABatchOnlyTheRecordWithTheCodeIsRefused() throws Exception {
    Answer array =
        client.post(MODEL + "/score-batch", "[%s,%s,%s]".formatted(GOOD, INFINITE, GOOD));
    Answer lines = batch(GOOD + "\n" + INFINITE + "\n" + GOOD, "application/x-ndjson");
    Answer csv =
        batch(
            "distance,weight,express,carrier,zone,departure\n"
                + "3,1.5,true,1,3,\n3,1.5,true,1e39,3,\n3,1.5,true,1,3,\n",
            "text/csv");
    for (Answer answer : List.of(array, lines, csv)) {
      assertScored(answer);
      assertThat(answer.body().split(score, -1)).as(answer.body()).hasSize(3);
      assertThat(answer.body().split(FAULT, -1)).as(answer.body()).hasSize(2);
    }
  }

  private Answer batch(String body, String type) throws Exception {
    return client.send(
        "POST",
        MODEL + "/score-batch",
        body.getBytes(StandardCharsets.UTF_8),
        "Content-Type: %s\r\nAccept: application/json\r\n".formatted(type));
  }

  @Test
  void mlflowsProtocolAndTensorsNameTheCode() throws Exception {
    String records = "{\"dataframe_records\":[%s,%s]}";
    assertScored(client.post("/invocations", records.formatted(GOOD, GOOD)));
    assertRefused(client.post("/invocations", records.formatted(GOOD, INFINITE)));
    assertScored(client.post("/v2/models/codes/infer", tensors("1")));
    assertRefused(client.post("/v2/models/codes/infer", tensors("1e39")));
  }

  private static String tensors(String carrier) {
    return "{\"inputs\":[%s,%s,%s,%s,%s]}"
        .formatted(
            tensor("distance", "FP64", "3"),
            tensor("weight", "FP64", "1.5"),
            tensor("express", "BOOL", "true"),
            tensor("carrier", "FP64", carrier),
            tensor("zone", "FP64", "3"));
  }

  private static String tensor(String name, String type, String value) {
    return "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[1],\"data\":[%s]}"
        .formatted(name, type, value);
  }
}
