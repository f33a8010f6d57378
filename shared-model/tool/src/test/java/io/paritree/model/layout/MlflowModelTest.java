package io.paritree.model.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.CategoryCodeFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.model.Assumptions;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.command.ModelMain;
import io.paritree.xgboost.Training;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MLflow model directories open as they are, and can be sealed. */
class MlflowModelTest {
  private static final String MLMODEL =
      """
      flavors:
        python_function:
          data: model.xgb
          env: {conda: conda.yaml, virtualenv: python_env.yaml}
          loader_module: mlflow.xgboost
          python_version: 3.11.9
        xgboost:
          code: null
          data: model.xgb
          model_class: %s
          model_format: xgb
          xgb_version: 3.0.0
      mlflow_version: 3.6.0
      model_size_bytes: 12345
      signature:
        inputs: '%s'
        outputs: '[{"type": "float", "required": true}]'
        params: null
      utc_time_created: '2025-11-12 10:00:00.000000'
      """;
  private static final String BOOSTER = "xgboost.core.Booster";
  private static final String CLASSIFIER = "xgboost.sklearn.XGBClassifier";
  private static final String PARCELS =
      """
      [{"type": "long", "name": "day_of_week", "required": true}, \
      {"type": "double", "name": "distance", "required": true}, \
      {"type": "double", "name": "weight", "required": true}, \
      {"type": "boolean", "name": "express", "required": false}, \
      {"type": "long", "name": "carrier", "required": true}, \
      {"type": "integer", "name": "zone", "required": true}, \
      {"type": "long", "name": "hour", "required": true}]""";

  private static final Assumptions CODES = new Assumptions(true, List.of(), Optional.empty());

  @TempDir Path directory;

  @Test
  void namesComeFromTheModelFileInItsOrder() throws Exception {
    Path mlflow = mlflow(MLMODEL.formatted(BOOSTER, PARCELS), parcels());

    ScoringModel model = opened(mlflow, EngineKind.FOREST);

    assertThat(model.sealed()).isFalse();
    assertThat(model.name()).isEqualTo("logged");
    assertThat(model.modelVersion()).matches("unsealed:[0-9a-f]{12}");
    assertThat(model.card().provenance()).isEmpty();
    assertThat(model.schema().features())
        .extracting(Feature::name)
        .containsExactly(TestRecords.FEATURE_NAMES);
    assertThat(model.schema().features().get(1)).isInstanceOf(NumberFeature.class);
    assertThat(model.schema().features().get(2)).isInstanceOf(BooleanFeature.class);
    assertThat(model.schema().features().get(3)).isInstanceOf(CategoryCodeFeature.class);
    assertThat(model.card().rounds()).isEqualTo(20);
    assertThat(model.card().optionalColumns()).containsExactly("express");
  }

  @Test
  void aCategoryOfUnknownValuesIsRefusedAndThatOfASignatureOfTextIsNeverTakenAsACode()
      throws Exception {
    Path integers = mlflow(MLMODEL.formatted(BOOSTER, PARCELS), parcels());
    assertThatThrownBy(() -> Opening.open(integers.toString(), EngineKind.FOREST))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("'carrier', 'zone'")
        .hasMessageContaining("values are unknown");

    String text = PARCELS.replace("\"long\", \"name\": \"c", "\"string\", \"name\": \"c");
    Path texts = mlflow(MLMODEL.formatted(BOOSTER, text), parcels());
    assertThatThrownBy(() -> Opening.open(texts.toString(), EngineKind.FOREST))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("'carrier', 'zone'");
    assertThatThrownBy(() -> opened(texts, EngineKind.FOREST))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("'carrier' is of type 'string', so its values are no codes");
  }

  @Test
  void namesComeFromTheSignatureWhereTheModelFileHasNone() throws Exception {
    String signature =
        "[{\"type\": \"double\", \"name\": \"a\"}, {\"type\": \"long\", \"name\": \"b b\"}]";
    Path mlflow = mlflow(MLMODEL.formatted(BOOSTER, signature), TestPackages.wideModel(2, 3, 3));

    ScoringModel model = opened(mlflow, EngineKind.FOREST);

    assertThat(model.schema().features()).extracting(Feature::name).containsExactly("a", "b b");
  }

  /** A signature of all columns of the trainer's frame has the base margin among them. */
  @Test
  void anOffsetMayBeAColumnOfTheSignatureOrNot() throws Exception {
    String inputs =
        "[{\"type\": \"double\", \"name\": \"a\"}, %s{\"type\": \"long\", \"name\": \"b\"}]";
    String exposure = "{\"type\": \"double\", \"name\": \"exposure\"}, ";
    Assumptions offset = new Assumptions(false, List.of("exposure"), Optional.empty());
    byte[] wide = TestPackages.wideModel(2, 3, 3);
    for (String more : List.of("", exposure)) {
      Path mlflow = mlflow(MLMODEL.formatted(BOOSTER, inputs.formatted(more)), wide);

      ScoringModel model =
          Opening.open(ModelFiles.read(mlflow.toString()), EngineKind.FOREST, offset);

      assertThat(model.schema().features())
          .extracting(Feature::name)
          .containsExactly("a", "b", "exposure");
      assertThat(model.engine().width()).isEqualTo(3);
    }

    Path logged = mlflow(MLMODEL.formatted(BOOSTER, inputs.formatted(exposure)), wide);
    assertThatThrownBy(() -> Opening.open(logged.toString(), EngineKind.FOREST))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("3 inputs, but the model file has 2 features")
        .hasMessageContaining("--offset COLUMN");
  }

  @Test
  void aTensorOrNoSignatureGivesTheModelFilesNames() throws Exception {
    String tensor =
        "[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float32\", \"shape\": [-1, 2]}}]";
    byte[] wide = TestPackages.wideModel(2, 3, 3);
    for (String mlmodel :
        new String[] {
          MLMODEL.formatted(BOOSTER, tensor),
          "flavors: {xgboost: {data: model.xgb}}\n",
          "flavors: {xgboost: {data: model.xgb}}\nsignature: null\n"
        }) {
      ScoringModel model = Opening.open(mlflow(mlmodel, wide).toString(), EngineKind.FOREST);
      assertThat(model.schema().features()).extracting(Feature::name).containsExactly("f0", "f1");
    }
  }

  @Test
  void aSklearnModelStopsAfterItsBestIteration() throws Exception {
    byte[] stopped = withBestIteration("4");

    Path classifier = mlflow(MLMODEL.formatted(CLASSIFIER, PARCELS), stopped);
    assertThat(opened(classifier, EngineKind.FOREST).card().rounds()).isEqualTo(5);
    Path booster = mlflow(MLMODEL.formatted(BOOSTER, PARCELS), stopped);
    assertThat(opened(booster, EngineKind.FOREST).card().rounds()).isEqualTo(20);
    Path beyond = mlflow(MLMODEL.formatted(CLASSIFIER, PARCELS), withBestIteration("20"));
    assertThatThrownBy(() -> opened(beyond, EngineKind.FOREST))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("best_iteration is '20', but it has 20 rounds");
  }

  /** As {@code XGBModel.predict} does: a linear booster has no rounds to choose from. */
  @Test
  void aLinearBoosterIsUsedAsAWholeThoughItWasStoppedEarly() throws Exception {
    byte[] file = new Training(7, 7).with("booster", "gblinear").rounds(6).file("json");
    Booster booster = XGBoost.loadModel(file);
    booster.setAttr("best_iteration", "4");
    byte[] stopped = booster.toByteArray("json");
    Path logged = mlflow(MLMODEL.formatted(CLASSIFIER, PARCELS), stopped);

    ScoringModel forest = Opening.open(logged.toString(), EngineKind.FOREST);
    ScoringModel reference = Opening.open(logged.toString(), EngineKind.XGBOOST);

    float[] slots = {1f, 2f, 1f, 0f, 3f, 12f, 4f};
    float[] computed = new float[1];
    float[] viaLibrary = new float[1];
    forest.engine().score(slots, 1, computed, null);
    reference.engine().score(slots, 1, viaLibrary, null);
    float expected = booster.predict(new DMatrix(slots, 1, slots.length, Float.NaN), true)[0][0];
    assertThat(computed).containsExactly(expected);
    assertThat(viaLibrary).containsExactly(expected);
    assertThat(forest.card().rounds()).isEqualTo(6);
    assertThat(forest.card().roundsWhy())
        .isEqualTo("all rounds of the model file, because a linear booster is used as a whole");
    booster.dispose();
  }

  @Test
  void theBestRoundsOfAModelThatWasNotStoppedEarlyAreAllAndTheCardSaysSo() throws Exception {
    ScoringModel model = open(MLMODEL.formatted(CLASSIFIER, PARCELS), parcels());

    assertThat(model.card().roundsWhy())
        .isEqualTo("all rounds of the model file, which has no best_iteration");
  }

  @Test
  void bothEnginesScoreTheBestRounds() throws Exception {
    Path classifier = mlflow(MLMODEL.formatted(CLASSIFIER, PARCELS), withBestIteration("4"));

    ScoringModel forest = opened(classifier, EngineKind.FOREST);
    ScoringModel reference = opened(classifier, EngineKind.XGBOOST);

    float[] slots = {1f, 2f, 1f, 0f, 3f, 12f, 4f};
    float[] computed = new float[1];
    float[] expected = new float[1];
    forest.engine().score(slots, 1, computed, null);
    reference.engine().score(slots, 1, expected, null);
    assertThat(computed).isEqualTo(expected);
    assertThat(forest.engine().trees()).isEqualTo(5);
  }

  @Test
  void theDigestIsThatOfEverythingThatCanChangeAScoreAndOfNothingElse() throws Exception {
    byte[] file = withBestIteration("4");
    String mlmodel = MLMODEL.formatted(BOOSTER, PARCELS);
    ScoringModel logged = open(mlmodel, file);

    ScoringModel again = open(mlmodel.replace("2025-11-12", "2026-01-01"), file);
    ScoringModel elsewhere =
        opened(Files.move(directory.resolve("logged"), directory.resolve("b")), EngineKind.FOREST);

    assertThat(again.digest()).isEqualTo(logged.digest()).matches("[0-9a-f]{64}");
    assertThat(elsewhere.digest()).isEqualTo(logged.digest());
    assertThat(logged.modelVersion()).isEqualTo("unsealed:" + logged.digest().substring(0, 12));
    assertThat(
            Stream.of(
                    logged,
                    open(mlmodel, parcels()),
                    open(MLMODEL.formatted(CLASSIFIER, PARCELS), file), // fewer rounds
                    open(MLMODEL.formatted(CLASSIFIER, PARCELS), parcels()), // answers with labels
                    open(
                        mlmodel.replace("\"double\", \"name\": \"d", "\"boolean\", \"name\": \"d"),
                        file),
                    open(mlmodel.replace("\"required\": false", "\"required\": true"), file))
                .map(ScoringModel::digest))
        .doesNotHaveDuplicates();
  }

  @Test
  void namesInAnotherOrderAreAnotherModel() throws Exception {
    TestPackages packages = new TestPackages(directory);
    byte[] file = TestPackages.wideModel(2, 3, 3);

    ScoringModel one =
        Opening.open(packages.logged("one", file, "a", "b").toString(), EngineKind.FOREST);
    ScoringModel other =
        Opening.open(packages.logged("one", file, "b", "a").toString(), EngineKind.FOREST);

    assertThat(other.digest()).isNotEqualTo(one.digest());
    assertThat(other.modelVersion()).isNotEqualTo(one.modelVersion());
  }

  @Test
  void whatContradictsItselfIsRefused() throws Exception {
    byte[] model = parcels();
    assertThatThrownBy(() -> open("flavors: {sklearn: {}, python_function: {}}\n", model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("flavors are [sklearn, python_function]");
    assertThatThrownBy(() -> open("flavors: {xgboost: {data: ../model.xgb}}\n", model))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("/flavors/xgboost/data: got '../model.xgb'");
    assertThatThrownBy(() -> open("flavors: {xgboost: {data: other.xgb}}\n", model))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("its file 'other.xgb' is missing");
    assertThatThrownBy(() -> open("flavors: [\n", model))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("not well-formed YAML");
    assertThatThrownBy(() -> open("flavors: !!java.net.URL ['http://x']\n", model))
        .isInstanceOf(CorruptModelException.class);
    assertThatThrownBy(
            () -> open(MLMODEL.formatted(BOOSTER, PARCELS.replace("weight", "mass")), model))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("feature 'weight'");
    assertThatThrownBy(
            () ->
                open(
                    MLMODEL.formatted(
                        BOOSTER,
                        PARCELS.replace(
                            "\"long\", \"name\": \"hour\"", "\"datetime\", \"name\": \"hour\"")),
                    model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("'hour' is of type 'datetime'");
    assertThatThrownBy(() -> open(MLMODEL.formatted(BOOSTER, "[{\"name\": \"a\"}]"), model))
        .isInstanceOf(CorruptModelException.class);
    String unclear = PARCELS.replace("\"required\": false", "\"required\": \"no\"");
    assertThatThrownBy(() -> open(MLMODEL.formatted(BOOSTER, unclear), model))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("got the text 'no', expected true or false");
    assertThatThrownBy(() -> open(MLMODEL.formatted(BOOSTER, "\"weight\""), model))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("got the text 'weight', expected an array");
    String nothing = PARCELS.replaceFirst("\\{", "null, {");
    assertThatThrownBy(() -> open(MLMODEL.formatted(BOOSTER, nothing), model))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("/0: got null, expected an object");
  }

  /** PyYAML quotes what is a number in YAML 1.1; these are numbers only in YAML 1.2. */
  @Test
  void namesThatPyYamlWritesUnquotedAreTextThoughOtherReadersSeeNumbers() throws Exception {
    for (String name : new String[] {"1e3", "123e4567", "0o17"}) {
      String mlmodel = "flavors: {xgboost: {data: %s}}\nsignature: ~\n".formatted(name);

      assertThat(MlflowModel.parse("logged", mlmodel.getBytes(StandardCharsets.UTF_8)))
          .isEqualTo(new MlflowModel(name, BOOSTER, new MlflowSignature(List.of())));
    }

    Path logged =
        mlflow(MLMODEL.formatted(BOOSTER, PARCELS).replace("model.xgb", "1e3"), parcels());
    Files.move(logged.resolve("model.xgb"), logged.resolve("1e3"));
    assertThat(opened(logged, EngineKind.FOREST).card().modelFile()).isEqualTo("1e3");
  }

  @Test
  void aSealedDirectoryKeepsAndGuardsItsOtherFiles() throws Exception {
    Path mlflow = mlflow(MLMODEL.formatted(CLASSIFIER, PARCELS), withBestIteration("4"));
    Files.createDirectories(mlflow.resolve("code"));
    Files.writeString(mlflow.resolve("code").resolve("features.py"), "x = 1\n");
    Path schema = directory.resolve("schema.json");
    Files.writeString(schema, TestRecords.SCHEMA.formatted(""));
    Path sealed = directory.resolve("sealed");

    StringWriter err = new StringWriter();
    int exitCode =
        ModelMain.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "seal",
            "--model",
            mlflow.toString(),
            "--schema",
            schema.toString(),
            "--name",
            "parcel",
            "--output",
            sealed.toString());

    assertThat(err.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("Note: "))
        .first()
        .asString()
        .contains("scored are the first 5 rounds");
    assertThat(exitCode).isZero();
    ScoringModel model = Opening.open(sealed.toString(), EngineKind.FOREST);
    assertThat(model.sealed()).isTrue();
    assertThat(model.card().rounds()).isEqualTo(5);
    assertThat(model.card().roundsWhy()).isEqualTo("best_iteration is 4");
    assertThat(model.card().modelFile()).isEqualTo("model.xgb");
    assertThat(model.card().optionalColumns()).containsExactly("express");
    assertThat(sealed.resolve("MLmodel")).hasSameBinaryContentAs(mlflow.resolve("MLmodel"));

    Files.writeString(sealed.resolve("code").resolve("features.py"), "x = 2\n");
    assertThatThrownBy(() -> Opening.open(sealed.toString(), EngineKind.FOREST))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("'code/features.py'");
  }

  private static byte[] parcels() {
    return TestPackages.parcelModel("binary:logistic", 20);
  }

  private static byte[] withBestIteration(String best) throws Exception {
    Booster booster = XGBoost.loadModel(parcels());
    booster.setAttr("best_iteration", best);
    byte[] file = booster.toByteArray("json");
    booster.dispose();
    return file;
  }

  /** Opens a directory; the test model's file does not list the values of its categories. */
  private static ScoringModel opened(Path logged, EngineKind kind) throws Exception {
    return Opening.open(ModelFiles.read(logged.toString()), kind, CODES);
  }

  private ScoringModel open(String mlmodel, byte[] model) throws Exception {
    return opened(mlflow(mlmodel, model), EngineKind.FOREST);
  }

  private Path mlflow(String mlmodel, byte[] model) throws IOException {
    Path logged = Files.createDirectories(directory.resolve("logged"));
    Files.writeString(logged.resolve("MLmodel"), mlmodel);
    Files.writeString(logged.resolve("conda.yaml"), "name: mlflow-env\n");
    Files.write(logged.resolve("model.xgb"), model);
    return logged;
  }
}
