package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import io.paritree.xgboost.NativeBooster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every protocol begins the margin of a row with its offset, in the bits of libxgboost. */
class OffsetProtocolsTest {
  private static final int ROWS = 40;
  private static final List<String> FIELDS = List.of("f0", "f1", "log_exposure");

  @TempDir static Path directory;
  @AutoClose private static RunningServer serving;

  /** Row after row f0, f1 and the offset; some of the first two are missing. */
  private static float[] slots;

  private static List<String> margins;
  private static List<String> scores;
  private static float[] contributions;

  @AutoClose private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    TestPackages packages = new TestPackages(directory);
    Path offset = packages.offset();
    serving =
        RunningServer.start(List.of(offset.toString(), packages.offsets().toString()), Map.of());
    Random random = new Random(8);
    slots = new float[ROWS * 3];
    for (int at = 0; at < slots.length; at++) {
      boolean isMissing = at % 3 < 2 && random.nextInt(6) == 0;
      slots[at] = isMissing ? Float.NaN : (float) random.nextGaussian() * (at % 3 < 2 ? 100 : 2);
    }

    ScoringModel model = Opening.open(offset.toString(), EngineKind.XGBOOST);
    float[] ofMargins = new float[ROWS];
    float[] ofScores = new float[ROWS];
    model.engine().score(slots, ROWS, ofMargins, ofScores);
    contributions = new float[ROWS * 3];
    float[] exact = new float[ROWS * 3];
    Opening.open(offset.toString(), EngineKind.FOREST)
        .explainer(ContributionMode.FAST)
        .explain(slots, ROWS, contributions);
    ((NativeBooster) model.engine()).explain(slots, ROWS, exact);
    for (int at = 0; at < exact.length; at++) {
      float most = 1e-5f * Math.max(1, sum(exact, at));
      assertThat(contributions[at]).isCloseTo(exact[at], within(most));
    }

    margins = texts(ofMargins);
    scores = texts(ofScores);
  }

  /** Returns the sum of the absolute contributions of the row of one of them. */
  private static float sum(float[] all, int at) {
    int first = at - at % 3;
    return Math.abs(all[first]) + Math.abs(all[first + 1]) + Math.abs(all[first + 2]);
  }

  private static List<String> texts(float[] values) {
    return IntStream.range(0, values.length).mapToObj(at -> number(values[at])).toList();
  }

  /** Returns the number that JSON has for a float, as far as it is compared. */
  private static String number(float value) {
    return String.valueOf(value);
  }

  private static List<String> floats(Object list) {
    return ((List<?>) list)
        .stream().map(text -> number(Float.parseFloat(text.toString()))).toList();
  }

  private static String cell(int row, int field) {
    float slot = slots[row * 3 + field];
    return Float.isNaN(slot) ? "null" : String.valueOf(slot);
  }

  private static String record(int row) {
    return IntStream.range(0, 3)
        .mapToObj(field -> "\"%s\":%s".formatted(FIELDS.get(field), cell(row, field)))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String all(String before, String between, String after) {
    return IntStream.range(0, ROWS)
        .mapToObj(OffsetProtocolsTest::record)
        .collect(Collectors.joining(between, before, after));
  }

  private Object parsed(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JsonTree.parse(answer.body());
  }

  @Test
  void oneRecordHasTheMarginOfItsOffsetAndReasonsThatAddUpToIt() throws Exception {
    for (int row = 0; row < ROWS; row++) {
      Object answer =
          parsed(client.post("/v1/models/exposed/score?margin=true&reasons=1", record(row)));

      assertThat(floats(List.of(JsonTree.at(answer, "margin")))).containsExactly(margins.get(row));
      assertThat(floats(List.of(JsonTree.at(answer, "score")))).containsExactly(scores.get(row));
      float base = Float.parseFloat(JsonTree.at(answer, "reasons/base").toString());
      float rest = Float.parseFloat(JsonTree.at(answer, "reasons/rest").toString());
      assertThat(base).isEqualTo(contributions[row * 3 + 2]);
      List<?> fields = (List<?>) JsonTree.at(answer, "reasons/fields");
      double sum = base + rest;
      for (Object field : fields) {
        assertThat(JsonTree.at(field, "field")).isNotEqualTo("log_exposure");
        sum += Double.parseDouble(JsonTree.at(field, "contribution").toString());
      }

      assertThat(sum).isCloseTo(Double.parseDouble(margins.get(row)), within(1e-4));
    }
  }

  @Test
  void batchesHaveTheSameScores() throws Exception {
    String csv =
        "log_exposure,f1,f0\n"
            + IntStream.range(0, ROWS)
                .mapToObj(
                    row ->
                        "%s,%s,%s\n"
                            .formatted(cell(row, 2), cell(row, 1), cell(row, 0))
                            .replace("null", ""))
                .collect(Collectors.joining());
    Object array = parsed(client.post("/v1/models/exposed/score-batch", all("[", ",", "]")));
    Object lines = batch(all("", "\n", "\n"), "application/x-ndjson");
    Object ofCsv = batch(csv, "text/csv");

    for (Object answer : List.of(array, lines, ofCsv)) {
      List<Object> found = new ArrayList<>();
      ((List<?>) JsonTree.at(answer, "results")).forEach(r -> found.add(JsonTree.at(r, "score")));
      assertThat(floats(found)).isEqualTo(scores);
    }
  }

  private Object batch(String body, String type) throws Exception {
    Answer answer =
        client.send(
            "POST",
            "/v1/models/exposed/score-batch",
            body.getBytes(StandardCharsets.UTF_8),
            "Content-Type: %s\r\nAccept: application/json\r\n".formatted(type));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    String json = answer.body();
    return type.equals("text/csv") || json.startsWith("{\"results\"") || !json.contains("}\n{")
        ? JsonTree.parse(json)
        : JsonTree.parse("{\"results\":[" + json.strip().replace("}\n{", "},{") + "]}");
  }

  @Test
  void tensorsHaveTheSameScoresInAMatrixByFieldAndAsBytes() throws Exception {
    String outputs =
        "\"outputs\":[{\"name\":\"score\"},{\"name\":\"margin\"},"
            + "{\"name\":\"contributions\"}]";
    String matrix =
        "{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[%s,3],\"data\":[%s]}"
            .formatted(
                ROWS,
                IntStream.range(0, ROWS * 3)
                    .mapToObj(at -> cell(at / 3, at % 3))
                    .collect(Collectors.joining(",")));
    String fields =
        IntStream.range(0, 3)
            .mapToObj(
                field ->
                    "{\"name\":\"%s\",\"datatype\":\"FP64\",\"shape\":[%s],\"data\":[%s]}"
                        .formatted(
                            FIELDS.get(field),
                            ROWS,
                            IntStream.range(0, ROWS)
                                .mapToObj(row -> cell(row, field))
                                .collect(Collectors.joining(","))))
            .collect(Collectors.joining(","));
    for (String inputs : List.of(matrix, fields)) {
      Object answer =
          parsed(
              client.post(
                  "/v2/models/exposed/infer", "{\"inputs\":[%s],%s}".formatted(inputs, outputs)));
      assertThat(floats(JsonTree.at(answer, "outputs/0/data"))).isEqualTo(scores);
      assertThat(floats(JsonTree.at(answer, "outputs/1/data"))).isEqualTo(margins);
      assertThat(JsonTree.at(answer, "outputs/2/shape")).isEqualTo(List.of("" + ROWS, "3"));
      assertThat(floats(JsonTree.at(answer, "outputs/2/data"))).isEqualTo(texts(contributions));
    }

    String head =
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[%s,3],\"parameters\":{\"binary_data_size\":%s}}]}"
            .formatted(ROWS, ROWS * 12);
    ByteBuffer body =
        ByteBuffer.allocate(head.length() + ROWS * 12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(head.getBytes(StandardCharsets.UTF_8));
    body.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(slots);
    Object answer =
        parsed(
            client.send(
                "POST",
                "/v2/models/exposed/infer",
                body.array(),
                "Content-Type: application/octet-stream\r\nInference-Header-Content-Length: %s\r\n"
                    .formatted(head.length())));
    assertThat(floats(JsonTree.at(answer, "outputs/0/data"))).isEqualTo(scores);
  }

  @Test
  void mlflowsProtocolHasTheSameScoresAndNeedsTheColumn() throws Exception {
    Object answer =
        parsed(
            client.post(
                "/invocations", "{\"dataframe_records\":%s}".formatted(all("[", ",", "]"))));
    assertThat(floats(JsonTree.at(answer, "predictions"))).isEqualTo(scores);

    Answer refused = client.post("/invocations", "{\"dataframe_records\":[{\"f0\":1,\"f1\":2}]}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body()).contains("missing inputs ['log_exposure']");
  }

  @Test
  void aMissingOrInfiniteOffsetIsAFaultOfTheRecord() throws Exception {
    for (String given : List.of("", ",\"log_exposure\":null", ",\"log_exposure\":-99")) {
      Answer answer = client.post("/v1/models/exposed/score", "{\"f0\":1" + given + "}");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("\"/log_exposure\"", "\"missing_value\"");
    }

    Answer infinite = client.post("/v1/models/exposed/score", "{\"f0\":1,\"log_exposure\":1e39}");
    assertThat(infinite.body()).contains("\"/log_exposure\"", "\"not_finite\"");
    assertThat(
            client.post("/v2/models/exposed/infer", "{\"inputs\":[" + tensor("f0") + "]}").body())
        .contains("missing_value");
  }

  private static String tensor(String name) {
    return "{\"name\":\"%s\",\"datatype\":\"FP64\",\"shape\":[1],\"data\":[1]}".formatted(name);
  }

  @Test
  void severalOutputsHaveOffsetsOfTheirOwnAndOneWithADefaultMayBeMissing() throws Exception {
    ScoringModel model = Opening.open(directory.resolve("priors/1").toString(), EngineKind.XGBOOST);
    float[] expected = new float[3];
    model.engine().score(new float[] {0.5f, 1.5f, -1, 2, Float.NaN}, 1, expected, null);
    String record = "{\"f0\":0.5,\"f1\":1.5,\"prior_0\":-1,\"second prior\":2%s}";

    for (String given : List.of("", ",\"prior_2\":null", ",\"prior_2\":0.25")) {
      Object answer =
          parsed(client.post("/v1/models/priors/score?margin=true", record.formatted(given)));
      Map<?, ?> found = (Map<?, ?>) JsonTree.at(answer, "margins");
      assertThat(floats(new ArrayList<>(found.values())))
          .isEqualTo(texts(Arrays.copyOf(expected, 3)));
    }
  }

  @Test
  void cardMetadataAndContractHaveTheOffset() throws Exception {
    Object card = parsed(client.get("/v1/models/exposed"));
    assertThat(JsonTree.at(card, "offsets/fields")).isEqualTo(List.of("log_exposure"));
    assertThat(JsonTree.at(card, "offsets/meaning").toString()).contains("base margin");
    assertThat(JsonTree.at(card, "features/2/role")).isEqualTo("offset");
    assertThat(client.get("/v2/models/exposed").body())
        .contains("{\"name\":\"log_exposure\",\"datatype\":\"FP64\",\"shape\":[-1]}");
    String contract = client.get("/openapi.json").body().toLowerCase(Locale.ROOT);
    assertThat(contract)
        .contains("with which the margin begins in place of the model's base")
        .contains("\"required\":[\"log_exposure\"]")
        .contains("0.25 if it is missing");
  }
}
