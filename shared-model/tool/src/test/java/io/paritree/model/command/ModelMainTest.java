package io.paritree.model.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.forest.Engine;
import io.paritree.forest.Rounds;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.golden.JsonRecord;
import io.paritree.model.manifest.Provenance;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.model.manifest.SchemaParser;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.Profile;
import io.paritree.reasons.Direction;
import io.paritree.reasons.Reasons;
import io.paritree.reasons.RowReasons;
import io.paritree.store.DamagingStore;
import io.paritree.xgboost.NativeBooster;
import io.paritree.xgboost.Training;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command does what it says and exits with the documented code. */
class ModelMainTest {
  /** What save_config of XGBoost 3.0 returns, with fewer parameters. */
  private static final String CONFIG =
      """
      {"learner":{"generic_param":{"device":"cpu","seed":"0"},
        "gradient_booster":{"gbtree_model_param":{"num_parallel_tree":"1","num_trees":"1"},
          "gbtree_train_param":{"process_type":"default"},"name":"gbtree",
          "specified_updater":false,"tree_train_param":{"eta":"0.300000012"},"updater":[]},
        "learner_model_param":{"base_score":"5E-1","boost_from_average":"1","num_class":"0",
          "num_feature":"2","num_target":"1"},
        "learner_train_param":{"booster":"gbtree","objective":"binary:logistic"},
        "metrics":[],"objective":{"name":"binary:logistic"}},"version":[3,0,0]}\
      """;

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void predictWritesWhatLibxgboostComputesForBothEngines() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(6, 12, 5);
    int rows = 5_000; // more than one block
    float[] slots = slots(rows, 6);
    Path input = wideCsv("rows.csv", slots, 6);

    assertRun(
        0,
        "predict",
        "--model",
        model,
        "--input",
        input,
        "--output",
        path("forest.csv"),
        "--emit",
        "margin,score,leaf");
    assertRun(
        0,
        "predict",
        "--model",
        model,
        "--input",
        input,
        "--output",
        path("native.csv"),
        "--emit",
        "margin,score,leaf",
        "--engine",
        "xgboost");

    byte[] file = Files.readAllBytes(model);
    Engine reference = NativeBooster.load(file, XgboostModel.read(file), Rounds.ALL);
    float[] margins = new float[rows];
    float[] scores = new float[rows];
    int[] leaves = new int[rows * 12];
    reference.score(slots, rows, margins, scores);
    reference.leaves(slots, rows, leaves);
    List<String> expected = new ArrayList<>();
    StringBuilder header = new StringBuilder("margin,score");
    IntStream.range(0, 12).forEach(tree -> header.append(",leaf_").append(tree));
    expected.add(header.toString());
    for (int row = 0; row < rows; row++) {
      StringBuilder line = new StringBuilder(margins[row] + "," + scores[row]);
      for (int tree = 0; tree < 12; tree++) {
        line.append(',').append(leaves[row * 12 + tree]);
      }

      expected.add(line.toString());
    }

    assertThat(Files.readAllLines(path("forest.csv"))).isEqualTo(expected);
    assertThat(path("native.csv")).hasSameBinaryContentAs(path("forest.csv"));
  }

  @Test
  void predictLeavesCellsEmptyForRowsWithFaultsAndSaysWhy() throws Exception {
    Path model = new TestPackages(directory).binary();
    Path input =
        csv(
            "rows.csv",
            TestRecords.csvLine(0),
            "9999,,maybe,AA,11,2024-13-01",
            "1,2",
            TestRecords.csvLine(1));

    assertRun(
        0,
        "predict",
        "--model",
        model,
        "--input",
        input,
        "--output",
        path("scores.csv"),
        "--emit",
        "score,margin");

    List<String> lines = Files.readAllLines(path("scores.csv"));
    assertThat(lines).hasSize(5);
    assertThat(lines.get(0)).isEqualTo("score,margin");
    assertThat(lines.get(1)).matches("0\\.\\d+,-?\\d+\\.\\d+");
    assertThat(lines.get(2)).isEqualTo(",");
    assertThat(lines.get(3)).isEqualTo(",");
    List<String> faults = err.toString().lines().toList();
    assertThat(faults.get(0))
        .contains("rows.csv line 3", "out_of_range", "missing_value", "wrong_type")
        .contains("unseen_category", "bad_timestamp");
    assertThat(faults.get(1)).contains("rows.csv line 4", "malformed_record", "2 cells");
    assertThat(faults.get(2))
        .startsWith("Refused, by fault: ")
        .contains("out_of_range in 'distance' of 1 rows: got 9999, expected 0.0 to 5000.0");
    assertThat(faults.get(3)).contains("Scored 2 rows", "parcel-late/1", "2 refused");

    assertRun(
        3,
        "predict",
        "--strict",
        "--model",
        model,
        "--input",
        input,
        "--output",
        path("strict.csv"),
        "--format",
        "json");
    assertThat(Files.readAllLines(path("strict.csv"))).hasSize(5);
    assertThat(out.toString())
        .contains("\"model_version\": \"parcel-late/1\"", "\"sealed\": true")
        .contains("\"rows_scored\": 2", "\"rows_refused\": 2");
    assertThat(out.toString())
        .contains("\"code\": \"unseen_category\"", "\"column\": \"zone\"", "\"example\": \"11\"");
    assertThat(err.toString().lines()).as("the faults only").hasSize(3);
  }

  @Test
  void predictOfWhichNoRowCouldBeScoredIsNoSuccessAndSaysOnceWhy() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(2, 3, 5);
    List<String> lines = new ArrayList<>(List.of("f0,f1"));
    for (int row = 0; row < 3_000; row++) {
      lines.add(row % 3 == 0 ? "True,1" : "1,NA");
    }

    Path rows = Files.write(path("rows.csv"), lines);
    assertRun(3, "predict", "--model", model, "--input", rows, "--output", path("out.csv"));

    List<String> said = err.toString().lines().toList();
    assertThat(said).as("20 rows, what is left, the summary and the counts").hasSize(23);
    assertThat(said.get(20)).isEqualTo("... and 2980 more refused rows");
    assertThat(said.get(21))
        .contains("wrong_type in 'f1' of 2000 rows: got \"NA\", expected a number")
        .contains("leave missing cells empty")
        .contains("wrong_type in 'f0' of 1000 rows: got \"True\"", "booleans as JSON does");
    assertThat(said.get(22)).contains("Scored 0 rows", "3000 refused");
    assertThat(Files.readAllLines(path("out.csv"))).hasSize(3_001);

    Files.write(rows, List.of("1,2"), StandardOpenOption.APPEND);
    assertRun(0, "predict", "--model", model, "--input", rows, "--output", path("out.csv"));
    Files.write(rows, List.of("f0,f1"));
    assertRun(0, "predict", "--model", model, "--input", rows, "--output", path("out.csv"));
  }

  @Test
  void predictNamesSeveralScoresByTheirOutputs() throws Exception {
    Path model = new TestPackages(directory).bareClassesModel(3);
    Path schema =
        schema(
            """
            {"features": [{"name": "f0", "type": "number"}, {"name": "f1", "type": "number"}],
             "outputs": {"names": ["small", "a \\"b\\", c", "large"]}}\
            """);
    Path input = Files.writeString(path("rows.csv"), "f0,f1\n1,2\n");
    Path output = path("scores.csv");

    assertRun(0, "predict", "--model", model, "--input", input, "--output", output);
    assertThat(Files.readAllLines(output).get(0))
        .isEqualTo("margin_0,margin_1,margin_2,score_0,score_1,score_2");

    Path sealed = path("sealed");
    assertRun(0, "seal", "--model", model, "--schema", schema, "--name", "n", "--output", sealed);
    assertRun(
        0, "predict", "--model", sealed, "--input", input, "--output", output, "--emit", "score");
    assertThat(Files.readAllLines(output).get(0))
        .isEqualTo("score_small,\"score_a \"\"b\"\", c\",score_large");
  }

  @Test
  void predictWritesTheContributionsOfLibxgboost() throws Exception {
    int width = 5;
    int rows = 1_100; // more than are explained at a time
    byte[] file =
        new Training(7, width).objective("multi:softprob").classes(3).rounds(4).file("ubj");
    Path model = Files.write(path("classes.ubj"), file);
    float[] slots = slots(rows, width);
    Path input = wideCsv("rows.csv", slots, width);
    Path output = path("contributions.csv");
    NativeBooster reference = NativeBooster.load(file, XgboostModel.read(file), Rounds.ALL);
    float[] expected = new float[rows * 3 * (width + 1)];
    reference.explain(slots, rows, expected);
    String[] predict = {
      "predict",
      "--model",
      model.toString(),
      "--input",
      input.toString(),
      "--output",
      output.toString(),
      "--emit",
      "contributions"
    };

    assertRun(0, with(predict, "--exact", "--format", "json"));
    assertThat(out.toString()).contains("\"contributions\": \"exact\"");
    List<String> lines = Files.readAllLines(output);
    assertThat(lines.get(0))
        .startsWith("contribution_0_0,contribution_0_1,")
        .contains(",contribution_0_5,contribution_1_0,")
        .endsWith(",contribution_2_5");
    for (int row = 0; row < rows; row++) {
      String line =
          IntStream.range(row * 18, (row + 1) * 18)
              .mapToObj(at -> String.valueOf(expected[at]))
              .collect(Collectors.joining(","));
      assertThat(lines.get(row + 1)).as("row %s", row).isEqualTo(line);
    }

    assertRun(0, with(predict, "--format", "json"));
    assertThat(out.toString()).contains("\"contributions\": \"fast\"");
    String[] last = Files.readAllLines(output).get(rows).split(",");
    for (int at = 0; at < last.length; at++) {
      assertThat(Float.parseFloat(last[at]))
          .isCloseTo(expected[(rows - 1) * 18 + at], org.assertj.core.data.Offset.offset(1e-4f));
    }

    assertRun(2, with(predict, "--engine", "xgboost"));
    assertThat(err.toString()).contains("use --exact, which has its bits");
    predict[predict.length - 1] = "margin";
    assertRun(2, with(predict, "--exact"));
    assertThat(err.toString()).contains("Cannot use --exact without --emit contributions");
  }

  @Test
  void explainShowsTheReasonsOfARecord() throws Exception {
    Path model = new TestPackages(path("store")).reasons();
    String text =
        """
        {"distance": 4000.50, "weight": -1e3, "express": true, "carrier": "Zürich Post",
         "zone": null, "departure": "2026-03-01T10:00:00Z"}
        """;
    Path record = Files.writeString(path("r.json"), text);
    Object[] explain = {"explain", "--model", model, "--record", record};

    assertRun(0, with(explain, "--format", "json", "--reasons", "5"));
    String json = out.toString().replaceAll("\\s+", "");
    assertThat(json)
        .contains("\"model_version\":\"parcel-reasons/1\"")
        .contains("\"field\":\"distance\",\"value\":4000.50,")
        .contains("\"field\":\"service\",\"value\":{\"express\":true,\"carrier\":\"ZürichPost\"},")
        .contains("\"value\":\"2026-03-01T10:00:00Z\"", "\"direction\":\"both\"")
        .containsPattern("\"code\":\"R[12]\"")
        .doesNotContain("weight", "\"mode\"");
    assertThat(added(json, "base") + added(json, "rest") + contributions(json))
        .isCloseTo(added(json, "margin"), org.assertj.core.data.Offset.offset(1e-5));
    assertReasons(model, text, json);

    assertRun(0, with(explain, "--direction", "up", "--exact"));
    assertThat(out.toString())
        .startsWith("parcel-reasons/1: score ")
        .contains(" base\n")
        .contains(" rest (")
        .contains("Contributions: exact")
        .doesNotContainPattern("-[0-9.]+ +[-0-9.]+ (distance|service|zone|departure)");

    assertRun(2, with(explain, "--reasons", "6"));
    assertThat(err.toString()).contains("Invalid --reasons: got 6, expected 1 to 5");
    assertRun(2, with(explain, "--of", "tall"));
    assertThat(err.toString()).contains("Invalid --of: got tall, expected one of [0]");
    Files.writeString(record, text.replace("-1e3", "\"heavy\""));
    assertRun(3, explain);
    assertThat(err.toString()).contains("r.json", "weight", "heavy");
  }

  @Test
  void explainAsksWhichOfSeveralValuesIsMeant() throws Exception {
    String file = "/io/paritree/model/trainer/quantiles-3.0.json";
    Path quantiles = path("quantiles.json");
    try (InputStream in = getClass().getResourceAsStream(file)) {
      Files.copy(in, quantiles);
    }

    Path record = Files.writeString(path("r.json"), "{\"a\": -0.8, \"b\": 0.8}");

    assertRun(2, "explain", "--model", quantiles, "--record", record);

    assertThat(err.toString())
        .contains("Missing --of: the model has several outputs, expected one of [0, 1");
    assertRun(0, "explain", "--model", quantiles, "--record", record, "--of", "0");
  }

  @Test
  void manyNamesInAMessageAreCut() throws Exception {
    Path classes = new TestPackages(directory).bareClassesModel(50);
    Path record = Files.writeString(path("r.json"), "{\"f0\": -0.8, \"f1\": 0.8}");

    assertRun(2, "explain", "--model", classes, "--record", record, "--of", "none");
    assertThat(err.toString())
        .contains("got none, expected one of [0, 1, ")
        .contains(" and 30 more]");
    assertRun(0, "inspect", "--model", classes);
    assertThat(out.toString()).contains("classes [0, 1, ", " and 30 more]").doesNotContain(" 49");
    assertRun(0, "inspect", "--model", classes, "--format", "json");
    assertThat(out.toString()).contains("\"49\"");
  }

  @Test
  void groupsThatAreNotWhatTheirNamesSayAreNotSealed() throws Exception {
    Path model = Files.write(path("m.ubj"), TestPackages.parcelModel("binary:logistic", 6));
    String schema = TestRecords.SCHEMA.formatted("");
    Path file = path("s.json");
    Object[] seal = {
      "seal", "--model", model, "--schema", file, "--name", "m", "--store", path("store")
    };

    Files.writeString(
        file, schema.replace("\"type\": \"hour\"", "\"type\": \"hour\", \"group\": \"time\""));
    assertRun(6, seal);
    assertThat(err.toString())
        .contains("s.json", "'group' of feature 'day_of_week': got none, expected 'time'");
    Files.writeString(
        file,
        schema.replace("\"type\": \"boolean\"", "\"type\": \"boolean\", \"group\": \"weight\""));
    assertRun(6, seal);
    assertThat(err.toString())
        .contains("'group' 'weight' of column 'express': it is the name of another column");
    Files.writeString(
        file,
        schema
            .replace("\"type\": \"boolean\"", "\"type\": \"boolean\", \"group\": \"weight\"")
            .replace("\"nullable\": false", "\"nullable\": false, \"group\": \"weight\""));
    assertRun(0, seal);
  }

  private static double added(String json, String name) {
    Matcher number = Pattern.compile("\"" + name + "\":([-0-9.E]+)").matcher(json);
    assertThat(number.find()).as(name).isTrue();
    return Double.parseDouble(number.group(1));
  }

  /** Asserts that the shown reasons have the bits that the record has elsewhere. */
  private static void assertReasons(Path path, String record, String shown) throws Exception {
    ScoringModel model = Opening.open(path.toString(), EngineKind.FOREST);
    Reasons reasons = Reasons.of(model, ContributionMode.FAST);
    float[] slots = new float[model.engine().width()];
    JsonRecord.encode(model.schema(), record.getBytes(StandardCharsets.UTF_8), slots, 0);
    float[] contributions = new float[reasons.contributions()];
    reasons.explain(slots, 0, 1, contributions);
    RowReasons expected = new RowReasons(reasons.groups().size());
    reasons.choose(contributions, 0, 0, 5, Direction.BOTH, expected);
    List<String> fields = new ArrayList<>();
    for (int reason = 0; reason < expected.count(); reason++) {
      fields.add(reasons.groups().get(expected.group(reason)).name());
      fields.add(String.valueOf(expected.contribution(reason)));
    }

    assertThat(
            Pattern.compile("\"field\":\"([a-z]+)\"|\"contribution\":([-0-9.E]+)")
                .matcher(shown)
                .results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1)))
        .isEqualTo(fields);
    assertThat(shown)
        .contains("\"base\":%s,\"rest\":%s,".formatted(expected.base(), expected.rest()));
  }

  private static double contributions(String json) {
    return Pattern.compile("\"contribution\":([-0-9.E]+)")
        .matcher(json)
        .results()
        .mapToDouble(number -> Double.parseDouble(number.group(1)))
        .sum();
  }

  @Test
  void aReferenceIsOfTheTrainingRowsOrOfTheRowsOrLeftOut() throws Exception {
    List<String> lines = new ArrayList<>();
    lines.add(String.join(",", TestRecords.COLUMNS));
    IntStream.range(0, 300).forEach(row -> lines.add(TestRecords.csvLine(row)));
    Path rows = Files.write(path("rows.csv"), lines);
    IntStream.range(300, 900).forEach(row -> lines.add(TestRecords.csvLine(row)));
    lines.add(TestRecords.csvLine(1).replaceFirst("^[^,]*", "far"));
    Path training = Files.write(path("training.csv"), lines);
    Path model = Files.write(path("m.ubj"), TestPackages.parcelModel("binary:logistic", 6));
    Path schema = Files.writeString(path("s.json"), TestRecords.SCHEMA.formatted(""));
    Object[] seal = {
      "seal", "--model", model, "--schema", schema, "--name", "m", "--store", path("store")
    };

    assertRun(0, with(seal, "--rows", rows, "--reference", training));
    assertRun(0, with(seal, "--reference", training));
    assertRun(0, with(seal, "--rows", rows));
    assertRun(0, with(seal, "--rows", rows, "--without-reference"));

    byte[] first = Files.readAllBytes(path("store/m/1/reference.json"));
    Profile reference = Profile.fromJson("reference", first);
    assertThat(reference.rows()).isEqualTo(901);
    assertThat(reference.scored()).isEqualTo(900);
    assertThat(reference.faults()).isEqualTo(Map.of("distance", Map.of("wrong_type", 1L)));
    assertThat(path("store/m/2/reference.json")).hasBinaryContent(first);
    assertThat(reference(3).rows()).isEqualTo(300);
    assertThat(reference(3).features()).allMatch(feature -> feature.bins().isPresent());
    assertThat(path("store/m/4/reference.json")).doesNotExist();
    assertThat(Files.readString(path("store/m/4/paritree.json")))
        .contains("\"format\": 2", "\"sealed_rows\": {", "\"importance\": {");
    assertThat(byFeature(reference(4), FeatureProfile::missing))
        .isEqualTo(byFeature(reference(3), FeatureProfile::missing));
    assertThat(reference(4).rows()).isEqualTo(300);

    assertRun(0, "inspect", "--model", path("store/m/1"));
    long missing = reference.features().get(3).missing();
    assertThat(out.toString())
        .contains("reference     901 rows, 900 scored, 900 explained\n")
        .containsPattern("\n {9}11 +[0-9.]+% +0.00% distance\n")
        .contains("        6   %5.2f%%".formatted(100.0 * missing / 901));
    assertRun(0, "inspect", "--model", path("store/m/1"), "--format", "json");
    assertThat(out.toString().replaceAll("\\s+", ""))
        .contains("\"reference\":{\"format\":1,\"rows\":901,\"scored\":900,\"sampled\":900,");
    assertRun(0, "verify", "--model", path("store/m/1"));
  }

  private Profile reference(int version) throws Exception {
    String packaged = path("store/m/" + version).toString();
    return Opening.open(packaged, EngineKind.FOREST).card().reference().orElseThrow();
  }

  @Test
  void aReferenceThatAnotherOptionLeavesOutIsRefused() throws Exception {
    Path model = Files.write(path("m.ubj"), TestPackages.wideModel(2, 2, 2));
    Path rows = Files.write(path("rows.csv"), List.of("f0,f1", "a,1"));
    Object[] seal = {"seal", "--model", model, "--name", "m", "--store", path("store")};
    for (String option : List.of("--without-reference", "--without-importance")) {
      assertRun(2, with(seal, "--reference", rows, option));
      assertThat(err.toString())
          .contains("--reference makes a reference, which %s leaves out".formatted(option));
    }

    assertRun(3, with(seal, "--reference", rows));
    assertThat(err.toString())
        .contains("Cannot make a reference of the rows of " + rows)
        .contains("the schema accepts none");
    assertRun(3, with(seal, "--reference", path("none.csv")));
    assertThat(err.toString()).contains("there is no such file");
  }

  @Test
  void rowsFromAPipeAreSealedWithoutAReference() throws Exception {
    Path model = Files.write(path("m.ubj"), TestPackages.wideModel(2, 2, 2));
    Path pipe = path("pipe.csv");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Thread writer =
        new Thread(
            () -> {
              try {
                Files.write(pipe, List.of("f0,f1", "1,2", "3,4"), StandardOpenOption.WRITE);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    writer.start();
    Object[] seal = {"seal", "--model", model, "--name", "m", "--store", path("store")};

    assertRun(0, with(seal, "--rows", pipe));
    writer.join();
    assertThat(err.toString()).contains("the package has no reference", "cannot be read again");
    assertThat(path("store/m/1/reference.json")).doesNotExist();
    assertRun(3, with(seal, "--reference", pipe));
    assertThat(err.toString()).contains("it is a device or a pipe, expected a file");
  }

  private static Map<String, Long> byFeature(
      Profile profile, Function<FeatureProfile, Long> count) {
    return profile.features().stream().collect(Collectors.toMap(FeatureProfile::feature, count));
  }

  private static Stream<String> cells(int column) {
    return IntStream.range(0, 300).mapToObj(row -> TestRecords.cells(row).get(column));
  }

  @Test
  void sealingWithRowsStoresTheImportanceThatTheCommandMeasures() throws Exception {
    List<String> lines = new ArrayList<>();
    lines.add(String.join(",", TestRecords.COLUMNS));
    IntStream.range(0, 300).forEach(row -> lines.add(TestRecords.csvLine(row)));
    Path rows = Files.write(path("rows.csv"), lines);
    Path model = Files.write(path("m.ubj"), TestPackages.parcelModel("binary:logistic", 6));
    Path schema = Files.writeString(path("s.json"), TestRecords.SCHEMA.formatted(""));
    Object[] seal = {
      "seal", "--model", model, "--schema", schema, "--name", "m", "--store", path("store")
    };

    assertRun(0, with(seal, "--rows", rows));
    assertRun(0, with(seal, "--rows", rows, "--without-importance"));
    assertRun(0, seal);

    Path first = path("store/m/1");
    assertRun(0, "importance", "--model", first, "--rows", rows, "--format", "json");
    String measured = out.toString().replaceAll("\\s+", "");
    String fields = measured.substring(measured.indexOf("\"fields\""));
    assertRun(0, "inspect", "--model", first, "--format", "json");
    assertThat(out.toString().replaceAll("\\s+", ""))
        .contains("\"importance\":{\"rows\":300," + fields);
    assertRun(0, "inspect", "--model", first);
    assertThat(out.toString())
        .contains("importance    mean contributions of 300 rows", " weight\n");
    assertRun(0, "verify", "--model", first);
    assertThat(out.toString())
        .contains("golden rows were reproduced (8 of them with contributions)");
    assertThat(Files.readString(first.resolve("paritree.json")))
        .contains("\"format\": 3")
        .doesNotContain("sealed_rows");
    Profile counts =
        Opening.open(first.toString(), EngineKind.FOREST).card().reference().orElseThrow();
    assertThat(counts.rows()).isEqualTo(300);
    assertThat(byFeature(counts, FeatureProfile::unseen))
        .containsEntry("carrier", cells(3).filter("Nobody's"::equals).count())
        .containsEntry("zone", 0L)
        .hasSize(TestRecords.FEATURE_NAMES.length);
    assertThat(byFeature(counts, FeatureProfile::missing))
        .containsEntry("carrier", cells(3).filter(List.of("", "Nobody's")::contains).count())
        .containsEntry("distance", cells(0).filter(List.of("", "-999")::contains).count())
        .containsEntry("hour", cells(5).filter(String::isEmpty).count())
        .containsEntry("weight", 0L);
    assertThat(Files.readString(path("store/m/2/paritree.json"))).doesNotContain("sealed_rows");
    assertThat(Files.readString(path("store/m/3/paritree.json"))).doesNotContain("sealed_rows");
    for (int version = 2; version <= 3; version++) {
      Path plain = path("store/m/" + version);
      assertThat(Files.readString(plain.resolve("paritree.json")))
          .contains("\"format\": 1")
          .doesNotContain("importance");
      assertThat(Files.readString(plain.resolve("golden.jsonl"))).doesNotContain("contributions");
      assertRun(0, "verify", "--model", plain, "--format", "json");
      assertThat(out.toString()).contains("\"golden_contributions\": 0");
    }

    Path manifest = first.resolve("paritree.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"format\": 3", "\"format\": 1"));
    assertRun(6, "verify", "--model", first);
  }

  @Test
  void importanceListsTheFieldsByTheirMeanContribution() throws Exception {
    Path model = new TestPackages(path("store")).reasons();
    List<String> lines = new ArrayList<>();
    lines.add(String.join(",", TestRecords.COLUMNS));
    IntStream.range(0, 300).forEach(row -> lines.add(TestRecords.csvLine(row)));
    lines.add(TestRecords.csvLine(1).replaceFirst("^[^,]*", "far"));
    Path rows = Files.write(path("rows.csv"), lines);

    assertRun(0, "importance", "--model", model, "--rows", rows, "--format", "json");
    String json = out.toString().replaceAll("\\s+", "");
    assertThat(json).contains("\"rows\":300,\"rows_refused\":1");
    List<Double> means =
        Pattern.compile("\"mean_contribution\":([-0-9.E]+)")
            .matcher(json)
            .results()
            .map(number -> Double.valueOf(number.group(1)))
            .toList();
    assertThat(means).hasSize(5).isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(means.get(0)).isPositive();
    assertThat(err.toString()).contains("rows.csv line 302", "far");

    assertRun(0, "importance", "--model", model, "--rows", rows);
    assertThat(out.toString())
        .contains("parcel-reasons/1, 300 rows, 1 refused")
        .contains(" service");
    Files.write(rows, List.of(lines.get(0), lines.get(301)));
    assertRun(3, "importance", "--model", model, "--rows", rows);
  }

  private static Object[] with(Object[] arguments, Object... more) {
    return Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray();
  }

  @Test
  void predictHasNoLeavesToWriteOfALinearModel() throws Exception {
    byte[] file =
        new Training(7, 2).objective("reg:squarederror").with("booster", "gblinear").file("ubj");
    Path model = Files.write(path("linear.ubj"), file);
    Path input = Files.write(path("rows.csv"), List.of("f0,f1", "1,2"));
    Path output = path("scores.csv");

    assertRun(
        0,
        "predict",
        "--model",
        model,
        "--input",
        input,
        "--output",
        output,
        "--emit",
        "leaf,score");
    assertThat(Files.readAllLines(output)).hasSize(2).first().isEqualTo("score");
    Files.delete(output);
    assertRun(
        3, "predict", "--model", model, "--input", input, "--output", output, "--emit", "leaf");
    assertThat(err.toString()).startsWith("Cannot write leaves: ").contains("no trees");
    assertThat(output).doesNotExist();
  }

  @Test
  void predictRefusesToWriteOverItsInput() throws Exception {
    Path model = new TestPackages(directory).binary();
    Path input = csv("rows.csv", TestRecords.csvLine(0));
    String before = Files.readString(input);
    Files.createSymbolicLink(path("link.csv"), input);

    for (Path output : new Path[] {input, path("link.csv"), directory.resolve("./rows.csv")}) {
      assertRun(3, "predict", "--model", model, "--input", input, "--output", output);
      assertThat(err.toString()).contains("it is the input itself");
    }

    assertRun(3, "predict", "--model", model, "--input", input, "--output", directory);
    assertRun(
        3, "predict", "--model", model, "--input", input, "--output", path("none/scores.csv"));
    assertThat(input).hasContent(before);
  }

  @Test
  void predictNeverReplacesAPipeOrADeviceByAFile() throws Exception {
    Path model = new TestPackages(directory).binary();
    Path input = csv("rows.csv", TestRecords.csvLine(0));
    Path pipe = path("pipe.csv");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertRun(3, "predict", "--model", model, "--input", input, "--output", pipe);

    assertThat(err.toString()).contains("Cannot write " + pipe, "must be a regular file");
    assertThat(Files.readAttributes(pipe, BasicFileAttributes.class).isOther()).isTrue();
  }

  @Test
  void predictThroughALinkReplacesTheFileAndKeepsTheLink() throws Exception {
    Path model = new TestPackages(directory).binary();
    Path input = csv("rows.csv", TestRecords.csvLine(0));
    Path scores = Files.writeString(path("scores.csv"), "old");
    Path link = Files.createSymbolicLink(path("latest.csv"), scores);

    assertRun(0, "predict", "--model", model, "--input", input, "--output", link);

    assertThat(link).isSymbolicLink();
    assertThat(Files.readAllLines(scores)).hasSize(2);
  }

  @Test
  void aDirectoryInPlaceOfRowsIsAnInputThatIsRefused() throws Exception {
    Path model = new TestPackages(directory).binary();

    assertRun(3, "predict", "--model", model, "--input", directory, "--output", path("out.csv"));

    assertThat(err.toString()).contains("Cannot read " + directory, "it is a directory");
  }

  @Test
  void aResultThatCannotBeWrittenIsNoSuccess() throws Exception {
    Path model = new TestPackages(directory).binary();
    Writer full =
        new Writer() {
          @Override
          public void write(char[] characters, int offset, int length) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };

    int exitCode =
        ModelMain.run(
            new PrintWriter(full), new PrintWriter(err), "inspect", "--model", model.toString());

    assertThat(exitCode).isEqualTo(1);
    assertThat(err.toString()).contains("Cannot write the result to the standard output");
  }

  @Test
  void predictLeavesTheOldOutputWhereTheInputIsRefused() throws Exception {
    Path model = new TestPackages(directory).binary();
    Path output = Files.writeString(path("scores.csv"), "old");
    Path lacking = Files.writeString(path("lacking.csv"), "distance,weigth\n1,2\n");

    assertRun(3, "predict", "--model", model, "--input", lacking, "--output", output);
    assertThat(err.toString()).contains("'weight' (it has 'weigth')").contains("'carrier'");
    assertRun(3, "predict", "--model", model, "--input", path("nothing.csv"), "--output", output);
    Path broken = csv("broken.csv", TestRecords.csvLine(0), "\"1,2,3");
    assertRun(3, "predict", "--model", model, "--input", broken, "--output", output);

    assertThat(output).hasContent("old");
    try (var left = Files.list(directory)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("."))).isEmpty();
    }
  }

  @Test
  void aSealComparesWithTheTrainersPredictions() throws Exception {
    Path model = new TestPackages(directory).bareParcelModel();
    Path schema = schema(TestRecords.SCHEMA.formatted(""));
    Path rows = rowsWithPredictions(model);

    assertRun(
        0,
        "seal",
        "--model",
        model,
        "--schema",
        schema,
        "--name",
        "parcel",
        "--store",
        path("store"),
        "--rows",
        rows,
        "--expected",
        "predicted",
        "--alias",
        "champion",
        "--metric",
        "auc=0.75",
        "--metric",
        "logloss=0.5",
        "--trained-on",
        "parcels of May",
        "--training-rows",
        "1500",
        "--notes",
        "the first");

    ScoringModel sealed = Opening.open(path("store") + "/parcel", EngineKind.FOREST);
    Provenance provenance = sealed.card().provenance().orElseThrow();
    assertThat(provenance.comparedWithTrainer())
        .hasValueSatisfying(
            compared -> {
              assertThat(compared.rows()).isEqualTo(300);
              assertThat(compared.maxUlps()).isBetween(0, 1);
            });
    assertThat(sealed.card().comparedWithTrainer()).isTrue();
    assertThat(provenance.golden()).isEqualTo(Provenance.GoldenSource.ROWS);
    assertThat(provenance.metrics()).isEqualTo(Map.of("auc", 0.75, "logloss", 0.5));
    assertThat(provenance.trainedOn()).contains("parcels of May");
    assertThat(provenance.trainingRows()).hasValue(1500);
    assertThat(provenance.libraries()).containsEntry("xgboost4j", "3.4.0");
    assertThat(sealed.card().notes()).isEqualTo("the first");
    assertThat(err.toString()).as("each feature was missing").doesNotContain("no row lacked");

    String golden = Files.readString(path("store/parcel/1/golden.jsonl"));
    assertThat(golden.lines()).hasSizeGreaterThan(30);
    for (String column : TestRecords.COLUMNS) {
      if (!column.equals("weight")) {
        assertThat(golden.lines().anyMatch(line -> !line.contains(column))).as(column).isTrue();
      }
    }
  }

  @Test
  void aSealNamesTheFeaturesWhoseMissingValuesNoRowCompared() throws Exception {
    Path model = new TestPackages(directory).bareParcelModel();
    Path schema = schema(TestRecords.SCHEMA.formatted(""));
    List<String> lines = Files.readAllLines(rowsWithPredictions(model));
    Files.write(
        path("rows.csv"), lines.stream().filter(line -> !line.split(",")[2].isEmpty()).toList());
    Object[] seal = {"seal", "--model", model, "--schema", schema, "--name", "p"};
    Object[] more = {"--rows", path("rows.csv"), "--expected", "predicted"};

    assertRun(0, with(with(seal, "--store", path("store")), more));

    assertThat(err.toString()).contains("Note: no row lacked [express]: how the trainer scores");
  }

  @Test
  void aSchemaThatMeansSomethingElseThanTheTrainerIsNotSealed() throws Exception {
    Path model = new TestPackages(directory).bareParcelModel();
    Path rows = rowsWithPredictions(model);
    Path swapped =
        schema(TestRecords.SCHEMA.formatted("").replace("\"AA\", \"DL\"", "\"DL\", \"AA\""));

    assertRun(
        6,
        "seal",
        "--model",
        model,
        "--schema",
        swapped,
        "--name",
        "parcel",
        "--store",
        path("store"),
        "--rows",
        rows,
        "--expected",
        "predicted");
    assertThat(err.toString())
        .contains("of 300 rows differ from the trainer's predictions by more than 1 ulp")
        .containsPattern("rows.csv line \\d+: expected 0\\.\\d+, computed 0\\.\\d+");

    Path strict = schema(TestRecords.SCHEMA.formatted("").replace("5000", "1000"));
    assertRun(
        6,
        "seal",
        "--model",
        model,
        "--schema",
        strict,
        "--name",
        "parcel",
        "--store",
        path("store"),
        "--rows",
        rows,
        "--expected",
        "predicted");
    assertThat(err.toString()).contains("rows that the trainer scored").contains("out_of_range");
    assertThat(path("store")).doesNotExist();
  }

  @Test
  void anAliasStaysWhereItIsIfTheVersionCannotBeOpened() throws Exception {
    TestPackages packages = new TestPackages(directory);
    Path first = packages.binary(1, 3);
    Path second = packages.binary(2, 4);
    Path store = packages.store();
    assertRun(0, "alias", "--store", store, "--name", TestPackages.BINARY, "--version", "1");
    for (String name : List.of("model.ubj", "golden.jsonl", "paritree.sha256")) {
      Path file = second.resolve(name);
      byte[] whole = Files.readAllBytes(file);
      byte[] damaged = whole.clone();
      damaged[whole.length / 2] ^= 1;
      Files.write(file, damaged);

      assertRun(6, "alias", "--store", store, "--name", TestPackages.BINARY, "--version", "2");

      assertThat(err.toString())
          .contains("parcel-late@champion was not changed", "Cannot open model package", name);
      assertThat(store.resolve(TestPackages.BINARY).resolve("aliases/champion")).hasContent("1");
      Files.write(file, whole);
    }

    assertRun(0, "alias", "--store", store, "--name", TestPackages.BINARY, "--version", "2");
    Path moved = store.resolve(TestPackages.BINARY).resolve("3");
    Files.move(first, moved);
    assertRun(6, "alias", "--store", store, "--name", TestPackages.BINARY, "--version", "3");
    assertThat(err.toString()).contains("it says that it is parcel-late/1");
    Path fresh = Files.createDirectories(directory.resolve("fresh/parcel-late"));
    Files.move(moved, fresh.resolve("3"));
    assertRun(6, "alias", "--store", fresh.getParent(), "--name", "parcel-late", "--version", "3");
    assertThat(err.toString()).contains("it says that it is parcel-late/1");
    assertThat(fresh.resolve("aliases")).doesNotExist();
  }

  @Test
  void aSealedVersionThatIsDamagedInTheStoreGetsNoAlias() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(2, 3, 3);
    Path store = Files.createDirectories(path("store"));
    String elsewhere = "damaging://store" + store;
    DamagingStore.enable();

    assertRun(
        6, "seal", "--model", model, "--name", "wide", "--store", elsewhere, "--alias", "next");

    assertThat(err.toString())
        .contains(
            "wide/1 is sealed in ",
            ", but wide@next was not moved",
            "'model.ubj' is not the one that paritree.sha256 lists");
    assertThat(store.resolve("wide/1")).exists();
    assertThat(store.resolve("wide/aliases")).doesNotExist();
  }

  @Test
  void versionsCountUpAndAreNeverReplaced() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(3, 2, 2);
    Path store = path("store");

    assertRun(0, "seal", "--model", model, "--name", "wide", "--store", store);
    assertRun(0, "seal", "--model", model, "--name", "wide", "--store", store);
    assertRun(
        0,
        "seal",
        "--model",
        model,
        "--name",
        "wide",
        "--store",
        store,
        "--version",
        "7",
        "--rounds",
        "1");
    assertRun(3, "seal", "--model", model, "--name", "wide", "--store", store, "--version", "7");
    assertThat(err.toString()).contains("wide/7: it exists already");
    assertRun(3, "alias", "--store", store, "--name", "wide", "--version", "3");
    assertThat(err.toString()).contains("no sealed version 3", "[1, 2, 7]");
    assertRun(0, "alias", "--store", store, "--name", "wide", "--version", "2");
    assertRun(0, "alias", "--store", store, "--name", "wide", "--alias", "next", "--version", "7");
    assertThat(out.toString()).isEqualToIgnoringNewLines("wide@next is version 7 now");
    for (String change : List.of("--version=7", "--remove")) {
      assertRun(
          0,
          "alias",
          "--store",
          store,
          "--name",
          "wide",
          "--alias",
          "next",
          change,
          "--format",
          "json");
      assertThat(out.toString().replaceAll("\\s", ""))
          .isEqualTo(
              "{\"name\":\"wide\",\"alias\":\"next\",\"version\":%s}"
                  .formatted(change.equals("--remove") ? "null" : "7"));
    }

    assertRun(3, "alias", "--store", store, "--name", "wide", "--alias", "next", "--remove");
    assertThat(err.toString()).contains("no such alias, only [champion]");

    assertRun(0, "list", "--store", store, "--format", "json");
    assertThat(out.toString().replaceAll("\\s", ""))
        .isEqualTo(
            "{\"models\":[{\"name\":\"wide\",\"versions\":[1,2,7],\"aliases\":{\"champion\":2}}]}");
    Path broken = Files.writeString(store.resolve("wide/aliases/broken"), "7 or 8\n");
    assertRun(1, "list", "--store", store);
    assertThat(out.toString()).contains("wide  versions [1, 2, 7]  aliases {champion=2}");
    assertThat(err.toString()).contains("wide@broken", broken.toString(), "expected a version");
    assertRun(0, "alias", "--store", store, "--name", "wide", "--alias", "broken", "--remove");
    assertRun(0, "list", "--store", store);
    assertRun(0, "inspect", "--model", store.resolve("wide/7"));
    assertThat(out.toString())
        .contains("model         wide/7")
        .contains("1 of 2 (requested with --rounds), 1 trees")
        .contains("not compared with its trainer");
  }

  @Test
  void verifyComparesTheEnginesOnRows() throws Exception {
    Path sealed = new TestPackages(directory).classes();
    Path rows =
        csv(
            "rows.csv",
            IntStream.range(0, 200).mapToObj(TestRecords::csvLine).toArray(String[]::new));

    assertRun(0, "verify", "--model", sealed, "--rows", rows, "--format", "json");
    assertThat(out.toString()).contains("\"rows_compared\": 200", "\"rows_refused\": 0");

    byte[] golden = Files.readAllBytes(sealed.resolve("golden.jsonl"));
    golden[100] ^= 1;
    Files.write(sealed.resolve("golden.jsonl"), golden);
    assertRun(6, "verify", "--model", sealed);
    assertThat(err.toString()).contains("Model refused: ", "'golden.jsonl'", "paritree.sha256");
  }

  @Test
  void rowsOfWhichNoneIsAcceptedAreRefusedAndNotTheModel() throws Exception {
    TestPackages packages = new TestPackages(directory);
    Path model = packages.bareWideModel(2, 3, 5);
    Path rows = Files.write(path("rows.csv"), List.of("f0,f1", "a,b"));

    assertRun(3, "verify", "--model", model, "--rows", rows);
    assertThat(err.toString()).contains("the schema accepts none of its 1 rows");
    assertRun(3, "seal", "--model", model, "--rows", rows, "--name", "n", "--store", path("store"));
    assertThat(err.toString()).contains("the schema accepts none of its rows");
  }

  @Test
  void rowWithFaultsIsNoBlankLineEvenIfItHasOneCell() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(2, 3, 5);
    Path rows = Files.write(path("rows.csv"), List.of("f0,f1", "a,1", "2,1"));
    Path output = path("scores.csv");

    assertRun(
        0, "predict", "--model", model, "--input", rows, "--output", output, "--emit", "score");

    List<String> lines = Files.readAllLines(output);
    assertThat(lines).hasSize(3).startsWith("score", "\"\"");
    assertThat(Float.parseFloat(lines.get(2))).isNotNaN();
  }

  @Test
  void schemaDraftsWhatTheModelAndTheRowsShow() throws Exception {
    Path model = new TestPackages(directory).bareParcelModel();
    Path rows =
        csv(
            "rows.csv",
            IntStream.range(0, 50).mapToObj(TestRecords::csvLine).toArray(String[]::new));

    assertRun(0, "schema", "--model", model, "--rows", rows);

    assertThat(out.toString())
        .contains("{\"name\":\"distance\",\"type\":\"number\"}")
        .contains("{\"name\":\"express\",\"type\":\"boolean\"}")
        .contains("\"categories\":[\"AA\",\"DL\",\"Nobody's\",\"UA\",\"Zürich Post\"]")
        .contains("{\"name\":\"zone\",\"type\":\"category\",\"categories\":[7,10,20,30],");
    assertThat(err.toString())
        .contains("'carrier': the model file does not list this category's values, so ")
        .contains("'distance': [-999.0] are far from all other numbers")
        .contains("'hour', 'day_of_week': ", "has no such column");
    SchemaParser.fromJson("draft", out.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aDraftNamesTheFeaturesThatNoRowLacks() throws Exception {
    Path model = new TestPackages(directory).bareParcelModel();
    Path rows =
        Files.write(
            path("rows.csv"),
            List.of(
                "distance,weight,express,carrier,zone,departure,hour,day_of_week",
                "-999,0.1,true,AA,7,,1,2",
                "12.5,-3,false,DL,10,,0,7",
                "-999,2.25,true,,7,,23,"));

    assertRun(0, "schema", "--model", model, "--rows", rows);

    assertThat(err.toString())
        .contains(
            "'distance': [-999.0] are far from all other numbers; give them as \"missing\" if")
        .contains(
            "no row of " + rows + " lacks [distance, weight, express, zone, hour]: nothing shows");
  }

  @Test
  void rowsThatASchemaRefusesAreCountedAtSealing() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(2, 3, 5);
    String schema =
        "{\"features\": [{\"name\": \"f0\", \"type\": \"number\", \"min\": 0.1, \"nullable\": false}, {\"name\": \"f1\", \"type\": \"number\"}]}";
    Path given = Files.writeString(path("schema.json"), schema);
    Path rows = Files.write(path("rows.csv"), List.of("f0,f1", "0.1,1", "0,1", ",1"));

    assertRun(
        0,
        "seal",
        "--model",
        model,
        "--schema",
        given,
        "--rows",
        rows,
        "--name=m",
        "--output",
        path("out"));

    assertThat(err.toString()).contains("the schema refuses 2 rows");
  }

  @Test
  void wordsAfterMoreDifferentNumbersThanAreKeptCountAsOthers() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(2, 3, 5);
    List<String> lines = new ArrayList<>(List.of("f0,f1"));
    IntStream.range(0, 10_100).forEach(row -> lines.add(row + "," + row));
    lines.add("unknown,NA");
    Path rows = Files.write(path("rows.csv"), lines);

    assertRun(0, "schema", "--model", model, "--rows", rows);

    assertThat(err.toString()).contains("'f0': the model reads a number, but", "as 'unknown'");
    assertThat(out.toString())
        .contains("{\"name\":\"f1\",\"type\":\"number\",\"missing\":[\"NA\"]}");
  }

  @Test
  void aModelIsAnArgumentOrAnOption() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(2, 3, 5);
    Path rows = Files.write(path("rows.csv"), List.of("f0,f1", "1,2"));

    assertRun(0, "inspect", model);
    String card = out.toString();
    assertRun(0, "inspect", "--model", model);
    assertThat(out.toString()).isEqualTo(card).startsWith("model ");
    assertRun(0, "verify", model, "--rows", rows);
    assertRun(0, "importance", "--rows", rows, model);
    assertRun(0, "predict", model, "--input", rows, "--output", path("scores.csv"));
    assertRun(2, "inspect");
    assertThat(err.toString()).contains("Missing model", "--model=MODEL");
    assertRun(2, "inspect", model, "--model", model);
    assertThat(err.toString()).contains("Cannot use two models");
    assertRun(6, "inspect", "nothing");
    assertThat(err.toString()).contains("no file or directory", "with a slash, as STORE/nothing");
    assertRun(6, "inspect", "nothing@champion");
    assertThat(err.toString()).contains("with a slash, as STORE/nothing@champion");
    assertRun(6, "inspect", "./nothing");
    assertThat(err.toString()).doesNotContain("slash");
  }

  @Test
  void inspectShowsSentinelsReasonsAndGroups() throws Exception {
    Path model = new TestPackages(directory).bareParcelModel();
    Path schema =
        schema(
            TestRecords.SCHEMA
                .formatted("")
                .replace("[-999]", "[-999, 0.5, \"NA\"], \"reason\": \"never\"")
                .replace(
                    "\"nullable\": false",
                    "\"nullable\": false, \"group\": \"size\", \"reason\": {\"up\": {\"code\":"
                        + " \"R07\", \"text\": \"It is heavy\"}, \"down\": {\"code\": \"R08\"}}"));
    assertRun(
        0, "seal", "--model", model, "--schema", schema, "--name=parcel", "--output", path("out"));

    assertRun(0, "inspect", path("out"));

    assertThat(out.toString())
        .contains(
            "  distance: number from 0.0 to 5000.0, missing if [-999, 0.5, 'NA'], never a reason\n",
            "  weight: number, must not be missing, group 'size', reason R07 (It is heavy) where it"
                + " raises the margin, reason R08 where it lowers the margin\n",
            "  express: boolean\n");
  }

  @Test
  void schemaGuessesNoVocabularyThatIsCut() throws Exception {
    Path model = new TestPackages(directory).bareParcelModel();
    int carrier = TestRecords.COLUMNS.indexOf("carrier");
    String[] lines = new String[10_001];
    for (int row = 0; row < lines.length; row++) {
      List<String> cells = new ArrayList<>(TestRecords.cells(row % 50));
      cells.set(carrier, "carrier " + row);
      lines[row] = String.join(",", cells);
    }

    assertRun(0, "schema", "--model", model, "--rows", csv("rows.csv", lines));

    assertThat(out.toString()).contains("\"name\":\"carrier\"").doesNotContain("carrier 1");
    assertThat(err.toString()).contains("'carrier': ", "the rows have more than 10000");
  }

  @Test
  void schemaSaysWhatToDoAboutTheSpellingsOfOtherTools() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(4, 3, 5);
    Path rows =
        Files.write(
            path("rows.csv"), List.of("f0,f1,f2,f3", "True,1.5,.5,TRUE", "False,2.5,1,FALSE"));

    assertRun(0, "schema", "--model", model, "--rows", rows);

    assertThat(err.toString())
        .contains("'f0': ", "text such as 'False'; write numbers and booleans as JSON does")
        .contains("'f2': ", "text such as '.5'; write numbers and booleans as JSON does")
        .contains("'f3': ", "text such as 'FALSE'; write numbers and booleans as JSON does")
        .doesNotContain("'f1'");
  }

  @Test
  void schemaSaysWhichNumbersMayMeanMissingAndTakesTextsThatDo() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(4, 3, 5);
    Path rows =
        Files.write(
            path("rows.csv"),
            List.of("f0,f1,f2,f3", "-999,998,NA,-999", "20,999,1.5,-998", "-999,999,nan,-999"));

    assertRun(0, "schema", "--model", model, "--rows", rows);

    assertThat(out.toString())
        .contains("{\"name\":\"f0\",\"type\":\"number\"}")
        .contains("{\"name\":\"f1\",\"type\":\"number\"}")
        .contains("{\"name\":\"f2\",\"type\":\"number\",\"missing\":[\"NA\",\"nan\"]}");
    assertThat(err.toString())
        .contains("'f0': [-999.0] are far from all other numbers; give them as \"missing\" if")
        .contains("'f2': [NA, nan] are \"missing\", as pandas reads them")
        .doesNotContain("'f1'");
  }

  @Test
  void columnsOfAModelWithoutNamesAreReadByPosition() throws Exception {
    Path model = new TestPackages(directory).bareWideModel(2, 3, 5);
    Path rows = Files.write(path("rows.csv"), List.of("age,income,id", "1,2,a", "3,4,b"));

    assertRun(0, "schema", "--model", model, "--rows", rows);
    assertThat(err.toString())
        .contains("'f0', 'f1': " + rows + " has no", "or all at once with --by-position");
    assertRun(0, "schema", "--model", model, "--rows", rows, "--by-position");
    assertThat(out.toString())
        .contains("{\"name\":\"f0\",\"type\":\"number\",\"column\":\"age\"}")
        .contains("{\"name\":\"f1\",\"type\":\"number\",\"column\":\"income\"}");
    Path store = path("store");
    assertRun(
        0, "seal", "--model", model, "--rows", rows, "--by-position", "--name=m", "--store", store);
    assertThat(Files.readString(store.resolve("m/1/golden.jsonl"))).contains("\"age\":1");

    Files.write(rows, List.of("age", "1"));
    assertRun(3, "schema", "--model", model, "--rows", rows, "--by-position");
    assertThat(err.toString()).contains("has 1 columns, and the model has 2 features");
    Path named = new TestPackages(directory).bareParcelModel();
    assertRun(3, "schema", "--model", named, "--rows", rows, "--by-position");
    assertThat(err.toString()).contains("the model file names its features");
    assertRun(2, "schema", "--model", model, "--by-position");
    assertRun(2, "seal", "--model", model, "--by-position", "--name=m", "--store", store);
  }

  @Test
  void aHeaderThatLacksColumnsIsRefusedWithAllOfThemTheNearestAndTheWayByPosition()
      throws Exception {
    Path named = new TestPackages(directory).bareParcelModel();
    Path schema = schema(TestRecords.SCHEMA.formatted(""));
    Path rows =
        Files.write(
            path("rows.csv"), List.of("distanze,weight,express,carrier,Zone,x", "1,2,true,AA,7,1"));
    Object[] seal = {
      "seal",
      "--model",
      named,
      "--schema",
      schema,
      "--rows",
      rows,
      "--name=m",
      "--output",
      path("p")
    };
    String all =
        "has no column 'distance' (it has 'distanze'), 'zone' (it has 'Zone'), 'departure', which"
            + " the model reads";

    assertRun(3, seal);
    assertThat(err.toString()).contains(all).doesNotContain("--by-position");
    assertRun(3, with(seal, "--expected", "predicted"));
    assertThat(err.toString()).contains(all);

    Path wide = new TestPackages(directory).bareWideModel(2, 3, 5);
    Files.write(rows, List.of("age,income,predicted", "1,2,3"));
    Object[] unnamed = {"seal", "--model", wide, "--rows", rows, "--name=m", "--output", path("p")};
    assertRun(3, unnamed);
    assertThat(err.toString())
        .contains("has no column 'f0', 'f1', which the model reads; a model file without names")
        .contains("seal the model without a schema file and with --by-position");
    assertRun(3, "predict", "--model", wide, "--input", rows, "--output", path("out.csv"));
    assertThat(err.toString()).contains("'f0', 'f1'", "--by-position");
    assertRun(3, with(unnamed, "--by-position", "--expected", "predictd"));
    assertThat(err.toString()).contains("has no column 'predictd' (it has 'predicted')");
    Files.write(rows, List.of("f0,income,predicted", "1,2,3"));
    assertRun(3, unnamed);
    assertThat(err.toString()).contains("has no column 'f1'").doesNotContain("--by-position");
  }

  @Test
  void aModelFileWithAnEmptyNameIsScoredButNeitherDraftedNorSealed() throws Exception {
    String json =
        new String(new Training(3, 2).file("json"), StandardCharsets.UTF_8)
            .replace("\"feature_names\":[]", "\"feature_names\":[\"a\",\"\"]");
    Path model = Files.writeString(path("empty.json"), json);
    Path rows = Files.write(path("rows.csv"), List.of("a,", "1,2"));

    assertRun(0, "predict", "--model", model, "--input", rows, "--output", path("out.csv"));
    for (Object[] command :
        new Object[][] {
          {"schema", "--model", model},
          {"seal", "--model", model, "--name=m", "--output", path("p")}
        }) {
      assertRun(6, command);
      assertThat(err.toString())
          .contains("Cannot seal " + model + ": the model file names feature 1 ''")
          .contains("booster.feature_names = None");
    }

    Files.writeString(model, json.replace("[\"a\",\"\"]", "[\"a\",\"a\"]"));
    assertRun(6, "schema", "--model", model);
    assertThat(err.toString()).contains("names feature 1 'a' as it does feature 0");
  }

  @Test
  void wrongValuesOfOptionsAreRefusedInPlainWords() {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "seal --model m --name n --output o --version v1",
                "option '--version': got 'v1', expected a whole number",
                "seal --model m --name n --output o --training-rows 1e9",
                "option '--training-rows': got '1e9', expected a whole number",
                "explain --model m --record r --reasons few",
                "option '--reasons': got 'few', expected a whole number",
                "seal --model m --name n --output o --metric auc=high",
                "got 'high', expected a number",
                "seal --model m --name n --output o --metric auc",
                "Value for option '--metric'",
                "predict --model m --input i --output o --engine gpu",
                "option '--engine': got 'gpu', expected one of [forest, xgboost]",
                "predict --model m --input i --output o --emit score,label",
                "got 'label', expected one of [margin, score, leaf, contributions]",
                "inspect --model m --format xml",
                "option '--format': got 'xml', expected one of [text, json]",
                "explain --model m --record r --direction left",
                "option '--direction': got 'left', expected one of [both, up, down]")
            .entrySet()) {
      assertRun(2, (Object[]) wrong.getKey().split(" "));
      assertThat(err.toString()).as(wrong.getKey()).contains(wrong.getValue());
    }
  }

  @Test
  void wrongUsageLeavesWithTwo() {
    assertRun(2);
    assertRun(2, "predcit");
    assertRun(2, "predict");
    assertThat(err.toString()).contains("--input", "--output");
    assertRun(2, "predict", "--input", "i", "--output", "o");
    assertThat(err.toString()).contains("Missing model", "--model=MODEL");
    assertRun(2, "predict", "--model", "m", "--input", "i", "--output", "o", "--engine", "gpu");
    assertRun(2, "predict", "--model", "m", "--input", "i", "--output", "o", "--emit", "label");
    assertRun(2, "predict", "--model", "m", "--input", "i", "--output", "o", "--emit", "leaf,leaf");
    assertThat(err.toString()).contains("expected each once");
    assertRun(2, "seal", "--model", "m", "--name", "a/b", "--store", "s");
    assertRun(2, "seal", "--model", "m", "--name", "n");
    assertRun(2, "seal", "--model", "m", "--name", "n", "--store", "s", "--output", "o");
    assertRun(2, "seal", "--model", "m", "--name", "n", "--store", "s", "--expected", "p");
    assertRun(2, "seal", "--model", "m", "--name", "n", "--store", "s", "--rounds", "0");
    assertRun(2, "seal", "--model", "m", "--name", "n", "--store", "s", "--metric", "auc=NaN");
    assertRun(2, "alias", "--store", "s", "--name", "n");
    assertRun(0, "--version");
    assertRun(0, "--help");
    for (String command :
        List.of("schema", "seal", "inspect", "verify", "predict", "alias", "list")) {
      assertThat(out.toString()).contains("  " + command + " ");
    }

    for (String command :
        List.of("schema", "seal", "inspect", "verify", "predict", "alias", "list")) {
      assertRun(0, command, "--help");
      assertThat(out.toString()).startsWith("Usage: model " + command);
    }
  }

  @Test
  void whatIsNoModelLeavesWithSix() throws Exception {
    Path input = csv("rows.csv", TestRecords.csvLine(0));
    Path[] refused = {
      path("nothing"),
      Files.writeString(path("text.ubj"), "hello"),
      Files.write(path("empty.json"), new byte[0]),
      Files.writeString(path("dump.json"), "[{\"nodeid\": 0, \"leaf\": 1}]"),
      Files.write(path("binf.model"), new byte[] {'b', 'i', 'n', 'f', 0, 0, 0, 63}),
      Files.write(path("model.joblib"), new byte[] {(byte) 0x80, 4, (byte) 0x95}),
      Files.write(path("model.ubj.gz"), new byte[] {31, (byte) 139, 8, 0}),
      Files.writeString(path("lightgbm.txt"), "tree\nversion=v4\n"),
      Files.writeString(
          path("lightgbm.json"),
          "{\n \"name\": \"tree\",\n \"version\": \"v4\", \"num_class\": 1,"
              + " \"num_tree_per_iteration\": 1, \"tree_info\": [{\"tree_index\": 0"),
      Files.writeString(
          path("sorted.json"),
          "{\"average_output\": false, \"feature_names\": [\"a\"], \"num_tree_per_iteration\": 1"),
      Files.writeString(
          path("catboost.json"),
          "{\"ctr_data\":{},\"features_info\":{\"float_features\":[]},\"oblivious_trees\":["),
      Files.writeString(path("catboost.cbm"), "CBM1\u0008"),
      Files.writeString(
          path("model.onnx"), "\b\n\u0012\bskl2onnx\u001a\u00061.16.0\"\u0007ai.onnx"),
      Files.writeString(path("other.onnx"), "\b\b\u0012\u000bOnnxMLTools"),
      Files.writeString(path("config.json"), CONFIG),
      Files.writeString(path("old.pkl"), "(dp0\nVmodel\n"),
      Files.write(path("model.lzma"), new byte[] {']', 0, 0, (byte) 128, 0}),
      Files.writeString(path("dump.txt"), "booster[0]:\n0:leaf=1\n"),
      Files.writeString(path("model.pmml"), "<?xml version=\"1.0\"?><PMML/>"),
      Files.createDirectory(path("directory"))
    };
    for (Path model : refused) {
      assertRun(6, "predict", "--model", model, "--input", input, "--output", path("out.csv"));
      assertThat(err.toString()).startsWith("Model refused: ").doesNotContain("\tat ");
      assertThat(err.toString().lines()).hasSize(1);
      assertThat(path("out.csv")).doesNotExist();
    }

    Map<String, String> looks = new TreeMap<>();
    looks.put("model.joblib", "a Python pickle, as pickle and joblib write it");
    looks.put("model.ubj.gz", "a file compressed with gzip; decompress it first");
    looks.put("lightgbm.txt", "a model of LightGBM");
    looks.put("lightgbm.json", "a model of LightGBM");
    looks.put("sorted.json", "a model of LightGBM");
    looks.put("catboost.json", "a model of CatBoost");
    looks.put("catboost.cbm", "a model of CatBoost");
    looks.put("model.onnx", "a model of ONNX");
    looks.put("other.onnx", "a model of ONNX");
    looks.put("config.json", "the parameters of a booster, as Booster.save_config returns them");
    looks.put("old.pkl", "a Python pickle");
    looks.put("model.lzma", "a file compressed with lzma");
    looks.put("dump.txt", "a text that Booster.dump_model wrote");
    looks.put("model.pmml", "an XML file");
    for (Map.Entry<String, String> known : looks.entrySet()) {
      assertRun(6, "inspect", "--model", path(known.getKey()));
      assertThat(err.toString()).contains("it looks like " + known.getValue());
    }
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  private Path schema(String json) throws IOException {
    return Files.writeString(path("schema.json"), json);
  }

  private Path csv(String name, String... lines) throws IOException {
    List<String> all = new ArrayList<>(List.of(TestRecords.csvHeader()));
    all.addAll(List.of(lines));
    return Files.write(path(name), all);
  }

  /** Writes rows with libxgboost's own predictions, as a trainer would write them. */
  private Path rowsWithPredictions(Path model) throws Exception {
    byte[] file = Files.readAllBytes(model);
    SchemaForm form =
        SchemaParser.fromJson(
            "schema", TestRecords.SCHEMA.formatted("").getBytes(StandardCharsets.UTF_8));
    var schema = form.schema("schema", feature -> Optional.empty());
    Engine reference = NativeBooster.load(file, XgboostModel.read(file), Rounds.ALL);
    List<String> lines = new ArrayList<>(List.of(TestRecords.csvHeader() + ",predicted"));
    for (int row = 0; row < 300; row++) {
      float[] slots = new float[schema.width()];
      JsonRecord.encode(schema, TestRecords.json(row).getBytes(StandardCharsets.UTF_8), slots, 0);
      float[] score = new float[1];
      reference.score(slots, 1, null, score);
      lines.add(TestRecords.csvLine(row) + "," + (double) score[0]);
    }

    return Files.write(path("rows.csv"), lines);
  }

  private static float[] slots(int rows, int width) {
    Random random = new Random(5);
    float[] slots = new float[rows * width];
    for (int at = 0; at < slots.length; at++) {
      slots[at] = random.nextInt(8) == 0 ? Float.NaN : (float) (random.nextGaussian() * 100);
    }

    return slots;
  }

  private Path wideCsv(String name, float[] slots, int width) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int column = 0; column < width; column++) {
      text.append(column == 0 ? "" : ",").append('f').append(column);
    }

    for (int at = 0; at < slots.length; at++) {
      text.append(at % width == 0 ? "\n" : ",").append(Float.isNaN(slots[at]) ? "" : slots[at]);
    }

    return Files.writeString(path(name), text.append('\n'));
  }

  private void assertRun(int exitCode, Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] texts = new String[arguments.length];
    for (int index = 0; index < texts.length; index++) {
      texts[index] = arguments[index].toString();
    }

    int got = ModelMain.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
    assertThat(got).as("%s%n%s", List.of(texts), err).isEqualTo(exitCode);
  }
}
