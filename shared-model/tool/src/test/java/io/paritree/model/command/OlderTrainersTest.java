package io.paritree.model.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.feature.CategoryCodeFeature;
import io.paritree.forest.Engine;
import io.paritree.forest.Rounds;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.xgboost.NativeBooster;
import io.paritree.xgboost.Training;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model that XGBoost 3.0's scikit-learn wrapper trained on a pandas frame and saved: its file
 * does not list the values of its categories, and its trainer scores only its best rounds.
 */
class OlderTrainersTest {
  private static final String CATEGORIES = "'zone', 'postcode', 'grade', 'size'";

  @TempDir Path directory;
  private Path model;
  private Path rows;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void copy() throws IOException {
    model = resource("stopped.ubj");
    rows = resource("rows.csv");
  }

  @Test
  void noCommandScoresCategoriesOfUnknownValues() {
    Path output = directory.resolve("out.csv");
    run(6, "predict", "--model", model, "--input", rows, "--output", output);
    assertRefused();
    assertThat(output).doesNotExist();
    run(6, "verify", "--model", model, "--rows", rows);
    assertRefused();
    Path sealed = directory.resolve("sealed");
    run(6, "seal", "--model", model, "--name", "n", "--output", sealed);
    assertRefused();
    run(6, "seal", "--model", model, "--name", "n", "--output", sealed, "--rows", rows);
    assertRefused();
    assertThat(sealed).doesNotExist();
  }

  @Test
  void aSchemaThatLeavesTheValuesOfACategoryOpenIsNotSealed() throws Exception {
    run(0, "schema", "--model", model);
    assertThat(err.toString())
        .contains("'postcode': the model file does not list this category's values; give all");
    Path schema = Files.writeString(directory.resolve("schema.json"), out.toString());

    run(
        6,
        "seal",
        "--model",
        model,
        "--name",
        "n",
        "--output",
        directory.resolve("sealed"),
        "--schema",
        schema);

    assertRefused();
    assertThat(err.toString()).contains(schema.toString());
  }

  @Test
  void inspectDescribesTheModelAndSaysWhatIsUnknown() {
    run(0, "inspect", "--model", model);
    assertThat(out.toString())
        .contains("postcode: category of unknown values")
        .contains("5 of 10 (best_iteration is 4), 5 trees")
        .contains("stopped early")
        .contains("scored are the first 5 rounds", "--rounds all for all 10 rounds");
    run(0, "inspect", "--model", model, "--format", "json");
    assertThat(out.toString().replaceAll("\\s", ""))
        .contains("\"unknown_categories\":[\"zone\",\"postcode\",\"grade\",\"size\"]")
        .contains("{\"name\":\"zone\",\"type\":\"category\"}")
        .contains("\"best\":5,\"early_stopping\":\"training");
  }

  @Test
  void theDraftOrdersValuesAsPandasDoesAndTheTrainersPredictionsShowWhereItIsWrong()
      throws Exception {
    run(0, "schema", "--model", model, "--rows", rows);
    assertThat(err.toString())
        .contains("Note: training was stopped early, round 5 of 10 was the best")
        .contains("'zone': the model file does not list this category's values, so ")
        .contains("has the 3 of the rows, ascending: give all of the trainer's, in its order")
        .contains("(in quotes if they were text for it)", "Check it with seal --expected");
    String draft = out.toString();
    assertThat(draft)
        .contains("\"categories\":[7,10,20,30]")
        .contains("\"categories\":[\"01234\",\"10115\",\"80331\",\"9000\"]")
        .contains("\"categories\":[1,2,10]");

    Path schema = Files.writeString(directory.resolve("schema.json"), draft);
    Path sealed = directory.resolve("sealed");
    seal(6, schema, sealed, "--expected", "predicted");
    assertThat(err.toString()).contains("differ from the trainer's predictions");
    assertThat(draft).contains("[9,10,11]");
    Files.writeString(schema, draft.replace("[9,10,11]", "[\"10\",\"11\",\"9\"]"));
    seal(0, schema, sealed, "--expected", "predicted");
    assertThat(err.toString())
        .contains("Note: training was stopped early", "scored are the first 5 rounds")
        .doesNotContain("without --expected");
    ScoringModel opened = Opening.open(sealed.toString(), EngineKind.FOREST);
    assertThat(opened.card().rounds()).isEqualTo(5);
    assertThat(opened.card().comparedWithTrainer()).isTrue();

    Path whole = directory.resolve("whole");
    seal(0, schema, whole, "--expected", "all_rounds", "--rounds", "all");
    assertThat(err.toString())
        .contains("scored are all 10 rounds", "--rounds best for the first 5");
    assertThat(Opening.open(whole.toString(), EngineKind.FOREST).card().rounds()).isEqualTo(10);

    seal(0, schema, directory.resolve("unchecked"));
    assertThat(err.toString())
        .contains("[zone, postcode, grade, size], and without --expected nothing has shown");
  }

  @Test
  void predictTakesTheRoundsAndRefusesOptionsThatDoNotApply() throws Exception {
    Path stopped = directory.resolve("numbers.json");
    Booster booster = XGBoost.loadModel(TestPackages.wideModel(2, 9, 3));
    booster.setAttr("best_iteration", "3");
    Files.write(stopped, booster.toByteArray("json"));
    Path input = Files.writeString(directory.resolve("in.csv"), "f0,f1\n30,-40\n");

    assertThat(margin(stopped, input)).isEqualTo(margin(stopped, Rounds.ALL));
    assertThat(err.toString())
        .contains("Note: training was stopped early, round 4 of 9 was the best")
        .contains("scored are all 9 rounds", "--rounds best for the first 4 rounds");

    booster.setAttr("scikit_learn", "{\"_estimator_type\": \"regressor\"}");
    Files.write(stopped, booster.toByteArray("json"));
    booster.dispose();
    assertThat(margin(stopped, Rounds.ALL)).isNotEqualTo(margin(stopped, new Rounds(4)));
    assertThat(margin(stopped, input)).isEqualTo(margin(stopped, new Rounds(4)));
    assertThat(err.toString()).contains("scored are the first 4 rounds");
    assertThat(margin(stopped, input, "--rounds", "all")).isEqualTo(margin(stopped, Rounds.ALL));
    assertThat(margin(stopped, input, "--rounds", "2")).isEqualTo(margin(stopped, new Rounds(2)));
    assertThat(err.toString()).contains("--rounds best for", "and --rounds all for");

    Path output = directory.resolve("out.csv");
    String[] predict = {"--input", input.toString(), "--output", output.toString()};
    run(2, "predict", "--model", stopped, predict, "--rounds", "first");
    run(6, "predict", "--model", stopped, predict, "--rounds", "10");
    Path sealed = new TestPackages(directory.resolve("store")).binary();
    run(2, "predict", "--model", sealed, predict, "--rounds", "all");
    assertThat(err.toString()).contains("it is sealed");
  }

  @Test
  void numberThatAModelFileSaysItsTrainerTookAsMissingIsMissing() throws Exception {
    Path file = directory.resolve("numbers.json");
    Booster booster = XGBoost.loadModel(TestPackages.wideModel(2, 9, 3));
    Path input = Files.writeString(directory.resolve("in.csv"), "f0,f1\n-1,-1\n");
    String parameters = "{\"kwargs\": {\"missing\": 2}, \"gamma\": NaN, \"missing\": %s}";

    booster.setAttr("scikit_learn", parameters.formatted("-1.0"));
    Files.write(file, booster.toByteArray("json"));
    float asMissing = reference(file, new float[] {Float.NaN, Float.NaN}, Rounds.ALL);
    float asNumber = reference(file, new float[] {-1, -1}, Rounds.ALL);
    assertThat(asMissing).isNotEqualTo(asNumber);
    assertThat(margin(file, input)).isEqualTo(asMissing);
    String note = "its trainer took -1 as missing";
    assertThat(err.toString()).contains(note);
    run(0, "inspect", "--model", file);
    assertThat(out.toString()).contains(note);
    run(0, "schema", "--model", file, "--rows", input);
    assertThat(err.toString()).contains(note).doesNotContain("far from");
    assertThat(out.toString()).containsPattern("\"missing\": ?\\[-1");
    run(0, "seal", "--model", file, "--name", "n", "--output", directory.resolve("sealed"));
    assertThat(err.toString()).contains(note);

    for (String other : List.of("NaN", "null", "Infinity", "\"-1\"", "1e300")) {
      booster.setAttr("scikit_learn", parameters.formatted(other));
      Files.write(file, booster.toByteArray("json"));
      assertThat(margin(file, input)).as(other).isEqualTo(asNumber);
      assertThat(err.toString())
          .as(other)
          .contains("does not say what its trainer took as missing");
    }

    for (String text : List.of("", "{", "{\"missing\":", "[-1]", "missing: -1")) {
      booster.setAttr("scikit_learn", text);
      Files.write(file, booster.toByteArray("json"));
      assertThat(margin(file, input)).as(text).isEqualTo(asNumber);
    }

    booster.dispose();
  }

  @Test
  void quantilesOfVersionsThatDoNotSortThemAreScoredWithANote() throws Exception {
    Path file = Files.write(directory.resolve("quantiles.json"), quantiles());
    Path input = Files.writeString(directory.resolve("in.csv"), "f0,f1\n-1,-1\n");
    Path output = directory.resolve("out.csv");
    run(0, "predict", "--model", file, "--input", input, "--output", output);
    assertThat(err.toString()).doesNotContain("are sorted");

    String older =
        Files.readString(file).replaceFirst("\"version\": ?\\[[0-9, ]*\\]", "\"version\":[3,0,0]");
    Files.writeString(file, older);
    run(0, "predict", "--model", file, "--input", input, "--output", output);
    assertThat(err.toString()).contains("the quantiles of a row are sorted here", "(3.0.0)");
  }

  @Test
  void aBaseScoreThatNewerVersionsTakeOtherwiseIsSaidWhereverTheModelIsUsed() throws Exception {
    String low = "the base score 1.0E-8 is taken for the nearest of 1e-6 and 1 - 1e-6 here";
    assertBaseScore("binary:logistic", "1E-8", "3,1,0", low);
    assertBaseScore("binary:logistic", "1E-8", "3,2,0", "");
    assertBaseScore("reg:logistic", "[9.999999E-1]", "1,7,0", "the base score 0.9999999 is taken");
    assertBaseScore("reg:logistic", "1E-6", "1,7,0", "");
    String raw = "the base score is taken as a margin here, as by XGBoost 2.0 and newer";
    assertBaseScore("binary:logitraw", "5E-1", "1,7,6", raw);
    assertBaseScore("binary:logitraw", "5E-1", "2,0,0", "");
    assertBaseScore("binary:logistic", "5E-1", "1,7,6", "");
  }

  private void assertBaseScore(String objective, String base, String version, String note)
      throws Exception {
    byte[] trained = new Training(3, 2).objective(objective).file("json");
    Path file =
        Files.writeString(
            directory.resolve("base.json"),
            new String(trained, StandardCharsets.UTF_8)
                .replaceFirst("\"version\":\\[[0-9,]*\\]", "\"version\":[" + version + "]")
                .replaceFirst("\"base_score\":\"[^\"]*\"", "\"base_score\":\"" + base + "\""));
    Path input = Files.writeString(directory.resolve("in.csv"), "f0,f1\n-1,-1\n");
    Path output = directory.resolve("out.csv");
    run(0, "predict", "--model", file, "--input", input, "--output", output);
    assertBaseNote(err.toString(), note);
    run(0, "inspect", "--model", file);
    assertBaseNote(out.toString(), note);
    run(0, "schema", "--model", file);
    assertBaseNote(err.toString(), note);
    Path sealed = Files.createTempDirectory(directory, "sealed").resolve("package");
    run(0, "seal", "--model", file, "--name", "n", "--output", sealed);
    assertBaseNote(err.toString(), note);
  }

  private static void assertBaseNote(String text, String note) {
    if (note.isEmpty()) {
      assertThat(text).doesNotContain("base score");
    } else {
      assertThat(text).contains(note, "the version that wrote the file");
    }
  }

  @Test
  void vectorsAtLeavesThatXgboostSavedWithoutCoversAreScoredAndTheCauseIsNoOtherProgram()
      throws Exception {
    Path vectors = directory.resolve("vectors.json");
    Path input = directory.resolve("vectors.csv");
    copy("/io/paritree/model/trainer/vectors-3.0.json", vectors);
    copy("/io/paritree/model/trainer/vectors-3.0.csv", input);
    Path output = directory.resolve("out.csv");

    run(0, "predict", "--model", vectors, "--input", input, "--output", output);
    run(
        6,
        "predict",
        "--emit",
        "contributions",
        "--model",
        vectors,
        "--input",
        input,
        "--output",
        output);
    assertThat(err.toString())
        .contains("tree 0 has no sum_hessian")
        .contains("XGBoost 2.0 to 3.1 does not save it where leaves are vectors")
        .contains("train it again with 3.2 or newer")
        .doesNotContain("save the model again");

    byte[] trained = new Training(3, 2).file("json");
    Path changed =
        Files.writeString(
            directory.resolve("changed.json"),
            new String(trained, StandardCharsets.UTF_8)
                .replaceAll(",\"sum_hessian\":\\[[^\\]]*\\]", ""));
    Path row = Files.writeString(directory.resolve("in.csv"), "f0,f1\n-1,-1\n");
    run(
        6,
        "predict",
        "--emit",
        "contributions",
        "--model",
        changed,
        "--input",
        row,
        "--output",
        output);
    assertThat(err.toString()).contains("another program has changed the file");
  }

  private void copy(String resource, Path to) throws IOException {
    try (InputStream in = getClass().getResourceAsStream(resource)) {
      Files.copy(in, to);
    }
  }

  private static byte[] quantiles() throws Exception {
    return new Training(3, 2)
        .objective("reg:quantileerror")
        .with("quantile_alpha", "[0.4,0.6]")
        .file("json");
  }

  @Test
  void codesAreScoredWhereTheCallerOrTheSchemaSaysThatTheyAreCodes() throws Exception {
    Path parcels = new TestPackages(directory).bareParcelModel();
    Path input =
        Files.write(
            directory.resolve("codes.csv"),
            List.of(String.join(",", TestRecords.FEATURE_NAMES), "1200.5,0.25,true,3,2,12,4"));
    float[] slots = {1200.5f, 0.25f, 1, 3, 2, 12, 4};

    assertThat(margin(parcels, input, "--category-codes"))
        .isEqualTo(reference(parcels, slots, Rounds.ALL));

    String codes = "\"categories\": \"codes\"";
    String schema =
        TestRecords.SCHEMA
            .formatted("")
            .replaceFirst("\"categories\": \\[\"AA[^\\]]*\\],\\s*\"unseen\": \"missing\"", codes)
            .replaceFirst("\"categories\": \\[10[^\\]]*\\], \"unseen\": \"reject\"", codes);
    Path file = Files.writeString(directory.resolve("schema.json"), schema);
    Path sealed = directory.resolve("sealed");
    run(0, "seal", "--model", parcels, "--schema", file, "--name", "n", "--output", sealed);

    ScoringModel opened = Opening.open(sealed.toString(), EngineKind.FOREST);
    assertThat(opened.schema().features().get(3)).isInstanceOf(CategoryCodeFeature.class);
    assertThat(opened.schema().features().get(4)).isInstanceOf(CategoryCodeFeature.class);
    run(0, "inspect", "--model", sealed, "--format", "json");
    assertThat(out.toString())
        .contains("{\"name\":\"zone\",\"type\":\"category\",\"categories\":\"codes\"}")
        .doesNotContain("unknown_categories");
    // The spelling of packages from before there was "codes": those still open, and score codes.
    assertThat(Files.readString(sealed.resolve("paritree.json")))
        .contains("{\"name\":\"zone\",\"type\":\"category\"}");

    Files.writeString(file, schema.replaceFirst(codes, codes + ", \"unseen\": \"missing\""));
    run(6, "seal", "--model", parcels, "--schema", file, "--name", "n", "--output", sealed);
    assertThat(err.toString()).contains("'unseen'", "codes");
    Files.writeString(file, schema.replaceFirst(codes, "\"categories\": \"values\""));
    run(6, "seal", "--model", parcels, "--schema", file, "--name", "n", "--output", sealed);
    assertThat(err.toString()).contains("'values'", "codes");
  }

  private float margin(Path file, Path input, String... options) throws IOException {
    Path output = directory.resolve("margins.csv");
    run(
        0,
        "predict",
        "--model",
        file,
        "--input",
        input,
        "--output",
        output,
        "--emit",
        "margin",
        options);
    return Float.parseFloat(Files.readAllLines(output).get(1));
  }

  private static float margin(Path file, Rounds rounds) throws Exception {
    return reference(file, new float[] {30, -40}, rounds);
  }

  private static float reference(Path file, float[] slots, Rounds rounds) throws Exception {
    byte[] content = Files.readAllBytes(file);
    Engine reference = NativeBooster.load(content, XgboostModel.read(content), rounds);
    float[] margin = new float[1];
    reference.score(slots, 1, margin, null);
    return margin[0];
  }

  private void assertRefused() {
    assertThat(err.toString())
        .startsWith("Model refused: Cannot use the features " + CATEGORIES + " of ")
        .contains("the model file does not list them")
        .contains("as \"categories\"", "\"categories\": \"codes\"", "predict --category-codes");
  }

  private void seal(int exitCode, Path schema, Path output, String... options) {
    run(
        exitCode,
        "seal",
        "--model",
        model,
        "--schema",
        schema,
        "--name",
        "n",
        "--output",
        output,
        "--rows",
        rows,
        options);
  }

  /** Runs the command; an argument may be an array of arguments. */
  private void run(int exitCode, Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] texts =
        java.util.Arrays.stream(arguments)
            .flatMap(
                argument ->
                    argument instanceof String[] several
                        ? java.util.Arrays.stream(several)
                        : java.util.stream.Stream.of(argument.toString()))
            .toArray(String[]::new);
    int got = ModelMain.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
    assertThat(got).as("%s%n%s", List.of(texts), err).isEqualTo(exitCode);
  }

  private Path resource(String name) throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/trainers/" + name)) {
      return Files.write(directory.resolve(name), in.readAllBytes());
    }
  }
}
