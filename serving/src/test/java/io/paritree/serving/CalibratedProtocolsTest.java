package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.model.CalibratedRows;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every protocol answers with the bits of the trainer's calibrated {@code predict_proba}; margins
 * and reasons are the model's.
 */
class CalibratedProtocolsTest {
  private static final String PATH = "/v1/models/calibrated/";

  @TempDir static Path directory;
  @AutoClose private static RunningServer serving;

  private static List<CalibratedRows.Row> rows;
  private static List<Float> scores;

  @AutoClose private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    Path model = CalibratedRows.seal(new TestPackages(directory));
    serving = RunningServer.start(List.of(model.toString()), Map.of());
    rows = CalibratedRows.all();
    scores = rows.stream().map(CalibratedRows.Row::isotonic).toList();
  }

  private static Object parsed(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JsonTree.parse(answer.body());
  }

  private static float number(Object tree, String path) {
    return Float.parseFloat(JsonTree.at(tree, path).toString());
  }

  private static List<Float> floats(Object list) {
    return ((List<?>) list).stream().map(one -> Float.parseFloat(one.toString())).toList();
  }

  private static String array() {
    return rows.stream().map(CalibratedRows.Row::json).collect(Collectors.joining(",", "[", "]"));
  }

  @Test
  void theScoreIsTheTrainersAndTheMarginIsTheModels() throws Exception {
    for (CalibratedRows.Row row : rows.subList(0, 60)) {
      Object answer = parsed(client.post(PATH + "score?margin=true&reasons=3", row.json()));
      assertThat(number(answer, "score")).as(row.json()).isEqualTo(row.isotonic());
      assertThat(JsonTree.at(answer, "label"))
          .isEqualTo(row.isotonic() > 0.25f ? "late" : "repaid");

      float margin = number(answer, "margin");
      assertThat(1 / (1 + Math.exp(-margin))).isCloseTo(row.model(), within(1e-6));
      double sum = number(answer, "reasons/base") + number(answer, "reasons/rest");
      for (Object field : (List<?>) JsonTree.at(answer, "reasons/fields")) {
        sum += number(field, "contribution");
      }

      assertThat(sum).isCloseTo(margin, within(1e-4));
    }
  }

  @Test
  void batchesTensorsAndMlflowsProtocolHaveTheSameScores() throws Exception {
    List<Object> ofBatch = new ArrayList<>();
    ((List<?>) JsonTree.at(parsed(client.post(PATH + "score-batch", array())), "results"))
        .forEach(result -> ofBatch.add(JsonTree.at(result, "score")));
    String inputs =
        List.of(0, 1, 2).stream()
            .map(CalibratedProtocolsTest::tensor)
            .collect(Collectors.joining(","));
    Object ofTensors =
        parsed(
            client.post(
                "/v2/models/calibrated/infer",
                "{\"inputs\":[%s],\"outputs\":[{\"name\":\"score\"}]}".formatted(inputs)));
    Object ofMlflow =
        parsed(client.post("/invocations", "{\"dataframe_records\":%s}".formatted(array())));

    assertThat(floats(ofBatch)).isEqualTo(scores);
    assertThat(floats(JsonTree.at(ofTensors, "outputs/0/data"))).isEqualTo(scores);
    assertThat(floats(JsonTree.at(ofMlflow, "predictions"))).isEqualTo(scores);
  }

  private static String tensor(int feature) {
    String data =
        rows.stream()
            .map(row -> String.valueOf(row.slot(feature)))
            .collect(Collectors.joining(","));
    return "{\"name\":\"f%s\",\"datatype\":\"FP64\",\"shape\":[%s],\"data\":[%s]}"
        .formatted(feature, rows.size(), data);
  }

  @Test
  void aSweepHasTheCalibratedScoreAtEachPoint() throws Exception {
    Object answer =
        parsed(
            client.post(
                PATH + "sweep", "{\"field\":\"f0\",\"record\":%s}".formatted(rows.get(0).json())));
    List<?> points = (List<?>) JsonTree.at(answer, "points");

    assertThat(points).hasSizeGreaterThan(3);
    for (Object point : points) {
      String record =
          rows.get(0).json().replaceFirst("f0\":[^,]+", "f0\":" + JsonTree.at(point, "value"));
      Object scored = parsed(client.post(PATH + "score", record));
      assertThat(JsonTree.at(point, "score")).isEqualTo(JsonTree.at(scored, "score"));
    }
  }

  @Test
  void theCardAndTheContractNameTheCalibration() throws Exception {
    for (String path : List.of("/v1/models/calibrated", PATH + "contract")) {
      Object answer = parsed(client.get(path));
      assertThat(JsonTree.at(answer, "outputs/calibration/method")).isEqualTo("isotonic");
      assertThat((List<?>) JsonTree.at(answer, "outputs/calibration/x")).hasSizeGreaterThan(10);
    }
  }
}
