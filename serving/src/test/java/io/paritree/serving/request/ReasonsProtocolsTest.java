package io.paritree.serving.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A record has the same reasons under MLflow's and the Open Inference Protocol as under our own.
 */
class ReasonsProtocolsTest {
  private static final int ROWS = 300; // more than are explained at a time
  private static final List<String> DATATYPES =
      List.of("FP64", "FP64", "BOOL", "BYTES", "INT64", "BYTES");

  @TempDir static Path directory;
  @AutoClose private static RunningServer serving;

  @AutoClose private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    TestPackages packages = new TestPackages(directory);
    serving =
        RunningServer.start(
            List.of(
                packages.reasons().toString(),
                packages.classes().toString(),
                packages.wide(5, 6, 3).toString()),
            Map.of("limits.rows", "1000"));
  }

  /** Returns the reasons that our own protocol gives, row by row. */
  private List<Object> own(String name, String query) throws Exception {
    List<Object> all = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      Answer answer =
          client.post("/v1/models/%s/score?%s".formatted(name, query), TestRecords.json(row));
      all.add(JsonTree.at(JsonTree.parse(answer.body()), "reasons"));
    }

    return all;
  }

  private Object parsed(String path, String body) throws Exception {
    Answer answer = client.post(path, body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JsonTree.parse(answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dataframe_records", "dataframe_split", "inputs"})
  void mlflowsFormsHaveThem(String form) throws Exception {
    List<Object> expected = own("parcel-reasons", "reasons=3&direction=up");

    Object answer =
        parsed(
            "/invocations",
            "{\"params\":{\"reasons\":3,\"direction\":\"up\"},\"%s\":%s}"
                .formatted(form, data(form)));

    assertThat(JsonTree.at(answer, "reasons")).isEqualTo(expected);
    assertThat((List<?>) JsonTree.at(answer, "predictions")).hasSize(ROWS);
    assertThat(client.post("/invocations", "{\"%s\":%s}".formatted(form, data(form))).body())
        .doesNotContain("reasons");
  }

  private static String data(String form) {
    List<String> rows = new ArrayList<>();
    List<List<String>> columns = new ArrayList<>();
    TestRecords.COLUMNS.forEach(column -> columns.add(new ArrayList<>()));
    List<String> records = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      records.add(TestRecords.json(row));
      List<String> values = values(row);
      rows.add(values.toString());
      for (int column = 0; column < values.size(); column++) {
        columns.get(column).add(values.get(column));
      }
    }

    if (form.equals("dataframe_records")) {
      return records.toString();
    }

    List<String> names = TestRecords.COLUMNS.stream().map(name -> "\"" + name + "\"").toList();
    if (form.equals("dataframe_split")) {
      return "{\"columns\":%s,\"data\":%s}".formatted(names, rows);
    }

    List<String> members = new ArrayList<>();
    for (int column = 0; column < names.size(); column++) {
      members.add(names.get(column) + ":" + columns.get(column));
    }

    return "{" + String.join(",", members) + "}";
  }

  /** Returns the values of a record as JSON. */
  private static List<String> values(int row) {
    List<String> values = new ArrayList<>();
    List<String> cells = TestRecords.cells(row);
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      boolean text = DATATYPES.get(column).equals("BYTES");
      String value = text ? "\"" + cell + "\"" : cell;
      values.add(cell.isEmpty() ? "null" : value);
    }

    return values;
  }

  private static String tensors() {
    List<String> tensors = new ArrayList<>();
    for (int column = 0; column < DATATYPES.size(); column++) {
      List<String> data = new ArrayList<>();
      for (int row = 0; row < ROWS; row++) {
        data.add(values(row).get(column));
      }

      tensors.add(
          "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[%s],\"data\":%s}"
              .formatted(TestRecords.COLUMNS.get(column), DATATYPES.get(column), ROWS, data));
    }

    return "\"inputs\":" + tensors;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "parcel-reasons | reasons=4 | {} | {}",
        "parcel-reasons | reasons=2&direction=down |"
            + " {\"reasons\":2,\"direction\":\"down\"} | {}",
        "parcel-reasons | reasons=2&direction=up |"
            + " {\"direction\":\"up\"} | {\"reasons\":2,\"direction\":\"both\"}",
        "parcel-class | reasons=3&output=medium | {\"output\":\"medium\"} | {\"reasons\":3}",
      })
  void theOpenInferenceProtocolHasThemAsAnOutput(
      String name, String query, String ofOutput, String ofRequest) throws Exception {
    String wanted =
        "{%s,\"parameters\":%s,\"outputs\":[{\"name\":\"score\"},{\"name\":\"reasons\",\"parameters\":%s}]}"
            .formatted(tensors(), ofRequest, ofOutput);

    Object answer = parsed("/v2/models/%s/infer".formatted(name), wanted);

    assertThat(JsonTree.at(answer, "outputs/1/datatype")).isEqualTo("BYTES");
    assertThat(JsonTree.at(answer, "outputs/1/shape")).isEqualTo(List.of("" + ROWS));
    List<Object> reasons = new ArrayList<>();
    for (Object text : (List<?>) JsonTree.at(answer, "outputs/1/data")) {
      reasons.add(JsonTree.parse((String) text));
    }

    assertThat(reasons).isEqualTo(own(name, query));
    assertThat(client.post("/v2/models/%s/infer".formatted(name), "{" + tensors() + "}").body())
        .doesNotContain("\"reasons\"");
  }

  @Test
  void binaryTensorsHaveThemWithTheirValues() throws Exception {
    String head =
        """
        {"inputs":[{"name":"x","datatype":"FP32","shape":[2,5],"parameters":{"binary_data_size":40}}],
         "outputs":[{"name":"reasons","parameters":{"reasons":5,"binary_data":true}}]}""";
    float[] values = {0.1f, -3, 1e10f, 0.5f, Float.NaN, 7.25f, 0, 1, 2, 3};
    ByteBuffer body =
        ByteBuffer.allocate(head.length() + 40).order(ByteOrder.LITTLE_ENDIAN).put(bytes(head));
    for (float value : values) {
      body.putFloat(value);
    }

    Answer answer =
        client.send(
            "POST",
            "/v2/models/wide/infer",
            body.array(),
            "Content-Type: application/octet-stream\r\nInference-Header-Content-Length: %s\r\n"
                .formatted(head.length()));

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    int at = Integer.parseInt(answer.headers().get("inference-header-content-length"));
    ByteBuffer data = ByteBuffer.wrap(answer.content()).order(ByteOrder.LITTLE_ENDIAN).position(at);
    for (int row = 0; row < 2; row++) {
      byte[] text = new byte[data.getInt()];
      data.get(text);
      StringBuilder record = new StringBuilder("{");
      for (int column = 0; column < 5; column++) {
        float value = values[row * 5 + column];
        record.append(column == 0 ? "" : ",").append("\"f%s\":".formatted(column));
        record.append(Float.isNaN(value) ? "null" : Float.toString(value));
      }

      String own = client.post("/v1/models/wide/score?reasons=5", record + "}").body();
      assertThat(own).contains("\"reasons\":" + new String(text, StandardCharsets.UTF_8));
    }

    assertThat(data.hasRemaining()).isFalse();
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"reasons\":0} | 'params.reasons': expected a whole number from 1",
        "{\"reasons\":99} | 'params.reasons': expected a whole number from 1 to 5",
        "{\"reasons\":1.5} | 'params.reasons'",
        "{\"reasons\":[1]} | 'params.reasons'",
        "{\"reasons\":1,\"reasons\":2} | 'params.reasons'",
        "{\"direction\":\"up\"} | The parameter 'params.reasons' is missing: expected reasons=K",
        "{\"reasons\":1,\"direction\":\"left\"} | 'params.direction': expected up, down or both",
        "{\"reasons\":1,\"output\":\"tall\"} | 'params.output': expected one of the model's outputs [0]",
      })
  void whatIsWrongIsRefusedByName(String parameters, String reported) throws Exception {
    Answer mlflow =
        client.post(
            "/invocations",
            "{\"params\":%s,\"dataframe_records\":%s}"
                .formatted(parameters, data("dataframe_records")));
    assertThat(mlflow.status()).isEqualTo(400);
    assertThat(mlflow.body()).contains(reported);

    if (!parameters.startsWith("{\"direction\"")) {
      Answer inference =
          client.post(
              "/v2/models/parcel-reasons/infer",
              "{%s,\"outputs\":[{\"name\":\"reasons\",\"parameters\":%s}]}"
                  .formatted(tensors(), parameters));
      assertThat(inference.status()).isEqualTo(400);
      assertThat(inference.body()).contains(reported.replace("params.", ""));
    }
  }

  @Test
  void aModelOfSeveralValuesIsAskedWithoutAnOutputThatIsMissing() throws Exception {
    Path several = directory.resolve("several.json");
    try (InputStream quantiles =
        getClass().getResourceAsStream("/io/paritree/model/trainer/quantiles-3.0.json")) {
      Files.copy(quantiles, several);
    }

    try (RunningServer server = RunningServer.start(List.of(several.toString()), Map.of());
        Client other = new Client(server.port())) {
      Answer missing = other.post("/v1/models/several/score?reasons=1", "{\"a\":0.5,\"b\":0.5}");
      assertThat(missing.status()).isEqualTo(400);
      assertThat(missing.body())
          .contains("The parameter 'output' is missing: expected one of the model's outputs [0, 1")
          .doesNotContain("Cannot use the value");
      Answer wrong =
          other.post("/v1/models/several/score?reasons=1&output=9", "{\"a\":0.5,\"b\":0.5}");
      assertThat(wrong.body()).contains("Cannot use the value of parameter 'output'");
      Answer right =
          other.post("/v1/models/several/score?reasons=1&output=1", "{\"a\":0.5,\"b\":0.5}");
      assertThat(right.status()).as(right.body()).isEqualTo(200);
    }
  }

  @Test
  void modelsOfFewFieldsHaveAllOfThemWithoutANumber() throws Exception {
    Path few = new TestPackages(directory.resolve("few")).wide(2, 6, 3);
    try (RunningServer server = RunningServer.start(List.of(few.toString()), Map.of());
        Client other = new Client(server.port())) {
      String body =
          other
              .post(
                  "/v2/models/wide/infer",
                  "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]}],"
                      + "\"outputs\":[{\"name\":\"reasons\"}]}")
              .body();

      assertThat(body).contains("{\\\"field\\\":");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"reasons\":2} | {\"name\":\"score\"} | 'reasons'",
        "{\"direction\":\"up\"} | {\"name\":\"contributions\"} | 'direction'",
        "{} | {\"name\":\"contributions\",\"parameters\":{\"output\":\"0\"}} | 'output'",
      })
  void whatChangesNothingIsRefused(String parameters, String output, String reported)
      throws Exception {
    Answer answer =
        client.post(
            "/v2/models/parcel-reasons/infer",
            "{%s,\"parameters\":%s,\"outputs\":[%s]}".formatted(tensors(), parameters, output));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains(reported, "expected the output 'reasons'");
  }

  @Test
  void defaultsThatSomeClientsAlwaysSendAreAccepted() throws Exception {
    String parameters = "{\"direction\": \"both\"}";
    Answer answer =
        client.post(
            "/v2/models/parcel-reasons/infer",
            "{%s,\"parameters\":%s,\"outputs\":[{\"name\":\"score\"}]}"
                .formatted(tensors(), parameters));

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void nanIsNoValue() throws Exception {
    Object answer =
        parsed(
            "/invocations",
            "{\"dataframe_records\":[{\"distance\":NaN,\"weight\":1,\"express\":null,"
                + "\"carrier\":\"AA\",\"zone\":7,\"departure\":\"2024-01-01T00:00:00\"}],"
                + "\"params\":{\"reasons\":5}}");

    assertThat(String.valueOf(JsonTree.at(answer, "reasons/0/fields")))
        .contains("field=distance, value=null")
        .doesNotContain("NaN");
  }

  @Test
  void rowsWithReasonsThatWouldNotFitAreRefused() throws Exception {
    try (RunningServer small =
            RunningServer.start(
                List.of(directory.resolve("parcel-reasons/1").toString()),
                Map.of("limits.body", "100KiB", "limits.rows", "100000"));
        Client other = new Client(small.port())) {
      List<String> rows = new ArrayList<>();
      for (int row = 0; row < 3_000; row++) {
        rows.add("{\"weight\":1}");
      }

      String data = "{\"dataframe_records\":%s,\"params\":{%s}}";
      assertThat(other.post("/invocations", data.formatted(rows, "\"reasons\":1")).status())
          .isEqualTo(413);
    }
  }
}
