package io.paritree.serving.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.serving.BodyMutations;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.LoggedErrors;
import io.paritree.serving.Parcels;
import io.paritree.serving.RunningServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MLflow's forms give the scores of the native endpoint, and its errors have MLflow's form. */
class InvocationsTest {
  @TempDir static Path directory;
  private static RunningServer serving;
  private static Parcels parcels;

  private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    serving = RunningServer.start(new TestPackages(directory));
    parcels = Parcels.scored(serving.port());
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @AfterEach
  void hangUp() throws Exception {
    client.close();
  }

  private static List<String> bodies() {
    List<Integer> shuffled = Parcels.order();
    Collections.shuffle(shuffled, new Random(3));
    String records = "[" + String.join(",", TestPackages.records(Parcels.ROWS)) + "]";
    String lists = Parcels.rows(row -> Parcels.row(row, Parcels.order()));
    String split = Parcels.rows(row -> Parcels.row(row, shuffled));
    String columns =
        Parcels.order().stream()
            .map(
                at ->
                    "\""
                        + TestRecords.COLUMNS.get(at)
                        + "\":"
                        + Parcels.rows(row -> Parcels.value(row, at)))
            .collect(Collectors.joining(","));
    return List.of(
        "{\"dataframe_records\":" + records + "}",
        "{\"instances\":" + records + "}",
        "{\"inputs\":" + records + "}",
        "{\"instances\":" + lists + ",\"params\":{}}",
        "{\"instances\":" + lists + ",\"params\":null}",
        "{\"inputs\":" + lists + "}",
        "{\"instances\":null,\"inputs\":" + lists + ",\"dataframe_split\":null}",
        "{\"inputs\":{" + columns + "}}",
        "{\"inputs\":{" + columns + ",\"extra\":" + Parcels.rows(row -> "1") + "}}",
        "{\"dataframe_split\":{\"columns\":"
            + Parcels.columnNames(shuffled)
            + ",\"data\":"
            + split
            + "}}",
        "{\"dataframe_split\":{\"data\":"
            + split
            + ",\"index\":[0],\"columns\":"
            + Parcels.columnNames(shuffled)
            + "}}",
        "{\"dataframe_split\":{\"data\":" + lists + "}}");
  }

  @Test
  void everyFormOfMlflowGivesTheScoresOfTheNativeEndpoint() throws Exception {
    for (String body : bodies()) {
      Answer answer = client.post("/invocations", body);

      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(JsonTree.at(JsonTree.parse(answer.body()), "predictions"))
          .isEqualTo(parcels.scores());
    }
  }

  /** As {@code json.dumps} writes {@code DataFrame.to_dict(orient="split")}. */
  @Test
  void frameOfMlflowsClientHasItsMissingValuesAsNaN() throws Exception {
    String split =
        Parcels.rows(row -> Parcels.row(row, Parcels.order()))
            .replace("null]", "\"NaT\"]")
            .replace("null", "NaN");
    assertThat(split).contains("NaN", "NaT");
    String body =
        "{\"dataframe_split\": {\"index\": [0], \"columns\": %s, \"data\": %s}}"
            .formatted(Parcels.columnNames(Parcels.order()), split);

    Answer answer = client.post("/invocations", body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(JsonTree.at(JsonTree.parse(answer.body()), "predictions"))
        .isEqualTo(parcels.scores());
    assertThat(client.post("/v1/models/parcel-late/score", "{\"weight\":NaN}").status())
        .isEqualTo(400);
    assertThat(client.post("/v1/models/parcel-late/score-batch", "[{\"weight\":NaN}]").status())
        .isEqualTo(400);
  }

  @Test
  void infinityAndMissingRequiredValuesAreFaults() throws Exception {
    String body = "{\"inputs\":[{\"weight\":%s},{\"weight\":NaN}]}";
    Answer answer = client.post("/invocations", body.formatted("-Infinity"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat((List<?>) JsonTree.at(JsonTree.parse(answer.body()), "errors"))
        .extracting(fault -> JsonTree.at(fault, "pointer") + " " + JsonTree.at(fault, "code"))
        .contains("/inputs/0/weight not_finite", "/inputs/1/weight missing_value");
  }

  @Test
  void inputsMayBeOneFlatRecord() throws Exception {
    for (int row = 0; row < 20; row++) {
      int index = row;
      String record =
          Parcels.order().stream()
              .map(
                  at ->
                      "\"%s\":%s".formatted(TestRecords.COLUMNS.get(at), Parcels.value(index, at)))
              .collect(Collectors.joining(",", "{", ",\"extra\":[1]}"));
      Answer answer = client.post("/invocations", "{\"inputs\":" + record + "}");

      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(JsonTree.at(JsonTree.parse(answer.body()), "predictions"))
          .isEqualTo(List.of(parcels.scores().get(row)));
    }

    Answer wrong = client.post("/invocations", "{\"inputs\":{\"weight\":[1],\"zone\":1}}");
    assertThat(wrong.status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/csv", "application/csv", "text/csv; charset=utf-8"})
  void csvGivesTheScoresOfTheNativeEndpoint(String type) throws Exception {
    StringBuilder csv = new StringBuilder("extra," + TestRecords.csvHeader() + "\n");
    for (int row = 0; row < Parcels.ROWS; row++) {
      csv.append("x,").append(TestRecords.csvLine(row)).append('\n');
    }

    Answer answer =
        client.send(
            "POST",
            "/invocations",
            csv.toString().getBytes(StandardCharsets.UTF_8),
            "Content-Type: " + type + "\r\n");

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(JsonTree.at(JsonTree.parse(answer.body()), "predictions"))
        .isEqualTo(parcels.scores());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]                                                | exactly one",
        "{}                                                | it has none",
        "{\"instances\":[],\"inputs\":[]}                  | it has more",
        "{\"dataframe_records\":{}}                        | must be a list of records",
        "{\"dataframe_split\":{\"columns\":[]}}            | must have 'data' field",
        "{\"dataframe_split\":{\"data\":[],\"x\":1}}       | must have 'data' field",
        "{\"dataframe_split\":{\"columns\":[\"a\",\"a\"],\"data\":[]}} | each once",
        "{\"instances\":7}                                 | must be a list",
        "{\"inputs\":{\"weight\":[7],\"distance\":7}}       | must be a list",
        "{\"inputs\":{\"weight\":[1],\"distance\":[1,2]}}  | are not the same",
        "{\"inputs\":{\"weight\":[1],\"other\":[1,2]}}  | are not the same",
        "{\"inputs\":{\"other\":[1],\"weight\":[1],\"other\":[1]}}  | occurs twice",
        "{\"instances\":[[1]]}                             | has values for only 1 of the 6 columns",
        "{\"instances\":[[1,2,3,4,5,6,7]]}                 | more values than the 6 columns",
        "{\"instances\":[{}],\"params\":{\"predict_method\":\"guess\"}} | predict_method",
        "{\"instances\":[{}],\"signature_name\":\"x\"}     | is currently not supported",
        "{\"instances\":[                                  | Cannot read the JSON document",
        "{\"dataframe_split\":{\"data\":[],\"data\":[]}}    | must have 'data' field",
        "{\"instances\":[{}],\"params\":{},\"params\":{}}   | must occur only once",
        "{\"instances\":[{}],\"params\":7}                | must be an object",
      })
  void mlflowErrorsHaveMlflowsForm(String body, String message) throws Exception {
    Answer answer = client.post("/invocations", body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    Map<String, Object> error = JsonTree.object(answer.body());
    assertThat(error.keySet()).containsExactly("error_code", "message");
    assertThat(error.get("error_code")).isEqualTo("BAD_REQUEST");
    assertThat(error.get("message").toString()).contains(message).doesNotContain(": Cannot ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,a\\n1,2 | Cannot read the body: its header names 'a' twice, expected each column once",
        "a,\"b\\n1,2 | Cannot read the body from line 1 on: ",
        "'' | Cannot read the body: its first line is empty, expected the names of the columns",
      })
  void aHeaderThatCannotBeReadIsNamedOnce(String csv, String message) throws Exception {
    byte[] body = csv.replace("\\n", "\n").getBytes(StandardCharsets.UTF_8);

    Answer answer = client.send("POST", "/invocations", body, "Content-Type: text/csv\r\n");

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(JsonTree.object(answer.body()).get("message").toString()).startsWith(message);
  }

  @Test
  void faultsOfAllRowsComeWithTheirPlaces() throws Exception {
    String nulls = "[null,null,null]";
    String others =
        ",'distance':%s,'express':%s,'carrier':%s,'departure':%s}}".replace("%s", nulls);
    String body = "{'inputs':{'weight':[1,null,'x'],'zone':[10,11,20]" + others;
    Answer answer = client.post("/invocations", body.replace('\'', '"'));

    assertThat(answer.status()).isEqualTo(400);
    Object error = JsonTree.parse(answer.body());
    assertThat(JsonTree.at(error, "error_code")).isEqualTo("INVALID_PARAMETER_VALUE");
    assertThat((List<?>) JsonTree.at(error, "errors"))
        .extracting(fault -> JsonTree.at(fault, "pointer") + " " + JsonTree.at(fault, "code"))
        .containsExactly(
            "/inputs/weight/1 missing_value",
            "/inputs/weight/2 wrong_type",
            "/inputs/zone/1 unseen_category");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json; charset=utf-8; version=1", "text/csv; header=present",
        "application/json; charset=latin1", "application/json-seq"
      })
  void mlflowKnowsNoParameterButUtf8(String type) throws Exception {
    byte[] body = "{\"instances\":[]}".getBytes(StandardCharsets.UTF_8);
    Answer answer = client.send("POST", "/invocations", body, "Content-Type: " + type + "\r\n");

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.headers().get("content-type")).startsWith("text/plain");
  }

  @Test
  void mlflowsOtherEndpointsAnswer() throws Exception {
    assertThat(client.get("/ping").body()).isEqualTo("\n");
    assertThat(client.get("/health").body()).isEqualTo("\n");
    assertThat(client.get("/version").status()).isEqualTo(200);
    Answer wrong = client.send("POST", "/invocations", new byte[0], "Content-Type: image/png\r\n");
    assertThat(wrong.status()).isEqualTo(415);
    assertThat(wrong.headers().get("content-type")).startsWith("text/plain");
  }

  @Test
  void mutatedBodiesAreAnswered() throws Exception {
    long seed = Seed.next();
    BodyMutations bodies = new BodyMutations(new Random(seed), bodies());
    try (LoggedErrors errors = new LoggedErrors()) {
      for (int request = 0; request < 1_500; request++) {
        Answer answer = client.post("/invocations", bodies.next());
        assertThat(answer.status()).as("request %s of seed %s", request, seed).isIn(200, 400, 413);
      }

      assertThat(errors.lines()).isEmpty();
    }
  }
}
