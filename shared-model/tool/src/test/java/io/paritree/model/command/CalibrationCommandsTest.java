package io.paritree.model.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.model.TestPackages;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The commands with a model that scikit-learn has calibrated: from the trainer's rows to a package,
 * its scores and its changes. The files are made by {@code calibrated/make.py}.
 */
class CalibrationCommandsTest {
  private static final List<String> COLUMNS = List.of("model", "sigmoid", "isotonic");

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path rows;

  @BeforeEach
  void copyFiles() throws Exception {
    for (String name : List.of("model.json", "sigmoid.json", "isotonic.json", "rows.csv")) {
      try (InputStream in = getClass().getResourceAsStream("/calibrated/" + name)) {
        Files.copy(in, directory.resolve(name));
      }
    }

    rows = directory.resolve("rows.csv");
  }

  private void assertRun(int exitCode, Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    int got = ModelMain.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
    assertThat(got).as("%s%n%s", List.of(texts), err).isEqualTo(exitCode);
  }

  private Object[] sealing(String schema, String expected) {
    return new Object[] {
      "seal",
      "--model",
      directory.resolve("model.json"),
      "--schema",
      directory.resolve(schema + ".json"),
      "--rows",
      rows,
      "--expected",
      expected,
      "--name",
      "loans",
      "--output",
      directory.resolve("package-of-" + schema)
    };
  }

  private Path sealed(String method) {
    assertRun(0, sealing(method, method));
    return directory.resolve("package-of-" + method);
  }

  /** Returns what the trainer predicted, as texts of floats. */
  private List<String> predicted(String column) throws Exception {
    List<String> lines = Files.readAllLines(rows);
    int place = 3 + COLUMNS.indexOf(column);
    return lines.stream()
        .skip(1)
        .map(line -> String.valueOf(Float.parseFloat(line.split(",", -1)[place])))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sigmoid", "isotonic"})
  void thePackageHasTheBitsOfPredictProbaFromBothEngines(String method) throws Exception {
    Path sealed = sealed(method);

    assertThat(out.toString()).contains("300 rows compared with the trainer (equal, bit for bit)");
    for (String engine : List.of("forest", "xgboost")) {
      Path scores = directory.resolve(engine + ".csv");
      assertRun(
          0,
          "predict",
          "--model",
          sealed,
          "--input",
          rows,
          "--output",
          scores,
          "--emit",
          "score",
          "--engine",
          engine);
      List<String> lines = Files.readAllLines(scores);
      assertThat(lines.subList(1, lines.size())).isEqualTo(predicted(method));
    }

    assertRun(0, "verify", "--model", sealed, "--rows", rows);
  }

  @Test
  void theMarginIsTheModels() throws Exception {
    Path scores = directory.resolve("scores.csv");
    assertRun(
        0,
        "predict",
        "--model",
        sealed("isotonic"),
        "--input",
        rows,
        "--output",
        scores,
        "--emit",
        "margin");

    List<String> lines = Files.readAllLines(scores);
    List<String> raw = predicted("model");
    for (int row = 0; row < raw.size(); row++) {
      double fromMargin = 1 / (1 + Math.exp(-Double.parseDouble(lines.get(row + 1))));
      assertThat(fromMargin).isCloseTo(Double.parseDouble(raw.get(row)), within(1e-6));
    }
  }

  @Test
  void scoresThatAreNotCalibratedDifferFromTheTrainers() {
    assertRun(6, sealing("sigmoid", "model"));
    assertThat(err.toString()).contains("rows differ from the trainer's predictions");
  }

  @Test
  void theCardNamesTheCalibration() throws Exception {
    Path sealed = sealed("isotonic");
    assertRun(0, "inspect", "--model", sealed);
    assertThat(out.toString()).contains("calibrated    isotonic, ");
    assertRun(0, "inspect", "--model", sealed, "--format", "json");
    assertThat(out.toString())
        .contains("\"calibration\": {\"method\":\"isotonic\",\"in\":\"float\",\"x\":[");
  }

  @Test
  void diffShowsAnotherCalibration() {
    Path sigmoid = sealed("sigmoid");
    Path isotonic = sealed("isotonic");
    assertRun(0, "diff", sigmoid, isotonic);

    assertThat(out.toString()).contains("calibration_changed", "from sigmoid, a = -5.85");
  }

  @Test
  void aChangedPointIsAnotherPackage() throws Exception {
    Path sealed = sealed("isotonic");
    Path manifest = sealed.resolve("paritree.json");
    String changed = Files.readString(manifest).replaceFirst(",1,1]}", ",0.99,1]}");
    assertThat(changed).isNotEqualTo(Files.readString(manifest));
    String digest = Files.readString(sealed.resolve("paritree.sha256"));
    Files.write(manifest, changed.getBytes(StandardCharsets.UTF_8));
    assertRun(6, "inspect", "--model", sealed);

    TestPackages.digestAnew(sealed);
    assertThat(Files.readString(sealed.resolve("paritree.sha256"))).isNotEqualTo(digest);
    assertRun(0, "inspect", "--model", sealed);
  }
}
