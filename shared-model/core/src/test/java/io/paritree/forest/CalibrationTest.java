package io.paritree.forest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Seed;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Calibrations have the bits of scikit-learn, in every engine, and leave margins as they are. */
class CalibrationTest {
  private static final Calibration.Isotonic ISOTONIC =
      new Calibration.Isotonic(new float[] {0.1f, 0.4f, 0.9f}, new float[] {0, 0.25f, 1});

  /** Returns the lines that {@code forest/calibration.py} has written, word by word. */
  private static List<String[]> lines() throws Exception {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                CalibrationTest.class.getResourceAsStream("/forest/calibration.txt"),
                StandardCharsets.UTF_8))) {
      return reader.lines().map(line -> line.split(" ")).toList();
    }
  }

  private static float[] floats(String[] line) {
    float[] floats = new float[line.length - 1];
    for (int at = 0; at < floats.length; at++) {
      floats[at] = Float.intBitsToFloat(Integer.parseUnsignedInt(line[at + 1], 16));
    }

    return floats;
  }

  @Test
  void allBitsAreThoseOfScikitLearn() throws Exception {
    Iterator<String[]> lines = lines().iterator();
    int tried = 0;
    while (lines.hasNext()) {
      String[] first = lines.next();
      Calibration calibration =
          first[0].equals("sigmoid")
              ? new Calibration.Sigmoid(Double.parseDouble(first[1]), Double.parseDouble(first[2]))
              : new Calibration.Isotonic(floats(first), floats(lines.next()));
      float[] scores = floats(lines.next());
      calibration.apply(scores, 0, scores.length);
      Bits.assertBits(calibration.toString(), scores, floats(lines.next()));
      tried++;
    }

    assertThat(tried).isEqualTo(8);
  }

  @Test
  void onlyTheScoresOfTheGivenRangeAreReplaced() {
    float[] scores = {0.4f, 0.4f, 0.9f, 0.4f};
    ISOTONIC.apply(scores, 1, 2);

    assertThat(scores).containsExactly(0.4f, 0.25f, 1f, 0.4f);
  }

  @Test
  void roundingTakesAProbabilityNotAbove1AsInPredictProba() {
    Calibration raw =
        new Calibration.Isotonic(
            new float[] {0.15435363f, 0.51030326f}, new float[] {0.14400287f, 1f});
    float[] predicted = {0.6f};
    float[] probability = {0.6f};
    raw.apply(predicted, 0, 1);
    raw.ofProbabilities().apply(probability, 0, 1);

    assertThat(predicted).containsExactly(Math.nextUp(1f)); // as IsotonicRegression predicts
    assertThat(probability).containsExactly(1f); // as CalibratedClassifierCV does
    assertThat(raw).isNotEqualTo(raw.ofProbabilities());
  }

  @Test
  void aScoreThatIsNotANumberStaysSo() {
    float[] scores = {Float.NaN, Float.NaN};
    ISOTONIC.apply(scores, 0, 1);
    new Calibration.Sigmoid(-2, 1).apply(scores, 1, 1);

    assertThat(scores).containsExactly(Float.NaN, Float.NaN);
  }

  @Test
  void pointsThatAreNoFunctionAreRefused() {
    float[][][] wrong = {
      {{}, {}},
      {{0, 1}, {0}},
      {{0, 0}, {0, 1}},
      {{1, 0}, {0, 1}},
      {{0, 1}, {0.5f, 0.4f}},
      {{0, Float.NaN}, {0, 1}},
      {{0, Float.MIN_VALUE}, {0, 1}},
    };
    for (float[][] points : wrong) {
      assertThatThrownBy(() -> new Calibration.Isotonic(points[0], points[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected");
    }
  }

  @Test
  void theFastEngineEqualsTheSpecificationAndMarginsAreTheModels() {
    long seed = Seed.next();
    RandomForests random = new RandomForests(seed);
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.transform = Transform.LOGISTIC;
    Forest model = random.forest(shape);
    Random numbers = new Random(seed);
    for (Calibration calibration : List.of(ISOTONIC, new Calibration.Sigmoid(-3, 1))) {
      Forest forest = model.withCalibration(calibration);
      for (int rows : new int[] {1, 7, 64, 700}) {
        float[] slots = new float[rows * shape.width];
        for (int at = 0; at < slots.length; at++) {
          slots[at] = (float) numbers.nextGaussian();
        }

        Bits.assertScores("seed " + seed, forest.fast(), forest, slots);
        float[] margins = new float[rows];
        float[] scores = new float[rows];
        float[] expected = new float[rows];
        float[] expectedMargins = new float[rows];
        forest.score(slots, rows, margins, scores);
        model.score(slots, rows, expectedMargins, expected);
        calibration.apply(expected, 0, rows);
        Bits.assertBits("margins", margins, expectedMargins);
        Bits.assertBits("scores", scores, expected);
      }
    }
  }

  @Test
  void offsetsAndCalibrationGoTogether() {
    Forest forest =
        Forest.linear(1, new float[1], new float[] {1, 0}, Transform.IDENTITY)
            .withCalibration(ISOTONIC)
            .withOffsets(new float[] {0});
    float[] scores = new float[1];
    forest.score(new float[] {0.1f, 0.3f}, 1, null, scores);

    assertThat(scores).containsExactly(0.25f);
  }

  @Test
  void severalMarginsAreNotCalibrated() {
    Forest forest = Forest.linear(1, new float[2], new float[4], Transform.IDENTITY);

    assertThat(forest.withCalibration(Calibration.NONE).outputs()).isEqualTo(2);
    assertThatThrownBy(() -> forest.withCalibration(ISOTONIC))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot calibrate scores: a row has 2 margins, expected one");
  }
}
