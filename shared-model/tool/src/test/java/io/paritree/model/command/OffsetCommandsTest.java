package io.paritree.model.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.Seed;
import io.paritree.forest.Rounds;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.xgboost.NativeBooster;
import io.paritree.xgboost.Training;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands with a base margin: from the trainer's rows to a package, scores and reasons. */
class OffsetCommandsTest {
  private static final int WIDTH = 3;
  private static final int ROWS = 300;

  @TempDir Path directory;

  private final long seed = Seed.next();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path model;
  private Path rows;
  private NativeBooster reference;

  /** The rows' slots, with their offset. */
  private float[] slots;

  /** Trains a model and writes rows with what libxgboost predicts with a base margin. */
  @BeforeEach
  void train() throws Exception {
    byte[] file = new Training(seed, WIDTH).objective("count:poisson").file("ubj");
    model = Files.write(directory.resolve("claims.ubj"), file);
    reference =
        NativeBooster.load(file, XgboostModel.read(file), Rounds.ALL)
            .withOffsets(new float[] {Float.NaN});
    slots = Training.rows(new Random(seed), ROWS, WIDTH + 1, 0.1);
    for (int row = 0; row < ROWS; row++) {
      slots[row * (WIDTH + 1) + WIDTH] = (float) Math.log(0.1 + new Random(seed + row).nextFloat());
    }

    float[] scores = new float[ROWS];
    reference.score(slots, ROWS, null, scores);
    rows = csv("rows.csv", scores);
  }

  private Path csv(String name, float[] scores) throws IOException {
    List<String> lines = new ArrayList<>(List.of("log_exposure,f0,f1,f2,predicted"));
    for (int row = 0; row < ROWS; row++) {
      int at = row * (WIDTH + 1);
      List<String> cells = new ArrayList<>(List.of("" + slots[at + WIDTH]));
      IntStream.range(at, at + WIDTH)
          .forEach(slot -> cells.add(Float.isNaN(slots[slot]) ? "" : "" + slots[slot]));
      cells.add("" + scores[row]);
      lines.add(String.join(",", cells));
    }

    return Files.write(directory.resolve(name), lines);
  }

  private void assertRun(int exitCode, Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    int got = ModelMain.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
    assertThat(got).as("%s%n%s, seed %s", List.of(texts), err, seed).isEqualTo(exitCode);
  }

  private Path sealed() {
    Path directory = this.directory.resolve("package");
    assertRun(
        0,
        "seal",
        "--model",
        model,
        "--rows",
        rows,
        "--expected",
        "predicted",
        "--offset",
        "log_exposure",
        "--name",
        "claims",
        "--output",
        directory);
    return directory;
  }

  @Test
  void aSealedOffsetIsComparedWithTheTrainerAndStandsOutInTheCard() throws Exception {
    Path directory = sealed();

    assertThat(out.toString()).contains("300 rows compared with the trainer (equal, bit for bit)");
    assertThat(err.toString()).contains("the margin begins with the column 'log_exposure'");
    assertThat(Files.readString(directory.resolve("paritree.json")))
        .contains("\"format\": 3", "\"role\":\"offset\"");
    assertRun(0, "inspect", "--model", directory);
    assertThat(out.toString())
        .contains("OFFSET        the margin begins with the column 'log_exposure'")
        .contains("log_exposure: offset, must not be missing");
    assertRun(0, "inspect", "--model", directory, "--format", "json");
    assertThat(out.toString()).contains("\"offsets\"", "\"role\":\"offset\"");
  }

  @Test
  void predictHasTheBitsOfLibxgboostFromBothEnginesSealedAndBare() throws Exception {
    float[] margins = new float[ROWS];
    float[] scores = new float[ROWS];
    reference.score(slots, ROWS, margins, scores);
    float[] contributions = new float[ROWS * (WIDTH + 1)];
    reference.explain(slots, ROWS, contributions);
    List<String> expected = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      StringBuilder line = new StringBuilder(margins[row] + "," + scores[row]);
      for (int at = row * (WIDTH + 1); at < (row + 1) * (WIDTH + 1); at++) {
        line.append(',').append(contributions[at]);
      }

      expected.add(line.toString());
    }

    Path output = directory.resolve("out.csv");
    assertRun(
        0,
        "predict",
        "--model",
        sealed(),
        "--input",
        rows,
        "--output",
        output,
        "--emit",
        "margin,score,contributions",
        "--exact");
    List<String> lines = Files.readAllLines(output);
    assertThat(lines.get(0))
        .isEqualTo(
            "margin,score,contribution_0_0,contribution_0_1,contribution_0_2,contribution_0_3");
    assertThat(lines.subList(1, lines.size())).as("seed %s", seed).isEqualTo(expected);

    Path bare = directory.resolve("bare.csv");
    for (String engine : List.of("forest", "xgboost")) {
      assertRun(
          0,
          "predict",
          "--model",
          model,
          "--offset",
          "log_exposure",
          "--input",
          rows,
          "--output",
          bare,
          "--engine",
          engine);
      assertThat(Files.readAllLines(bare).get(7)).isEqualTo(margins[6] + "," + scores[6]);
    }

    assertRun(0, "verify", "--model", directory.resolve("package"), "--rows", rows);
  }

  @Test
  void aRowWithoutItsOffsetIsRefused() throws Exception {
    Path package_ = sealed();
    Path input =
        Files.write(
            directory.resolve("in.csv"),
            List.of("log_exposure,f0,f1,f2", ",1,2,3", "1e39,1,2,3", "nothing,1,2,3", "0.5,1,2,3"));
    Path output = directory.resolve("out.csv");

    assertRun(0, "predict", "--model", package_, "--input", input, "--output", output);

    assertThat(Files.readAllLines(output)).hasSize(5).startsWith("margin,score", ",", ",", ",");
    assertThat(err.toString())
        .contains("log_exposure")
        .contains("missing_value", "not_finite", "wrong_type");
  }

  @Test
  void reasonsAndTheirBaseWithTheOffsetAddUpToTheMargin() throws Exception {
    Path record =
        Files.writeString(
            directory.resolve("r.json"), "{\"f0\": 1, \"f1\": -0.5, \"log_exposure\": -2.5}");
    float[] margin = new float[1];
    reference.score(new float[] {1, -0.5f, Float.NaN, -2.5f}, 1, margin, null);

    assertRun(0, "explain", "--model", sealed(), "--record", record, "--format", "json", "--exact");

    String json = out.toString();
    assertThat(json).doesNotContain("log_exposure");
    double sum = number(json, "base") + number(json, "rest");
    for (int at = json.indexOf("\"contribution\""); at > 0; ) {
      sum += number(json.substring(at), "contribution");
      at = json.indexOf("\"contribution\"", at + 1);
    }

    assertThat(sum).isCloseTo(margin[0], within(1e-5));
    float[] contributions = new float[WIDTH + 1];
    reference.explain(new float[] {1, -0.5f, Float.NaN, -2.5f}, 1, contributions);
    assertThat((float) number(json, "base")).isEqualTo(contributions[WIDTH]);

    assertRun(0, "explain", "--model", directory.resolve("package"), "--record", record);
    assertThat(out.toString()).contains(" base with the offset log_exposure = -2.5");

    assertRun(0, "importance", "--model", directory.resolve("package"), "--rows", rows);
    assertThat(out.toString()).contains("f2").doesNotContain("log_exposure");
  }

  private static double number(String json, String key) {
    String after = json.substring(json.indexOf("\"" + key + "\"") + key.length() + 2);
    return Double.parseDouble(after.replaceFirst("(?s)^\\s*:\\s*([-0-9.Ee]+).*", "$1"));
  }

  @Test
  void aForgottenOrMissingOffsetIsRefusedWithWhatToDo() throws Exception {
    Object[] seal = {
      "seal", "--model", model, "--name", "claims", "--output", directory.resolve("x")
    };
    Object[] more = {"--rows", rows, "--expected", "predicted"};

    assertRun(6, both(seal, more));
    assertThat(err.toString())
        .contains("300 of 300 rows: the trainer gave [log_exposure] as base margin")
        .contains("\"role\": \"offset\"", "--offset log_exposure");
    List<String> exposures = new ArrayList<>();
    for (String line : Files.readAllLines(rows)) {
      String first = line.substring(0, line.indexOf(','));
      String text =
          first.startsWith("log") ? "exposure" : "" + (float) Math.exp(Double.parseDouble(first));
      exposures.add(text + line.substring(first.length()));
    }

    Path changed = Files.write(directory.resolve("exposures.csv"), exposures);
    assertRun(6, both(seal, "--rows", changed, "--expected", "predicted"));
    assertThat(err.toString()).contains("the trainer gave the logarithm of [exposure]");

    assertRun(6, both(seal, "--offset", "a", "--offset", "b"));
    assertThat(err.toString())
        .contains("the number of its offsets is 2, but the model has 1 outputs");
    assertRun(2, "predict", "--model", sealed(), "--offset", "a", "--input", rows, "--output", "o");
    assertThat(err.toString()).contains("Cannot use --category-codes, --offset or --rounds");
  }

  private static Object[] both(Object[] some, Object... more) {
    List<Object> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray();
  }

  @Test
  void theDraftOfASchemaHasTheOffset() throws Exception {
    assertRun(0, "schema", "--model", model, "--rows", rows, "--offset", "log_exposure");
    assertThat(out.toString())
        .contains("{\"name\":\"log_exposure\",\"type\":\"number\",\"role\":\"offset\"}");
    assertRun(0, "schema", "--model", model, "--rows", rows, "--offset", "exposure");
    assertThat(err.toString()).contains("'exposure'", "each row needs its offset");
    assertRun(0, "schema", "--model", model, "--offset", "f1");
    assertThat(out.toString())
        .contains(
            "{\"name\":\"offset_f1\",\"type\":\"number\",\"column\":\"f1\",\"role\":\"offset\"}");
  }

  /** Of several outputs each has its own; a default is used by every engine. */
  @Test
  void packagesOfSeveralOutputsOpenWithBothEngines() throws Exception {
    String path = new TestPackages(directory).offsets().toString();
    float[] some = {0.5f, 1.5f, -1, 2, Float.NaN, 1, 0, 0.5f, 0.5f, 0.25f};
    float[] forest = new float[6];
    float[] booster = new float[6];
    ScoringModel opened = Opening.open(path, EngineKind.FOREST);
    opened.engine().score(some, 2, forest, null);
    Opening.open(path, EngineKind.XGBOOST).engine().score(some, 2, booster, null);

    assertThat(forest).isEqualTo(booster);
    assertThat(opened.card().offsets().orElseThrow()).contains("'prior_2' (0.25 if missing)");
    assertThat(opened.card().goldenContributions()).isPositive();
  }
}
