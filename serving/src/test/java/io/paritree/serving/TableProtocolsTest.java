package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TableRecords;
import io.paritree.model.TableRecords.Values;
import io.paritree.model.TestPackages;
import io.paritree.model.golden.JsonRecord;
import io.paritree.serving.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every protocol gives tables and steps the scores of libxgboost, and speaks of their columns. */
class TableProtocolsTest {
  private static final int ROWS = 60;
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @TempDir static Path directory;
  @AutoClose private static RunningServer serving;

  private static final List<Values> RECORDS = new ArrayList<>();
  private static List<String> scores;

  @AutoClose private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    System.out.println("seed " + SEED);
    Path tables = new TestPackages(directory).tables();
    serving = RunningServer.start(List.of(tables.toString()), Map.of());
    ScoringModel model = Opening.open(tables.toString(), EngineKind.XGBOOST);
    Random random = new Random(SEED);
    float[] slots = new float[ROWS * 8];
    for (int row = 0; row < ROWS; row++) {
      RECORDS.add(TableRecords.any(random));
      byte[] json = RECORDS.get(row).json().getBytes(StandardCharsets.UTF_8);
      JsonRecord.encode(model.schema(), json, slots, row * 8);
    }

    float[] all = new float[ROWS];
    model.engine().score(slots, ROWS, new float[ROWS], all);
    scores = IntStream.range(0, ROWS).mapToObj(row -> String.valueOf(all[row])).toList();
  }

  private static List<String> floats(List<?> list) {
    return list.stream().map(one -> String.valueOf(Float.parseFloat(one.toString()))).toList();
  }

  private Object parsed(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JsonTree.parse(answer.body());
  }

  private static String array() {
    return RECORDS.stream().map(Values::json).collect(Collectors.joining(",", "[", "]"));
  }

  @Test
  void recordsBatchesAndLinesOfCsvHaveTheSameScores() throws Exception {
    for (int row = 0; row < ROWS; row++) {
      Object answer = parsed(client.post("/v1/models/tables/score", RECORDS.get(row).json()));
      assertThat(floats(List.of(JsonTree.at(answer, "score"))))
          .as("row %s, seed %s", row, SEED)
          .containsExactly(scores.get(row));
    }

    String csv =
        "purpose,income,opened,branch,loan\n"
            + RECORDS.stream().map(Values::csv).collect(Collectors.joining("\n"));
    Answer ofCsv =
        client.send(
            "POST",
            "/v1/models/tables/score-batch",
            csv.getBytes(StandardCharsets.UTF_8),
            "Content-Type: text/csv\r\nAccept: application/json\r\n");
    for (Answer answer : List.of(client.post("/v1/models/tables/score-batch", array()), ofCsv)) {
      List<Object> found = new ArrayList<>();
      ((List<?>) JsonTree.at(parsed(answer), "results"))
          .forEach(result -> found.add(JsonTree.at(result, "score")));
      assertThat(floats(found)).as("seed %s", SEED).isEqualTo(scores);
    }
  }

  @Test
  void anAbsentFieldIsMissing() throws Exception {
    Object absent = parsed(client.post("/v1/models/tables/score", "{}"));
    Object ofNulls =
        parsed(
            client.post(
                "/v1/models/tables/score", new Values(null, null, null, null, null).json()));

    assertThat(JsonTree.at(absent, "score")).isEqualTo(JsonTree.at(ofNulls, "score"));
  }

  private static String tensor(String name, String datatype, Function<Values, String> value) {
    return "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[%s],\"data\":[%s]}"
        .formatted(
            name, datatype, ROWS, RECORDS.stream().map(value).collect(Collectors.joining(",")));
  }

  private static String quoted(String text) {
    return text == null ? "null" : "\"" + text + "\"";
  }

  @Test
  void tensorsHaveTheSameScores() throws Exception {
    String inputs =
        String.join(
            ",",
            tensor("purpose", "BYTES", record -> quoted(record.purpose())),
            tensor("income", "FP64", record -> String.valueOf(record.income())),
            tensor("opened", "BYTES", record -> quoted(record.opened())),
            tensor("branch", "INT64", record -> String.valueOf(record.branch())),
            tensor("loan", "FP32", record -> String.valueOf(record.loan())));
    Object answer =
        parsed(
            client.post(
                "/v2/models/tables/infer",
                "{\"inputs\":[%s],\"outputs\":[{\"name\":\"score\"}]}".formatted(inputs)));
    assertThat(floats((List<?>) JsonTree.at(answer, "outputs/0/data"))).isEqualTo(scores);
    assertThat(client.get("/v2/models/tables").body())
        .contains(
            "{\"name\":\"purpose\",\"datatype\":\"BYTES\",\"shape\":[-1]}",
            "{\"name\":\"income\",\"datatype\":\"FP64\",\"shape\":[-1]}",
            "{\"name\":\"branch\",\"datatype\":\"INT64\",\"shape\":[-1]}");
  }

  @Test
  void mlflowsProtocolHasTheSameScores() throws Exception {
    Object answer =
        parsed(client.post("/invocations", "{\"dataframe_records\":%s}".formatted(array())));
    assertThat(floats((List<?>) JsonTree.at(answer, "predictions"))).isEqualTo(scores);
  }

  @Test
  void aColumnIsOneReason() throws Exception {
    Object answer = parsed(client.post("/v1/models/tables/score?reasons=5", RECORDS.get(0).json()));
    List<?> fields = (List<?>) JsonTree.at(answer, "reasons/fields");

    assertThat(fields).isNotEmpty();
    assertThat(fields.stream().map(field -> JsonTree.at(field, "field")).toList())
        .doesNotHaveDuplicates()
        .isSubsetOf("purpose", "income", "opened", "branch", "loan");
  }

  @Test
  void theContractAndTheDocumentSpeakOfColumns() throws Exception {
    Answer answer = client.get("/v1/models/tables/contract");
    Object contract = parsed(answer);
    assertThat(JsonTree.at(contract, "fields/0/name")).isEqualTo("purpose");
    assertThat(JsonTree.at(contract, "fields/0/categories"))
        .isEqualTo(List.of("car", "tv", "boat"));
    assertThat(JsonTree.at(contract, "fields/1/type")).isEqualTo("number");
    assertThat(JsonTree.at(contract, "fields/2/type")).isEqualTo("timestamp");

    assertThat(client.get("/openapi.json").body()).contains("\"enum\":[10,20,30,null]");
    String example = answer.body().replaceFirst("(?s).*\"example\":(\\{[^}]*\\}).*", "$1");
    assertThat(client.post("/v1/models/tables/score", example).status()).isEqualTo(200);
  }

  @Test
  void aSweepOverStepsHasTheScoreOfEachStep() throws Exception {
    String record = "{\"purpose\":\"car\",\"income\":5,\"branch\":10}";
    Object answer =
        parsed(
            client.post(
                "/v1/models/tables/sweep",
                "{\"field\":\"income\",\"record\":%s}".formatted(record)));
    List<?> points = (List<?>) JsonTree.at(answer, "points");
    assertThat(points).hasSize(3);
    for (Object point : points) {
      String changed = record.replace("5", JsonTree.at(point, "value").toString());
      Object scored = parsed(client.post("/v1/models/tables/score", changed));
      assertThat(JsonTree.at(point, "score")).isEqualTo(JsonTree.at(scored, "score"));
    }

    Object listed =
        parsed(
            client.post(
                "/v1/models/tables/sweep",
                "{\"field\":\"purpose\",\"record\":%s}".formatted(record)));
    assertThat(((List<?>) JsonTree.at(listed, "points"))).hasSize(3);
  }
}
