package io.paritree.model.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.forest.Calibration;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A calibration is read as it is written, and refused with its place. */
class CalibrationFormTest {
  private static final String SIGMOID =
      "{\"method\":\"sigmoid\",\"in\":\"double\",\"a\":-5.852727404254345,\"b\":3}";
  private static final String ISOTONIC =
      "{\"method\":\"isotonic\",\"in\":\"float\",\"x\":[0.00681708,0.1,0.9],\"y\":[0,0.25,1]}";

  private static String manifest(int format, String outputs) {
    return """
        {"format": %s, "name": "m", "version": 1, "model": "model.ubj",
         "rounds": {"end": 1, "why": "all"}, "features": [{"name": "n", "type": "number"}],
         "outputs": {%s},
         "provenance": {"sealed_at": "2026-01-31T12:00:00Z", "golden_rows": "rows"}}"""
        .formatted(format, outputs);
  }

  private static Manifest parse(String manifest) throws CorruptModelException {
    return ManifestParser.fromJson("paritree.json", manifest.getBytes(StandardCharsets.UTF_8));
  }

  private static Outputs bind(String outputs, String objective, int margins) throws Exception {
    Manifest manifest = parse(manifest(4, outputs));
    return manifest.schema().outputs().bind("paritree.json", objective, margins, margins);
  }

  @ParameterizedTest
  @ValueSource(strings = {SIGMOID, ISOTONIC})
  void whatIsWrittenIsReadAgainAndNeedsFormat4(String json) throws Exception {
    String outputs = "\"threshold\": 0.25, \"calibration\": " + json;
    byte[] written = ManifestWriter.toJson(parse(manifest(4, outputs)));

    assertThat(new String(written, StandardCharsets.UTF_8))
        .contains("\"format\": 4")
        .contains("\"calibration\": " + json);
    assertThat(ManifestWriter.toJson(ManifestParser.fromJson("again", written))).isEqualTo(written);
    assertThatThrownBy(() -> parse(manifest(3, outputs)))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("paritree.json at /format: got 3, expected 4, because it has")
        .hasMessageContaining("'calibration'");
  }

  @Test
  void withoutACalibrationNothingOfAManifestChanges() throws Exception {
    Manifest manifest = parse(manifest(1, "\"threshold\": 0.25"));

    assertThat(manifest.format()).isEqualTo(1);
    assertThat(manifest.schema().outputs().calibration()).isEqualTo(Calibration.NONE);
    assertThat(new String(ManifestWriter.toJson(manifest), StandardCharsets.UTF_8))
        .doesNotContain("calibration");
  }

  @Test
  void everyFloatOfAPointIsKept() throws Exception {
    String outputs = "\"calibration\": " + ISOTONIC.replace("0.1,", "0.10000000149011612,");
    Calibration calibration = parse(manifest(4, outputs)).schema().outputs().calibration();

    assertThat(calibration)
        .isEqualTo(bind("\"calibration\": " + ISOTONIC, "reg:logistic", 1).calibration());
    assertThat(((Calibration.Isotonic) calibration).x()[1]).isEqualTo(0.1f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"method\": \"platt\", \"in\": \"double\" | /outputs/calibration/method | expected 'sigmoid' or 'isotonic'",
        "\"method\": \"sigmoid\" | /outputs/calibration | without [in]",
        "\"method\": \"sigmoid\", \"in\": \"float\", \"a\": 1, \"b\": 1 | /outputs/calibration/in | expected 'double', in which the method 'sigmoid' computes, but got 'float'",
        "\"method\": \"isotonic\", \"in\": \"double\", \"x\": [1], \"y\": [1] | /outputs/calibration/in | expected 'float'",
        "\"method\": \"sigmoid\", \"in\": \"double\", \"a\": 1 | /outputs/calibration | 'a' and 'b'",
        "\"method\": \"sigmoid\", \"in\": \"double\", \"a\": 1, \"b\": 1, \"x\": [] | /outputs/calibration | nothing else",
        "\"method\": \"sigmoid\", \"in\": \"double\", \"a\": 1e999, \"b\": 1 | /outputs/calibration/a | within the range of a double",
        "\"method\": \"isotonic\", \"in\": \"float\", \"x\": [1] | /outputs/calibration | 'x' and 'y'",
        "\"method\": \"isotonic\", \"in\": \"float\", \"x\": [1], \"y\": [1], \"b\": 1 | /outputs/calibration | nothing else",
        "\"method\": \"isotonic\", \"in\": \"float\", \"x\": [1, 2], \"y\": [1] | /outputs/calibration | got 2 values of x and 1 of y",
        "\"method\": \"isotonic\", \"in\": \"float\", \"x\": [], \"y\": [] | /outputs/calibration | at least one",
        "\"method\": \"isotonic\", \"in\": \"float\", \"x\": [1, 1.00000001], \"y\": [0, 1] | /outputs/calibration | expected a greater x",
        "\"method\": \"isotonic\", \"in\": \"float\", \"x\": [1, 2], \"y\": [1, 0] | /outputs/calibration | a y that is not less",
        "\"method\": \"isotonic\", \"in\": \"float\", \"x\": [1e39], \"y\": [1] | /outputs/calibration/x/0 | finite as a float",
        "\"method\": \"isotonic\", \"in\": \"float\", \"points\": [] | /outputs/calibration/points | unknown key 'points'",
      })
  void whatIsWrongIsRefusedWithItsPlace(String members, String place, String expected) {
    assertThatThrownBy(() -> parse(manifest(4, "\"calibration\": {%s}".formatted(members))))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageStartingWith("Cannot read paritree.json at " + place)
        .hasMessageContaining(expected);
  }

  @Test
  void tenThousandPointsAreTheMost() throws Exception {
    String points =
        IntStream.range(0, 10_000).mapToObj(String::valueOf).collect(Collectors.joining(","));
    String isotonic =
        "\"calibration\": {\"method\":\"isotonic\",\"in\":\"float\",\"x\":[%s],\"y\":[%s]}";

    assertThat(bind(isotonic.formatted(points, points), "reg:squarederror", 1).calibration())
        .hasToString("isotonic, 10000 points from (0.0, 0.0) to (9999.0, 9999.0)");
    assertThatThrownBy(() -> parse(manifest(4, isotonic.formatted(points + ",10000", points))))
        .hasMessageContaining("/outputs/calibration/x/10000: more than 10000 points");
  }

  @ParameterizedTest
  @CsvSource({
    "binary:logistic, 1, true",
    "binary:hinge, 1, true",
    "reg:squarederror, 1, true",
    "count:poisson, 1, true",
    "binary:logistic, 2, false",
    "reg:quantileerror, 3, false",
    "multi:softprob, 3, false",
    "multi:softmax, 3, false",
    "rank:ndcg, 1, false",
  })
  void onlyBinaryModelsAndRegressorsOfOneOutputAreCalibrated(
      String objective, int margins, boolean isAccepted) throws Exception {
    String outputs = "\"calibration\": " + SIGMOID;
    if (isAccepted) {
      assertThat(bind(outputs, objective, margins).calibration())
          .isEqualTo(new Calibration.Sigmoid(-5.852727404254345, 3));
      return;
    }

    assertThatThrownBy(() -> bind(outputs, objective, margins))
        .isInstanceOf(CorruptModelException.class)
        .hasMessage(
            "Cannot read paritree.json at /outputs/calibration: the objective %s with %s outputs cannot be calibrated, expected a binary model or a regressor with one output",
            objective, margins);
  }

  @Test
  void theProbabilitiesOfABinaryModelAreFrom0To1() throws Exception {
    String outputs = "\"calibration\": " + ISOTONIC.replace("0.25,1]", "0.25,1.5]");

    assertThat(bind(outputs, "reg:squarederror", 1).calibration()).isNotNull();
    assertThatThrownBy(() -> bind(outputs, "binary:logistic", 1))
        .isInstanceOf(CorruptModelException.class)
        .hasMessage(
            "Cannot read paritree.json at /outputs/calibration/y: got values from 0.0 to 1.5, expected values from 0 to 1, because the model is binary");
  }
}
