package io.paritree.serving.openinference;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Open Inference Protocol's tensors give the scores of the native endpoint. */
class InferenceTest {
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

  private static String tensor(int column, String datatype, String shape) {
    return "{\"data\":%s,\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":%s}"
        .formatted(
            Parcels.rows(row -> Parcels.value(row, column)),
            TestRecords.COLUMNS.get(column),
            datatype,
            shape);
  }

  private static String inference(String shape) {
    return """
    {"inputs":[%s,%s,%s,%s,%s,%s],"id":"a\\"1","parameters":{"content_type":"pd"}}"""
        .formatted(
            tensor(0, "FP64", shape),
            tensor(1, "FP32", shape),
            tensor(2, "BOOL", shape),
            tensor(3, "BYTES", shape),
            tensor(4, "INT32", shape),
            tensor(5, "BYTES", shape));
  }

  @Test
  void contributionsAreAnsweredOnlyIfTheyAreRequested() throws Exception {
    for (String name : List.of("parcel-late", "parcel-class")) {
      String address = "/v2/models/" + name + "/infer";
      String inference = inference("[60]");
      String plain = client.post(address, inference).body();
      assertThat(plain).doesNotContain("contributions");
      String wanted = ",\"outputs\":[{\"name\":\"contributions\"},{\"name\":\"margin\"}],\"id\"";
      Object answer =
          JsonTree.parse(client.post(address, inference.replace(",\"id\"", wanted)).body());

      int outputs = name.equals("parcel-late") ? 1 : 3;
      int perRow = outputs * (TestRecords.FEATURE_NAMES.length + 1);
      assertThat(JsonTree.at(answer, "outputs/0/shape")).isEqualTo(List.of("60", "" + perRow));
      List<?> data = (List<?>) JsonTree.at(answer, "outputs/0/data");
      List<?> margins = (List<?>) JsonTree.at(answer, "outputs/1/data");
      assertThat(data).hasSize(60 * perRow);
      for (int margin = 0; margin < margins.size(); margin++) {
        int each = perRow / outputs;
        double sum =
            data.subList(margin * each, (margin + 1) * each).stream()
                .mapToDouble(value -> Double.parseDouble(value.toString()))
                .sum();
        assertThat(sum)
            .isCloseTo(
                Double.parseDouble(margins.get(margin).toString()),
                org.assertj.core.data.Offset.offset(1e-5));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[60]", "[60,1]"})
  void oneTensorPerFieldGivesTheScoresOfTheNativeEndpoint(String shape) throws Exception {
    Answer answer = client.post("/v2/models/parcel-late/infer", inference(shape));

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    Object body = JsonTree.parse(answer.body());
    assertThat(JsonTree.at(body, "model_name")).isEqualTo("parcel-late");
    assertThat(JsonTree.at(body, "model_version")).isEqualTo("1");
    assertThat(JsonTree.at(body, "id")).isEqualTo("a\"1");
    assertThat(JsonTree.at(body, "outputs/0/name")).isEqualTo("score");
    assertThat(JsonTree.at(body, "outputs/0/shape")).isEqualTo(List.of("60"));
    assertThat(JsonTree.at(body, "outputs/0/data")).isEqualTo(parcels.scores());
    assertThat(JsonTree.at(body, "outputs/1/data")).isEqualTo(parcels.margins());
    assertThat(JsonTree.at(body, "outputs/2/data")).isEqualTo(parcels.labels());
  }

  @ParameterizedTest
  @ValueSource(strings = {"flat", "nested"})
  void oneMatrixGivesTheScoresOfTheNativeEndpoint(String form) throws Exception {
    Random random = new Random(5);
    List<String> values = new ArrayList<>();
    StringBuilder data = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int row = 0; row < 20; row++) {
      List<String> cells = new ArrayList<>();
      StringBuilder record = new StringBuilder("{");
      for (int column = 0; column < 28; column++) {
        String value = random.nextInt(9) == 0 ? "null" : String.valueOf(random.nextGaussian() * 90);
        cells.add(value);
        record.append(column == 0 ? "" : ",").append("\"f" + column + "\":" + value);
      }

      expected.add(
          (String)
              JsonTree.object(client.post("/v1/models/wide/score", record + "}").body())
                  .get("score"));
      values.addAll(cells);
      data.append(row == 0 ? "" : ",").append("[").append(String.join(",", cells)).append("]");
    }

    String body =
        "{\"inputs\":[{\"name\":\"input-0\",\"shape\":[20,28],\"datatype\":\"FP64\",\"data\":["
            + (form.equals("flat") ? String.join(",", values) : data)
            + "]}],\"outputs\":[{\"name\":\"score\"}]}";
    Answer answer = client.post("/v2/models/wide/versions/1/infer", body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(JsonTree.at(JsonTree.parse(answer.body()), "outputs/0/data")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]                                    | an object with 'inputs'",
        "{}                                    | at least one tensor",
        "{\"inputs\":[]}                       | at least one tensor",
        "{\"inputs\":[{}]}                     | name, shape, datatype and data",
        "{\"inputs\":[7]}                      | a list of at most",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[1],\"datatype\":\"BF16\",\"data\":[1]}]} | datatype",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[-1],\"datatype\":\"FP32\",\"data\":[1]}]} | shape",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[2],\"datatype\":\"FP32\",\"data\":[1]}]} | as its shape says",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1,2]}]} | as its shape says",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,7],\"datatype\":\"FP32\",\"data\":[1]}]} | is not a number",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,3],\"datatype\":\"FP32\",\"data\":[1]}]} | [rows, 7]",
        "{\"id\":7,\"inputs\":[]}              | id",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[2,1],\"datatype\":\"FP32\",\"data\":[[1],2]}]} | as its shape says",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[2,1],\"datatype\":\"FP32\",\"data\":[[1,2],[]]}]} | as its shape says",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[2],\"datatype\":\"FP32\",\"data\":[[[1]],[2]]}]} | as its shape says",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[2],\"datatype\":\"FP32\",\"data\":[1,2],\"data\":[3,4]}]} | expected it only once",
        "{\"id\":\"a\",\"id\":\"b\"} | expected it only once",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[1],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":4}}]} | Inference-Header-Content-Length",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[2],\"datatype\":\"BYTES\",\"data\":[\"QQ==\",\"QQ==\"],\"parameters\":{\"content_type\":\"base64\"}}]} | base64 is not decoded",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}],\"outputs\":[{\"name\":\"y\"}]} | names from",
      })
  void inferenceErrorsHaveTheProtocolsForm(String body, String message) throws Exception {
    Answer answer = client.post("/v2/models/parcel-late/infer", body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    Map<String, Object> error = JsonTree.object(answer.body());
    assertThat(error.keySet()).containsExactly("error");
    assertThat(error.get("error").toString()).contains(message).doesNotContain(": Cannot ");
  }

  @Test
  void inferenceFaultsComeWithTheirPlaces() throws Exception {
    String body =
        """
        {"inputs":[{"name":"weight","shape":[3],"datatype":"FP32","data":[1,"2",null]},
                   {"name":"zone","shape":[3],"datatype":"INT64","data":[10,10.5,11]}]}""";
    Answer answer = client.post("/v2/models/parcel-late/infer", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat((List<?>) JsonTree.at(JsonTree.parse(answer.body()), "errors"))
        .extracting(fault -> JsonTree.at(fault, "pointer") + " " + JsonTree.at(fault, "code"))
        .containsExactly(
            "/inputs/0/data/1 wrong_type",
            "/inputs/0/data/2 missing_value",
            "/inputs/1/data/1 wrong_type",
            "/inputs/1/data/2 unseen_category");
  }

  @ParameterizedTest
  @ValueSource(strings = {"score", "reasons"})
  void textThatIsTooLongIsAFault(String output) throws Exception {
    String body =
        """
        {"inputs":[{"name":"carrier","shape":[1],"datatype":"BYTES","data":["%s"]},
                   {"name":"weight","shape":[1],"datatype":"FP32","data":[1]}],
         "outputs":[{"name":"%s"}]}"""
            .formatted("x".repeat(70_000), output);
    Answer answer = client.post("/v2/models/parcel-late/infer", body);

    assertThat(answer.status()).isEqualTo(400);
    Object error = JsonTree.parse(answer.body());
    assertThat(JsonTree.at(error, "errors/0/pointer")).isEqualTo("/inputs/0/data/0");
    assertThat(JsonTree.at(error, "errors/0/code")).isEqualTo("too_long");
  }

  /** Only weight is required. */
  @Test
  void fieldThatNoTensorHasIsOneFaultWithItsName() throws Exception {
    String body =
        """
        {"inputs":[{"name":"distance","shape":[2],"datatype":"FP32","data":[1,2]}]}""";
    Answer answer = client.post("/v2/models/parcel-late/infer", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body())
        .endsWith(
            "\"errors\":[{\"pointer\":\"/inputs/weight\",\"field\":\"weight\","
                + "\"code\":\"missing_value\",\"got\":\"no value\",\"expected\":\"a value\"}]}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BOOL | [1, 2] | 1",
        "UINT8 | [255, 256] | 1",
        "UINT8 | [-1, 0] | 0",
        "INT8 | [-128, -129] | 1",
        "INT16 | [32767, 32768] | 1",
        "UINT16 | [65536, 0] | 0",
        "INT32 | [2147483648, 1] | 0",
        "UINT32 | [4294967295, 4294967296] | 1",
        "INT64 | [1e18, 1e19] | 1",
        "UINT64 | [1e19, 1e20] | 1",
        "INT32 | [1, 1.5] | 1",
        "FP32 | [true, 1] | 0",
        "BYTES | [\"1\", 2] | 1",
      })
  void valuesOutsideTheirDatatypeAreFaults(String datatype, String data, int bad) throws Exception {
    String weight = "{\"name\":\"weight\",\"shape\":[2],\"datatype\":\"%s\",\"data\":%s}";
    Answer answer =
        client.post(
            "/v2/models/parcel-late/infer",
            "{\"inputs\":[" + weight.formatted(datatype, data) + "]}");

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body())
        .contains("\"pointer\":\"/inputs/0/data/" + bad + "\"", "a value of type " + datatype);
  }

  @Test
  void bodyOfNoTypeIsJson() throws Exception {
    byte[] body = inference("[60]").getBytes(StandardCharsets.UTF_8);

    assertThat(client.send("POST", "/v2/models/parcel-late/infer", body, "").body())
        .isEqualTo(client.post("/v2/models/parcel-late/infer", body).body());
    assertThat(
            client
                .send("POST", "/v2/models/parcel-late/infer", body, "Content-Type: text/plain\r\n")
                .status())
        .isEqualTo(415);
  }

  @Test
  void nullMeansThatAMemberIsAbsent() throws Exception {
    String body =
        """
        {"id":null,"parameters":null,"outputs":null,
         "inputs":[{"name":"weight","shape":[1],"datatype":"FP64","parameters":null,"data":[1]}]}""";
    Answer answer = client.post("/v2/models/parcel-late/infer", body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(JsonTree.object(answer.body()).keySet()).doesNotContain("id");
    assertThat((List<?>) JsonTree.at(JsonTree.parse(answer.body()), "outputs")).hasSize(3);
  }

  @Test
  void matrixMayBeCalledLikeAFeature() throws Exception {
    String values = "1,".repeat(27) + "1";
    String body =
        "{\"inputs\":[{\"name\":\"f0\",\"shape\":[1,28],\"datatype\":\"FP32\",\"data\":["
            + values
            + "]}]}";

    assertThat(client.post("/v2/models/wide/infer", body).status()).isEqualTo(200);
  }

  @Test
  void inferenceMetadataAndHealthHaveTheProtocolsForm() throws Exception {
    Object server = JsonTree.parse(client.get("/v2").body());
    assertThat(JsonTree.at(server, "name")).isEqualTo("paritree");
    assertThat(JsonTree.at(server, "extensions")).isEqualTo(List.of("binary_tensor_data"));

    Object model = JsonTree.parse(client.get("/v2/models/parcel-class").body());
    assertThat(JsonTree.at(model, "versions")).isEqualTo(List.of("1"));
    assertThat(JsonTree.at(model, "inputs/3/datatype")).isEqualTo("BYTES");
    assertThat(JsonTree.at(model, "outputs/0/shape")).isEqualTo(List.of("-1", "3"));
    assertThat((List<?>) JsonTree.at(model, "inputs")).hasSize(6);

    assertThat(client.get("/v2/models/parcel-late/ready").body())
        .isEqualTo("{\"name\":\"parcel-late\",\"ready\":true}\n");
    assertThat(client.get("/v2/health/ready").body()).contains("\"ready\":true");
    assertThat(client.get("/v2/health/live").body()).contains("\"live\":true");
    assertThat((List<?>) JsonTree.at(JsonTree.parse(client.get("/v2/models").body()), "models"))
        .hasSize(4);
    Answer absent = client.get("/v2/models/absent");
    assertThat(absent.status()).isEqualTo(404);
    assertThat(JsonTree.object(absent.body()).keySet()).containsExactly("error");
  }

  @Test
  void mutatedBodiesAreAnswered() throws Exception {
    long seed = Seed.next();
    BodyMutations bodies =
        new BodyMutations(new Random(seed), List.of(inference("[60]"), inference("[60,1]")));
    try (LoggedErrors errors = new LoggedErrors()) {
      for (int request = 0; request < 1_500; request++) {
        Answer answer = client.post("/v2/models/parcel-late/infer", bodies.next());
        assertThat(answer.status()).as("request %s of seed %s", request, seed).isIn(200, 400, 413);
      }

      assertThat(errors.lines()).isEmpty();
    }
  }
}
