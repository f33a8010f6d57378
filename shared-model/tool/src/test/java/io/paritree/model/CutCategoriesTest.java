package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.feature.Feature;
import io.paritree.model.command.ModelMain;
import io.paritree.xgboost.RecordedCategories;
import io.paritree.xgboost.XgboostModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of categories that XGBoost 3.1 to 3.3 cut, because they are not ASCII. */
class CutCategoriesTest {
  private static final List<String> NAMES = List.of("AA", "DL", "UA", "Zürich Post");
  private static final String V32 = "[3,2,0]";

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Names of characters of 2, 3 and 4 bytes among ASCII ones, at each of four places. */
  static Stream<List<String>> notAscii() {
    List<List<String>> all = new ArrayList<>();
    for (String letter : List.of("é", "€", "𝄞", "e\u0301")) {
      for (int place = 0; place < 4; place++) {
        List<String> names = new ArrayList<>(List.of("alpha", "beta", "gamma", "delta"));
        names.set(place, letter);
        all.add(List.copyOf(names));
        names.set(place, "om" + letter + "ga" + letter);
        all.add(List.copyOf(names));
      }
    }

    all.add(List.of("Москва", "Париж", "東京", "𝄞𝄞𝄞"));
    return all.stream();
  }

  /** Cut names are refused, or are no vocabulary unless a schema gives them, which it cannot. */
  @ParameterizedTest
  @MethodSource("notAscii")
  void cutNamesAreNoVocabularyInAnyVersionThatCutsThemAndEitherFormat(List<String> names)
      throws Exception {
    for (int minor = 1; minor <= 3; minor++) {
      byte[] json = RecordedNames.cut("[3,%s,1]".formatted(minor), names);
      for (byte[] file : List.of(json, RecordedNames.ubjson(json, minor))) {
        Optional<RecordedCategories> read;
        try {
          read = XgboostModel.read(file).categories(3);
        } catch (UnsupportedModelException e) {
          assertThat(e)
              .hasMessageContaining("the categories of feature 3: XGBoost 3.1 to 3.3 have cut")
              .hasMessageContaining("train the model again with XGBoost 3.4 or newer");
          continue;
        }

        assertThat(read.orElseThrow()).isInstanceOf(RecordedCategories.Doubtful.class);
        assertThat(read.orElseThrow().values()).isNotEqualTo(names);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("notAscii")
  void namesThatAreNotCutAreNeverRefusedAndUsedOnceTheSchemaGivesThem(List<String> names)
      throws Exception {
    for (String version : List.of("[3,1,0]", V32, "[3,3,1]", "[3,4,0]")) {
      XgboostModel model = XgboostModel.read(RecordedNames.whole(version, names));

      assertThat(model.categories(3).orElseThrow().values()).isEqualTo(names);
    }

    Path model = Files.write(path("whole.json"), RecordedNames.whole(V32, names));
    Path schema = Files.writeString(path("schema.json"), schema(quoted(names)));
    run(0, "seal", "--model", model, "--schema", schema, "--name", "p", "--output", path("p"));
    run(0, "predict", "--model", path("p"), "--input", rows(names), "--output", path("p.csv"));
    assertThat(err.toString()).doesNotContain("unseen_category");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[3,1,0]", "[3,2,0]", "[3,3,0]", "[3,4,0]"})
  void asciiNamesAreTheVocabularyInAnyVersion(String version) throws Exception {
    List<String> names = List.of("Basel", "Bern", "", "Zurich");
    XgboostModel model = XgboostModel.read(RecordedNames.cut(version, names));

    assertThat(model.categories(3)).contains(new RecordedCategories.Texts(names));
  }

  @Test
  void wholeNamesOfOtherVersionsAreTheVocabulary() throws Exception {
    for (String version : List.of("[3,4,0]", "[3,5,0]", "[4,1,0]")) {
      XgboostModel model = XgboostModel.read(RecordedNames.whole(version, NAMES));

      assertThat(model.categories(3)).contains(new RecordedCategories.Texts(NAMES));
    }
  }

  @Test
  void aNewerVersionKeepsNamesThatAreCutInsideACharacterAndIsRefused() throws Exception {
    byte[] resaved = RecordedNames.resaved(RecordedNames.cut(V32, List.of("aé", "b", "c", "€")));

    assertThatThrownBy(() -> XgboostModel.read(resaved))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("which keeps cut names if it only saves the model again");
  }

  @Test
  void bytesThatAreNoUtf8AreStillCorrupt() {
    byte[] file = RecordedNames.cut(V32, List.of("AA", "DL", "UA", "Zürich Post"));
    String json = new String(file, StandardCharsets.UTF_8);
    byte[] broken = json.replace("90,-61,-68,", "90,-61,65,").getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> XgboostModel.read(broken))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("category 3 of feature 3 is not valid UTF-8");
  }

  @Test
  void namesThatMayBeCutAreRefusedUnlessASchemaGivesThem() throws Exception {
    byte[] json = RecordedNames.cut(V32, NAMES);
    Path mlflow = Files.createDirectory(directory.resolve("mlflow"));
    Files.write(mlflow.resolve("model.ubj"), RecordedNames.ubjson(json, 2));
    Files.writeString(
        mlflow.resolve("MLmodel"),
        "flavors:\n  xgboost:\n    data: model.ubj\n    model_class: xgboost.core.Booster\n");
    Path bare = Files.write(directory.resolve("cut.json"), json);

    for (Path model : List.of(bare, mlflow)) {
      assertThatThrownBy(() -> Opening.open(model.toString(), EngineKind.FOREST))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("XGBoost 3.1 to 3.3 cut the names of a pandas frame's categories")
          .hasMessageContaining("'carrier': \"AA\", \"DL\", \"UA\", \"Zürich Pos\"")
          .hasMessageContaining("train it again with 3.4 or newer");
      run(6, "predict", "--model", model, "--input", rows(NAMES), "--output", path("out.csv"));
      assertThat(err.toString()).contains("XGBoost 3.1 to 3.3 cut the names");
      run(6, "seal", "--model", model, "--name", "parcel", "--output", path("package"));
      assertThat(err.toString()).contains("XGBoost 3.1 to 3.3 cut the names");
      run(0, "inspect", "--model", model);
      assertThat(out.toString()).contains("carrier: category of unknown values");
      run(0, "schema", "--model", model);
      assertThat(out.toString()).contains("\"categories\":[\"AA\",\"DL\",\"UA\",\"Zürich Pos\"]");
      assertThat(err.toString())
          .contains("'carrier': XGBoost 3.1 to 3.3 cut the names", "see whether");
    }
  }

  @Test
  void aPackageThatLeavesItsNamesToSuchAFileIsRefused() throws Exception {
    Path schema =
        Files.writeString(path("schema.json"), schema("").replace(",\"categories\":[]", ""));
    Path whole = Files.write(path("whole.json"), RecordedNames.whole("[3,4,0]", NAMES));
    run(0, "seal", "--model", whole, "--schema", schema, "--name", "p", "--output", path("p"));
    Path cut = Files.write(path("cut.json"), RecordedNames.cut(V32, NAMES));
    run(6, "seal", "--model", cut, "--schema", schema, "--name", "q", "--output", path("q"));

    assertThat(err.toString())
        .contains("Model refused: Cannot use categories of " + schema)
        .contains("\"Zürich Pos\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"AA\",\"DL\",\"UA\",\"Zürich Post\"|at code 3: 'Zürich Post' in the schema",
        "\"DL\",\"AA\",\"UA\",\"Zürich Pos\"|at code 0: 'DL' in the schema",
        "\"AA\",\"DL\",\"UA\",\"Zürich Pos\",\"b\"|at code 4: 'b' in the schema, none in the model file",
        "1,2,3,4|at code 0: '1' in the schema"
      })
  void namesThatAreNotThoseOfTheFileAreRefused(String namesAndMessage) throws Exception {
    String[] parts = namesAndMessage.split("\\|");
    Path schema = Files.writeString(path("schema.json"), schema(parts[0]));
    Path cut = Files.write(path("cut.json"), RecordedNames.cut(V32, NAMES));

    run(6, "seal", "--model", cut, "--schema", schema, "--name", "parcel", "--output", path("p"));

    assertThat(err.toString())
        .contains("/features/3 ('carrier'): its categories differ", parts[1])
        .contains("XGBoost 3.1 to 3.3 cut the names", "train the model again with 3.4 or newer");
  }

  @Test
  void codesAreReadWhereACallerStatesThemButAreNotSealed() throws Exception {
    Path cut = Files.write(path("cut.json"), RecordedNames.cut(V32, NAMES));
    Path schema = Files.writeString(path("schema.json"), schema("").replace("[]", "\"codes\""));
    Assumptions codes = new Assumptions(true, List.of(), Optional.empty());
    ModelFiles files = ModelFiles.read(cut.toString());

    assertThat(Opening.open(files, EngineKind.FOREST, codes).schema().features().get(3).kind())
        .isEqualTo(Feature.Kind.CATEGORY_CODE);
    run(6, "seal", "--model", cut, "--schema", schema, "--name", "p", "--output", path("p"));
    assertThat(err.toString()).contains("'carrier': \"AA\", \"DL\", \"UA\", \"Zürich Pos\"");
    assertThat(path("p")).doesNotExist();
  }

  @Test
  void namesThatAreNotCutGiveTheBitsOfTheModelWithoutNames() throws Exception {
    List<String> names = List.of("Москва", "Париж", "東京", "𝄞𝄞");
    Path plain = new TestPackages(directory).bareParcelModel();
    Path whole = Files.write(path("whole.json"), RecordedNames.whole(V32, names));
    Path schema = Files.writeString(path("schema.json"), schema(quoted(names)));

    assertThat(predicted(whole, schema, rows(names)))
        .hasSameTextualContentAs(predicted(plain, schema, rows(names)));
  }

  /** Seals a model and returns the scores of rows. */
  private Path predicted(Path model, Path schema, Path rows) {
    Path sealed = path(model.getFileName() + "-package");
    Path scores = path(model.getFileName() + ".csv");
    run(0, "seal", "--model", model, "--schema", schema, "--name", "p", "--output", sealed);
    run(0, "predict", "--model", sealed, "--input", rows, "--output", scores);
    return scores;
  }

  private static String quoted(List<String> names) {
    return names.stream().collect(Collectors.joining("\",\"", "\"", "\""));
  }

  /** Returns the parcels' schema with other carriers, all of which rows have. */
  private static String schema(String carriers) {
    return TestRecords.SCHEMA
        .formatted("")
        .replaceFirst(
            "(?s)\\{\"name\": \"carrier\".*?\\}",
            "{\"name\":\"carrier\",\"type\":\"category\",\"categories\":[%s],\"unseen\":\"reject\"}"
                .formatted(carriers)
                .replace("\"categories\":[],\"unseen\":\"reject\"", "\"categories\":[]"));
  }

  private Path rows(List<String> names) throws Exception {
    String lines =
        IntStream.range(0, 200)
            .mapToObj(index -> line(index, names))
            .collect(
                Collectors.joining(
                    "\n",
                    "distance,weight,express,carrier,zone,departure,hour,day_of_week\n",
                    "\n"));
    return Files.writeString(path("rows.csv"), lines);
  }

  private static String line(int index, List<String> names) {
    List<String> cells = new ArrayList<>(TestRecords.cells(index));
    int code = NAMES.indexOf(cells.get(3));
    cells.set(3, code < 0 ? "" : names.get(code));
    return String.join(",", cells) + ",12,3";
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  private void run(int exitCode, Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] texts = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    int got = ModelMain.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
    assertThat(got).as("%s%n%s", List.of(texts), err).isEqualTo(exitCode);
  }
}
