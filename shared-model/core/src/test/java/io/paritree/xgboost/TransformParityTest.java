package io.paritree.xgboost;

import io.paritree.forest.Bits;
import io.paritree.forest.Forest;
import java.util.stream.Stream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The transforms from margins to scores, compared with libxgboost over the whole range of floats.
 * In a model whose weights are all 0, the supplied base margin is the margin.
 *
 * <p>{@code -Dparitree.sweep=1} tests every float; the normal build tests one in {@value #STEP}.
 */
class TransformParityTest {
  private static final int STEP = 4_099;
  private static final int BLOCK = 1 << 16;

  /** Two inputs at which the two forms of expf differ. */
  private static final int[] FUSED = {0x4202422f, 0xc27c65d9};

  static Stream<String> objectives() {
    return Stream.of(
        "binary:logistic", "count:poisson", "survival:aft", "binary:hinge", "reg:gamma");
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void everyMarginHasTheScoreOfLibxgboost(String objective) throws Exception {
    byte[] file =
        HandMade.with(
            "reg:squarederror\",\"reg_loss_param\":{\"scale_pos_weight\":\"1\"}",
            objective + "\"," + parameters(objective),
            "1.25E0,2E0],\"default",
            "0E0,0E0],\"default",
            "10E0,20E0],\"default",
            "0E0,0E0],\"default");
    XgboostModel model = XgboostModel.read(file);
    Booster booster = XGBoost.loadModel(file);
    booster.setParam("nthread", 1);
    int step = Integer.getInteger("paritree.sweep", STEP);

    float[] margins = new float[BLOCK];
    int size = 0;
    for (int bits : FUSED) {
      margins[size++] = Float.intBitsToFloat(bits);
      margins[size++] = -Float.intBitsToFloat(bits);
    }

    for (long bits = 0; bits < 1L << 32; bits += step) {
      float margin = Float.intBitsToFloat((int) bits);
      if (!Float.isNaN(margin)) {
        margins[size++] = margin;
      }

      if (size == BLOCK) {
        compare(objective, model, booster, margins);
        size = 0;
      }
    }

    compare(objective, model, booster, java.util.Arrays.copyOf(margins, size));
    booster.dispose();
  }

  private static String parameters(String objective) {
    return switch (objective) {
      case "count:poisson" -> "\"poisson_regression_param\":{\"max_delta_step\":\"7E-1\"}";
      case "survival:aft" ->
          "\"aft_loss_param\":{\"aft_loss_distribution\":\"normal\","
              + "\"aft_loss_distribution_scale\":\"1\"}";
      default -> "\"reg_loss_param\":{\"scale_pos_weight\":\"1\"}";
    };
  }

  /** All leaves are 0. A linear forest of one slot with weight 1 has the slot as its margin. */
  private static void compare(
      String objective, XgboostModel model, Booster booster, float[] margins) throws Exception {
    int rows = margins.length;
    float[][] reference =
        booster.inplace_predict(
            new float[rows * 2],
            rows,
            2,
            Float.NaN,
            new int[] {0, 0},
            Booster.PredictionType.kValue,
            margins);
    float[] expected = new float[rows];
    for (int row = 0; row < rows; row++) {
      expected[row] = reference[row][0];
    }

    Objective known = Objective.find(model.objective()).orElseThrow();
    Forest identity = Forest.linear(1, new float[] {0f}, new float[] {1f, 0f}, known.transform());
    float[] actual = new float[rows];
    identity.score(margins, rows, null, actual);
    Bits.assertBits(objective, actual, expected);
  }
}
