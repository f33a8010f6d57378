package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.feature.Feature;
import io.paritree.model.command.ModelMain;
import io.paritree.xgboost.CutTexts;
import io.paritree.xgboost.RecordedCategories;
import io.paritree.xgboost.XgboostModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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

  @ParameterizedTest
  @MethodSource("notAscii")
  void cutNamesAreNoVocabularyInAnyVersionThatCutsThemAndEitherFormat(List<String> names)
      throws Exception {
    for (int minor = 1; minor <= 3; minor++) {
      byte[] json = RecordedNames.cut("[3,%s,1]".formatted(minor), names);
      for (byte[] file : List.of(json, RecordedNames.ubjson(json, minor))) {
        XgboostModel model = XgboostModel.read(file);

        assertThat(model.categories(3)).containsInstanceOf(CutTexts.class);
        assertThat(model.categories(4))
            .contains(new RecordedCategories.Integers(List.of(10L, 20L, 30L, 7L)));
        CutTexts cut = (CutTexts) model.categories(3).orElseThrow();
        assertThat(cut.disagreement(names)).isEmpty();
        assertThat(cut.completed(names)).isEqualTo(names);
        List<String> reversed = new ArrayList<>(names);
        Collections.reverse(reversed);
        assertThat(cut.disagreement(reversed)).isPresent();
        assertThat(cut.disagreement(names.subList(0, 3))).isPresent();
        boolean isRecovered = cut.values().equals(names);
        assertThat(isRecovered).isEqualTo(cut.wholeNames() == names.size()).isFalse();
        assertThat(cut.disagreement(cut.values())).isPresent();
      }
    }
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
  void aNewerVersionKeepsNamesThatAreCutInsideACharacterAndIsNotBelieved() throws Exception {
    byte[] resaved = RecordedNames.resaved(RecordedNames.cut(V32, List.of("aé", "b", "c", "€")));
    XgboostModel model = XgboostModel.read(resaved);

    assertThat(model.version()).containsExactly(3, 4, 0);
    assertThat(model.categories(3)).containsInstanceOf(CutTexts.class);
  }

  @Test
  void namesOfArrowFramesLookTheSameAndAreUsedOnceTheSchemaGivesThem() throws Exception {
    XgboostModel model = XgboostModel.read(RecordedNames.whole(V32, NAMES));
    CutTexts cut = (CutTexts) model.categories(3).orElseThrow();

    assertThat(cut.disagreement(NAMES)).isEmpty();
    assertThat(cut.disagreement(List.of("AA", "DL", "UA", "Zurich Post"))).isPresent();
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
  void anUnsealedModelWithCutNamesIsRefusedWithTheCauseAndWhatTheFileHas() throws Exception {
    byte[] json = RecordedNames.cut(V32, NAMES);
    Path mlflow = Files.createDirectory(directory.resolve("mlflow"));
    Files.write(mlflow.resolve("model.ubj"), RecordedNames.ubjson(json, 2));
    Files.writeString(
        mlflow.resolve("MLmodel"),
        "flavors:\n  xgboost:\n    data: model.ubj\n    model_class: xgboost.core.Booster\n");
    Path bare = Files.write(directory.resolve("cut.json"), json);

    for (Path model : List.of(bare, mlflow)) {
      assertThatThrownBy(() -> Opening.open(model.toString(), EngineKind.FOREST))
          .isInstanceOf(UnsupportedModelException.class)
          .hasMessageContaining("XGBoost 3.1 to 3.3 cut the names of a pandas frame's categories")
          .hasMessageContaining("'carrier': \"AA\", \"DL\", \"UA\", \"Zürich Pos\ufffd\"")
          .hasMessageContaining("as \"categories\" (model schema --rows drafts it)");
      run(6, "predict", "--model", model, "--input", rows(NAMES), "--output", path("out.csv"));
      assertThat(err.toString()).contains("XGBoost 3.1 to 3.3 cut the names");
      run(6, "seal", "--model", model, "--name", "parcel", "--output", path("package"));
      assertThat(err.toString()).contains("XGBoost 3.1 to 3.3 cut the names");
      run(0, "inspect", "--model", model);
      assertThat(out.toString())
          .contains("has only 3 of the 4 names of the categories of 'carrier' whole")
          .contains("carrier: category of unknown values");
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
        .contains("\"Zürich Pos\ufffd\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"é,b,c,d", "a,b€b,c,d", "a,b,c,𝄞", "Москва,Париж,東京,𝄞𝄞"})
  void withTheNamesInTheSchemaScoresHaveTheBitsOfTheModelWithoutNames(String joined)
      throws Exception {
    List<String> names = List.of(joined.split(","));
    Path schema = Files.writeString(path("schema.json"), schema(quoted(names)));
    Path plain = new TestPackages(directory).bareParcelModel();
    Path cut = Files.write(path("cut.json"), RecordedNames.cut("[3,3,0]", names));
    Path rows = rows(names);
    for (Path model : List.of(plain, cut)) {
      Path output = path(model.getFileName() + "-package");
      run(
          0,
          "seal",
          "--model",
          model,
          "--schema",
          schema,
          "--rows",
          rows,
          "--name",
          "parcel",
          "--output",
          output);
      run(
          0,
          "predict",
          "--model",
          output,
          "--input",
          rows,
          "--output",
          path(model.getFileName() + ".csv"));
    }

    assertThat(path("cut.json.csv")).hasSameTextualContentAs(path("parcel.ubj.csv"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"AA\",\"DL\",\"UA\",\"Zürich Pos\ufffd\"|is incomplete: the model file lacks",
        "\"AA\",\"DL\",\"UA\",\"Zurich Post\"|at code 3 is 'Zurich Post', but",
        "\"AA\",\"DL\",\"UA\",\"Zürich Posten\"|has 11 characters, as in 'Zürich Pos\ufffd'",
        "\"DL\",\"AA\",\"UA\",\"Zürich Post\"|at code 0 is 'DL', but",
        "\"AA\",\"DL\",\"UA\",\"Zürich Post\",\"b\"|its categories are 5, but the model file has 4",
        "1,2,3,4|at code 0 is '1', but"
      })
  void namesThatDisagreeWithWhatTheFileHasAreRefused(String namesAndMessage) throws Exception {
    String[] parts = namesAndMessage.split("\\|");
    Path schema = Files.writeString(path("schema.json"), schema(parts[0]));
    Path cut = Files.write(path("cut.json"), RecordedNames.cut(V32, NAMES));

    run(6, "seal", "--model", cut, "--schema", schema, "--name", "parcel", "--output", path("p"));

    assertThat(err.toString()).contains("/features/3 ('carrier'): its categor").contains(parts[1]);
  }

  @Test
  void aSchemaIsDraftedOfWhatTheFileHasAndCompletedFromRows() throws Exception {
    List<String> names = List.of("AA", "Genève", "Zürich", "Ärger Post");
    Path cut = Files.write(path("cut.json"), RecordedNames.cut(V32, names));

    run(0, "schema", "--model", cut);
    assertThat(out.toString())
        .contains("\"categories\":[\"AA\",\"Genève\",\"Zürich\",\"Ärger P\ufffd\ufffd\ufffd\"]");
    assertThat(err.toString())
        .contains("'carrier': XGBoost 3.1 to 3.3 cut the names")
        .contains("give the trainer's name for each that has \ufffd");

    run(0, "schema", "--model", cut, "--rows", rows(names));
    assertThat(out.toString())
        .contains("\"categories\":[\"AA\",\"Genève\",\"Zürich\",\"Ärger Post\"]");
    assertThat(err.toString())
        .contains("is completed from the rows; check it with seal --expected");
  }

  @Test
  void namesThatOnlyTheRowsShowAreTakenInTheirOrderOrNotAtAll() throws Exception {
    List<String> sorted = List.of("Варна", "Минск", "Пермь", "Рязань");
    CutTexts cut = cutOf(sorted);
    assertThat(cut.wholeNames()).isEqualTo(2);
    assertThat(cut.completed(List.of("Рязань", "Пермь", "Минск", "Варна", "Минск")))
        .isEqualTo(sorted);
    assertThat(cut.completed(List.of("Варна", "Пермь", "Псков")).get(2)).contains("\ufffd");

    CutTexts unsorted = cutOf(List.of("Варна", "Минск", "Рим", "Бор"));
    assertThat(unsorted.completed(List.of("Рим", "Бор")).get(3)).contains("\ufffd");
  }

  @Test
  void namesThatAreLackingDifferSoThatTheyCanBeDrafted() throws Exception {
    CutTexts cut = cutOf(List.of("𝄞", "𝄢", "𝄪", "𝄫"));

    assertThat(cut.values()).containsExactly("𝄞", "\ufffd", "\ufffd 2", "\ufffd 3");
  }

  @Test
  void codesAreReadWhereACallerStatesThemButAreNotSealed() throws Exception {
    Path cut = Files.write(path("cut.json"), RecordedNames.cut(V32, NAMES));
    Path schema = Files.writeString(path("schema.json"), schema("").replace("[]", "\"codes\""));
    Assumptions codes = new Assumptions(true, List.of(), Optional.empty());

    assertThat(
            Opening.open(ModelFiles.read(cut.toString()), EngineKind.FOREST, codes)
                .schema()
                .features()
                .get(3)
                .kind())
        .isEqualTo(Feature.Kind.CATEGORY_CODE);
    run(6, "seal", "--model", cut, "--schema", schema, "--name", "p", "--output", path("p"));
    assertThat(err.toString()).contains("the model file has its categories, if only in part");
  }

  private static CutTexts cutOf(List<String> names) throws Exception {
    return (CutTexts) XgboostModel.read(RecordedNames.cut(V32, names)).categories(3).orElseThrow();
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
