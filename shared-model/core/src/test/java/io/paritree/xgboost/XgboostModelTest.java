package io.paritree.xgboost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.Bits;
import io.paritree.forest.Engine;
import io.paritree.forest.Forest;
import io.paritree.forest.Rounds;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from a model document, and what is refused. */
class XgboostModelTest {
  private static final float[] ROWS = {
    0.4f, 1f, 0.5f, 3f, Float.NaN, Float.NaN, 0.6f, 2f, 0.1f, -1f, 0.1f, 3.7f, 0.1f, 4f
  };

  private static float[] margins(Forest forest) {
    float[] margins = new float[ROWS.length / 2 * forest.outputs()];
    forest.score(ROWS, ROWS.length / 2, margins, null);
    return margins;
  }

  @Test
  void handMadeModelIsReadAndScored() throws Exception {
    byte[] file = HandMade.with();
    XgboostModel model = XgboostModel.read(file);

    assertThat(model.width()).isEqualTo(2);
    assertThat(model.featureNames()).contains(List.of("a", "b"));
    assertThat(model.featureTypes()).contains(List.of("float", "c"));
    assertThat(model.categorical(0)).isFalse();
    assertThat(model.categorical(1)).isTrue();
    assertThat(model.categories(1)).isEmpty();
    assertThat(model.attributes()).isEqualTo(Map.of("best_iteration", "1"));
    assertThat(model.objective()).isEqualTo("reg:squarederror");
    assertThat(model.booster()).isEqualTo("gbtree");
    assertThat(model.version()).containsExactly(3, 4, 0);
    assertThat(model.rounds()).isEqualTo(2);
    assertThat(margins(model.forest(Rounds.ALL)))
        .containsExactly(
            0.5f + 1.25f + 20f,
            0.5f + 2f + 20f,
            0.5f + 1.25f + 20f,
            0.5f + 2f + 10f,
            0.5f + 1.25f + 10f,
            0.5f + 1.25f + 20f,
            0.5f + 1.25f + 10f);
    Bits.assertEqual(
        "hand-made", model.forest(Rounds.ALL), NativeBooster.load(file, model, Rounds.ALL), ROWS);
  }

  @Test
  void firstRoundsAreScored() throws Exception {
    XgboostModel model = XgboostModel.read(HandMade.with());

    assertThat(margins(model.forest(new Rounds(1)))[0]).isEqualTo(1.75f);
    assertThatThrownBy(() -> model.forest(new Rounds(3)))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("[0, 3)")
        .hasMessageContaining("it has 2");
  }

  @Test
  void categoriesOfBothKindsAreRead() throws Exception {
    byte[] file =
        HandMade.with(
            "\"enc\":[]",
            "\"enc\":[{\"type\":12,\"values\":[5,-1,7]},"
                + "{\"offsets\":[0,1,3,3,6],\"values\":[97,-61,-92,98,98,98]}]");
    XgboostModel model = XgboostModel.read(file);

    assertThat(model.categories(0))
        .contains(new RecordedCategories.Integers(List.of(5L, 65_535L, 7L)));
    assertThat(model.categories(1))
        .contains(new RecordedCategories.Texts(List.of("a", "\u00e4", "", "bbb")));
    assertThat(model.categorical(0)).isTrue();
  }

  @Test
  void wholeNumbersAboveWhatALongHoldsAreRefusedAndNotReadAsNegativeOnes() {
    for (String values : List.of("[5,-1]", "[-9223372036854775808]")) {
      byte[] file =
          HandMade.with(
              "\"enc\":[]",
              "\"enc\":[{\"type\":16,\"values\":%s},{\"offsets\":[],\"values\":[]}]"
                  .formatted(values));
      assertThatThrownBy(() -> XgboostModel.read(file))
          .isInstanceOf(UnsupportedModelException.class)
          .hasMessageContaining("Cannot use the categories of feature 0")
          .hasMessageContaining("is above 9223372036854775807");
    }

    byte[] unsigned =
        HandMade.with(
            "\"enc\":[]",
            "\"enc\":[{\"type\":16,\"values\":[18446744073709551615]},{\"offsets\":[],\"values\":[]}]");
    assertThatThrownBy(() -> XgboostModel.read(unsigned)).isInstanceOf(ModelException.class);
  }

  @Test
  void emptyCategoriesAreNone() throws Exception {
    XgboostModel model =
        XgboostModel.read(
            HandMade.with(
                "\"enc\":[]",
                "\"enc\":[{\"type\":13,\"values\":[]},{\"offsets\":[0],\"values\":[]}]"));

    assertThat(model.categories(0)).isEmpty();
    assertThat(model.categories(1)).isEmpty();
  }

  @Test
  void anEmptyListOfDartWeightsIsAsNone() throws Exception {
    XgboostModel model =
        XgboostModel.read(HandMade.with("\"tree_info\"", "\"weight_drop\":[],\"tree_info\""));

    assertThat(model.booster()).isEqualTo("gbtree");
  }

  @Test
  void dartIsReadInItsThreeEncodings() throws Exception {
    String weights = "\"weight_drop\":[5E-1,2.5E-1]";
    byte[] inside = HandMade.with("\"tree_info\"", weights + ",\"tree_info\"");
    byte[] beside = HandMade.with("\"name\":\"gbtree\",", "\"name\":\"gbtree\"," + weights + ",");
    String outer =
        new String(HandMade.with(), StandardCharsets.UTF_8)
            .replace(
                "\"gradient_booster\":{",
                "\"gradient_booster\":{\"name\":\"dart\"," + weights + ",\"gbtree\":{")
            .replace("]}}}}", "]}}}}}");
    for (byte[] file : new byte[][] {inside, beside, outer.getBytes(StandardCharsets.UTF_8)}) {
      XgboostModel model = XgboostModel.read(file);

      assertThat(model.booster()).isEqualTo("dart");
      Forest forest = model.forest(Rounds.ALL);
      assertThat(margins(forest)[0]).isEqualTo(0.5f + 0.625f + 5f);
      Bits.assertEqual("dart", forest, NativeBooster.load(file, model, Rounds.ALL), ROWS);
      Bits.assertEqual("dart", forest.fast(), forest, ROWS);
    }
  }

  @Test
  void modelWithoutTreesScoresItsUnchangedBaseScore() throws Exception {
    String model = new String(HandMade.with(), StandardCharsets.UTF_8);
    int begin = model.indexOf("\"trees\":[") + "\"trees\":[".length();
    String empty =
        (model.substring(0, begin) + model.substring(model.lastIndexOf("]}}}}")))
            .replace("\"num_trees\":\"2\"", "\"num_trees\":\"0\"")
            .replace("\"tree_info\":[0,0]", "\"tree_info\":[]")
            .replace("[0,1,2]", "[0]")
            .replace("reg:squarederror", "binary:logistic")
            .replace("[5E-1]", "[2.5E-1]");
    for (String average : new String[] {"1", "0"}) {
      byte[] file =
          empty
              .replace("\"boost_from_average\":\"1\"", "\"boost_from_average\":\"" + average + "\"")
              .getBytes(StandardCharsets.UTF_8);
      XgboostModel read = XgboostModel.read(file);
      Engine reference = NativeBooster.load(file, read, Rounds.ALL);
      Bits.assertScores("no trees", read.forest(Rounds.ALL), reference, ROWS);
      Bits.assertScores("no trees", read.forest(Rounds.ALL).fast(), reference, ROWS);
    }
  }

  @Test
  void roundsOfOldModelsFollowFromTheirTrees() throws Exception {
    byte[] file =
        HandMade.with(
            "\"version\":[3,4,0]",
            "\"version\":[1,7,6]",
            ",\"iteration_indptr\":[0,1,2]",
            "",
            "\"num_parallel_tree\":\"1\"",
            "\"num_parallel_tree\":\"2\"",
            "\"base_score\":\"[5E-1]\"",
            "\"base_score\":\"0.500000\"");

    assertThat(XgboostModel.read(file).rounds()).isEqualTo(1);
  }

  @Test
  void floatsAreTheNearestToTheirText() throws Exception {
    // The double nearest to this number is above it, and halfway between two floats.
    byte[] file =
        HandMade.with(
            "1.25E0,2E0],\"default",
            "1.00000017881393421514957253748434595763683319091796875001,2E0],\"default");
    XgboostModel model = XgboostModel.read(file);

    assertThat(margins(model.forest(new Rounds(1)))[0])
        .isEqualTo(
            0.5f + Float.parseFloat("1.00000017881393421514957253748434595763683319091796875001"));
  }

  @Test
  void rightChildrenNeedNotBeAdjacentButThenLibxgboostIsNoReference() throws Exception {
    byte[] file =
        HandMade.with(
            "\"left_children\":[1,-1,-1],\"right_children\":[2,-1,-1]",
            "\"left_children\":[2,-1,-1],\"right_children\":[1,-1,-1]");
    XgboostModel model = XgboostModel.read(file);

    assertThat(margins(model.forest(Rounds.ALL))[0]).isEqualTo(0.5f + 2f + 10f);
    assertThatThrownBy(() -> NativeBooster.load(file, model, Rounds.ALL))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("right children")
        .hasMessageContaining("forest engine");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"num_trees\":\"2\"|\"num_trees\":\"3\"|num_trees is 3",
        "[0,0],\"iter|[0],\"iter|tree_info has 1",
        "[0,0],\"iter|[0,1],\"iter|belongs to output 1",
        "[0,1,2]|[0,1,3]|rounds end at tree 3",
        "[0,1,2]|[0,2,1,2]|goes from 2 to 1",
        "\"id\":1|\"id\":2|tree 1: it says that its id is 2",
        "\"num_nodes\":\"3\"|\"num_nodes\":\"4\"|num_nodes is 4",
        "\"left_children\":[1,-1,-1]|\"left_children\":[0,-1,-1]|left child 0, which another path",
        "\"left_children\":[1,-1,-1]|\"left_children\":[3,-1,-1]|left child 3, but there are 3",
        "\"right_children\":[2,-1,-1]|\"right_children\":[1,-1,-1]|right child 1, which another",
        "\"split_indices\":[0,0,0]|\"split_indices\":[2,0,0]|splits on feature 2",
        "\"split_indices\":[0,0,0]|\"split_indices\":[-1,0,0]|splits on feature -1",
        "[5E-1,1.25E0,2E0]|[5E-1,NaN,2E0]|weight NaN",
        "[5E-1,1.25E0,2E0]|[5E-1,1.25E0]|2 thresholds",
        "\"categories_sizes\":[2]|\"categories_sizes\":[0]|0 of them",
        "\"categories_sizes\":[2]|\"categories_sizes\":[3]|3 of them",
        "\"categories\":[1,3]|\"categories\":[1,-3]|category -3",
        "\"categories\":[1,3]|\"categories\":[1,16777216]|category 16777216",
        "\"categories_nodes\":[0]|\"categories_nodes\":[9]|holds node 9",
        "\"parents\":[2147483647,0,0]|\"parents\":[2147483647,-1,0]|node 1 has the parent -1",
        "\"parents\":[2147483647,0,0]|\"parents\":[2147483647,0,3]|node 2 has the parent 3",
        "\"categories\":[],|\"categories\":[-5],|tree 0: it lists category -5",
        "\"default_left\":[1,0,0]|\"default_left\":[2,0,0]|node 0 has the default_left 2",
        "\"default_left\":[1,0,0]|\"default_left\":[257,0,0]|a whole number of 8 bits",
        "[5E-1]\"|[NaN]\"|base_score is '[NaN]'",
        "[5E-1]\"|0x1p-1\"|base_score is '0x1p-1', expected finite numbers",
        "[5E-1]\"|0.5f\"|base_score is '0.5f'",
        "[5E-1]\"|[5E-1d]\"|base_score is '[5E-1d]'",
        "[5E-1]\"|9223372036854775808\"|base_score is '9223372036854775808'",
        "[5E-1]\"|[1,2]\"|base_score has 2 values",
        "\"num_class\":\"0\"|\"num_class\":\"2000000000\"|more than a file of",
        "\"num_class\":\"0\",|\"num_class\":\"x\",|num_class is 'x'",
        "\"feature_names\":[\"a\",\"b\"]|\"feature_names\":[\"a\"]|feature_names has 1",
        "\"sum_hessian\":[2E0,1E0,1E0]|\"sum_hessian\":[2E0]|1 sum_hessian",
        "\"version\":[3,4,0]|\"version\":[3,4,0],\"version\":[3,4,0]|occurs twice",
        "\"learner\"|\"teacher\"|key 'learner' is missing",
        "\"default_left\":[1,0,0],|``|is missing",
      })
  void contradictionsAreRefusedByName(String old, String changed, String reason) {
    byte[] file = HandMade.with(old, changed == null ? "" : changed);

    assertThatThrownBy(() -> XgboostModel.read(file))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining(reason);
  }

  /** libxgboost would take the softmax of each output alone. */
  @ParameterizedTest
  @CsvSource({"multi:softprob", "multi:softmax"})
  void classesOfSeveralTargetsAreRefused(String objective) {
    byte[] file =
        HandMade.with(
            "\"num_target\":\"1\"",
            "\"num_target\":\"3\"",
            "\"num_class\":\"0\"",
            "\"num_class\":\"1\"",
            "reg:squarederror",
            objective);

    assertThatThrownBy(() -> XgboostModel.read(file))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("num_target is 3, but the objective is '%s'".formatted(objective));
  }

  /**
   * As in libxgboost, a mean of 0 is not possible for gamma, but is for the other objectives with a
   * log.
   */
  @ParameterizedTest
  @CsvSource({"count:poisson", "reg:tweedie", "survival:cox"})
  void aBaseScoreOfZeroIsRefusedForGammaOnly(String other) throws Exception {
    byte[] gamma = HandMade.with("[5E-1]", "[0E0]", "reg:squarederror", "reg:gamma");
    assertThatThrownBy(() -> XgboostModel.read(gamma))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("base_score [0.0] is not possible with the objective 'reg:gamma'");

    byte[] file =
        HandMade.with(
            "[5E-1]",
            "[0E0]",
            "\"name\":\"reg:squarederror\"",
            "\"poisson_regression_param\":{\"max_delta_step\":\"0.7\"},"
                + "\"tweedie_regression_param\":{\"tweedie_variance_power\":\"1.5\"},"
                + "\"name\":\"%s\"".formatted(other));
    XgboostModel model = XgboostModel.read(file);
    Forest forest = model.forest(Rounds.ALL);
    assertThat(margins(forest)[0]).isEqualTo(Float.NEGATIVE_INFINITY);
    Bits.assertEqual(other, forest, NativeBooster.load(file, model, Rounds.ALL), ROWS);
  }

  /** XGBoost 3.1 to 3.3 had such categories; the type may come before or after the values. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":7,\"values\":[5E-1,NaN,7E0]}",
        "{\"values\":[5,1E0],\"type\":8}",
        "{\"type\":7,\"values\":[5,1]}"
      })
  void categoriesThatAreFloatsAreRefusedByTheirType(String categories) {
    byte[] file =
        HandMade.with(
            "\"enc\":[]", "\"enc\":[{\"offsets\":[],\"values\":[]},%s]".formatted(categories));

    assertThatThrownBy(() -> XgboostModel.read(file))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageMatching(
            "Cannot use the categories of feature 1: they are of type [78], expected text or whole"
                + " numbers \\(types 9 to 16\\)");
  }

  @Test
  void categoriesThatAreFloatsAreRefusedByTheirTypeInUbjsonToo() throws Exception {
    HandMade.Ubjson open = new HandMade.Ubjson();
    for (String key : new String[] {"learner", "gradient_booster", "model", "cats"}) {
      open.raw("{").key(key);
    }

    open.raw("{").key("enc").raw("[#").length(1).raw("{").key("type").raw("i\7").key("values");
    byte[] start = open.toBytes();
    byte[] typed =
        new HandMade.Ubjson().raw("[$d#").length(1).int32(Float.floatToIntBits(0.5f)).toBytes();
    byte[] mixed =
        new HandMade.Ubjson()
            .raw("[#")
            .length(1)
            .raw("d")
            .int32(Float.floatToIntBits(5f))
            .toBytes();
    for (byte[] values : new byte[][] {typed, mixed}) {
      byte[] file = Arrays.copyOf(start, start.length + values.length + 1);
      System.arraycopy(values, 0, file, start.length, values.length);
      file[file.length - 1] = '}';

      assertThatThrownBy(() -> XgboostModel.read(file))
          .isInstanceOf(UnsupportedModelException.class)
          .hasMessageContaining("categories of feature 0: they are of type 7, expected text");
    }
  }

  @Test
  void categoriesOfAWholeTypeThatAreFloatsAreCorrupt() {
    byte[] file =
        HandMade.with(
            "\"enc\":[]",
            "\"enc\":[{\"offsets\":[],\"values\":[]},{\"type\":13,\"values\":[5E-1]}]");

    assertThatThrownBy(() -> XgboostModel.read(file))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("the categories of feature 1 are not whole numbers");
  }

  /** libxgboost also makes a set of a list that no split uses. */
  @Test
  void aListOfANumericNodeHasCodesOfCategoriesToo() {
    byte[] file =
        HandMade.with(
            "\"split_type\":[1,0,0]", "\"split_type\":[0,0,0]", "[1,3]", "[1,2147483647]");

    assertThatThrownBy(() -> XgboostModel.read(file))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("tree 1: it lists category 2147483647, expected codes from 0 to 167");
  }

  /** libxgboost ignores a list that comes too late. */
  @Test
  void categoricalNodesThatDoNotAscendAreRefused() {
    byte[] file =
        HandMade.with(
            "\"categories_nodes\":[0],\"categories_segments\":[0]",
            "\"categories_nodes\":[1,0],\"categories_segments\":[0,1]",
            "\"categories_sizes\":[2]",
            "\"categories_sizes\":[1,1]");

    assertThatThrownBy(() -> XgboostModel.read(file))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("categories_nodes holds node 0 after node 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reg:squarederror|reg:secret|objective 'reg:secret' is not known",
        "\"name\":\"gbtree\"|\"name\":\"gbforest\"|booster 'gbforest' is not known",
        "\"learner\":{|\"Model\":{\"learner\":{|memory snapshot",
      })
  void unknownKindsAreRefusedByName(String old, String changed, String reason) {
    byte[] file = HandMade.with(old, changed);

    assertThatThrownBy(() -> XgboostModel.read(file))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "binfxxxx|old binary format",
        "CONFIG-offset:12|memory snapshot",
        "[{\"nodeid\":0}]|dump_model",
      })
  void otherFormsOfModelsAreRefusedWithTheWayOut(String start, String reason) {
    assertThatThrownBy(() -> XgboostModel.read(start.getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("save_model");
  }

  @ParameterizedTest
  @CsvSource({"''", "hello", "'{'", "'{1'", "'{}'"})
  void whatIsNoModelIsCorrupt(String file) {
    assertThatThrownBy(() -> XgboostModel.read(file.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(CorruptModelException.class);
  }

  @Test
  void lengthsOfUbjsonAreCheckedBeforeAnythingIsAllocated() throws Exception {
    HandMade.Ubjson file =
        new HandMade.Ubjson().raw("{").key("version").raw("[$l#").length(1L << 40).int32(3);

    assertThatThrownBy(() -> XgboostModel.read(file.toBytes()))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("1099511627776");
  }

  /** A misspelt key counts as absent, and without these the model would be read differently. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"enc\":[]' | '\"Enc\":[]' | cats has no 'enc'",
        "'\"cats\":' | '\"Cats\":' | 'XGBoost 3.4 wrote it, but has no cats'",
        "'\"iteration_indptr\"' | '\"indptr\"' | 'it, but has no iteration_indptr'",
        "'\"attributes\"' | '\"atributes\"' | one of attributes",
        "'\"split_type\":[1,0,0]' | '\"splitType\":[1,0,0]' | tree 1: it lists categories of nodes",
        "'\"enc\":[]' | '\"enc\":[{\"offsets\":[0,1],\"value\":[65]}]' | have no 'values'",
        "'\"enc\":[]' | '\"enc\":[{\"tpe\":15,\"values\":[7]}]' | neither 'offsets' nor a 'type'",
        "'\"enc\":[]' | '\"enc\":[{\"type\":15,\"value\":[7]}]' | have no 'values'",
      })
  void aMissingKeyThatItsVersionWritesIsRefused(String old, String replaced, String message) {
    byte[] file = HandMade.with(old, replaced);

    assertThatThrownBy(() -> XgboostModel.read(file))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining(message);
  }

  @Test
  void leafVectorsByNodeAreRefusedInFilesOfVersionsThatWriteThemByLeaf() throws Exception {
    String vectors =
        new String(
            Objects.requireNonNull(
                    XgboostModelTest.class.getResourceAsStream(
                        "/io/paritree/model/trainer/vectors-3.0.json"))
                .readAllBytes(),
            StandardCharsets.UTF_8);
    assertThat(XgboostModel.read(vectors.getBytes(StandardCharsets.UTF_8)).hasVectorsByNode())
        .isTrue();
    String newer =
        vectors
            .replaceFirst("\"version\":\\[3,0,\\d+]", "\"version\":[3,2,0]")
            .replaceFirst(
                "\"trees\":",
                "\"cats\":{\"enc\":[],\"feature_segments\":[],\"sorted_idx\":[]},\"trees\":");

    assertThatThrownBy(() -> XgboostModel.read(newer.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("XGBoost 3.2 wrote it, but has no leaf_weights");
  }
}
