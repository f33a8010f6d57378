package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.Unseen;
import io.paritree.model.command.ModelMain;
import io.paritree.model.manifest.SchemaParser;
import io.paritree.xgboost.XgboostModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model file that records its categories, as XGBoost 3.1 does for data frames. */
class ModelCategoriesTest {
  private static final String NONE = "{\"offsets\":[],\"values\":[]}";
  private static final String CATS =
      """
      "cats":{"enc":[%s,%s,%s,{"offsets":[0,2,4,6,8],"values":[65,65,68,76,85,65,90,90]},\
      {"type":13,"values":[10,20,30,7]},%s,%s],\
      "feature_segments":[0,0,0,0,4,8,8,8],"sorted_idx":[0,1,2,3,3,0,1,2]}"""
          .formatted(NONE, NONE, NONE, NONE, NONE);

  @TempDir Path directory;

  @Test
  void aBareModelReadsItsOwnCategoriesAndRefusesOthers() throws Exception {
    ScoringModel model = Opening.open(bare().toString(), EngineKind.FOREST);

    TextCategoryFeature carrier = (TextCategoryFeature) model.schema().features().get(3);
    assertThat(carrier.vocabulary()).containsExactly("AA", "DL", "UA", "ZZ");
    assertThat(carrier.unseen()).isInstanceOf(Unseen.Reject.class);
    IntegerCategoryFeature zone = (IntegerCategoryFeature) model.schema().features().get(4);
    assertThat(zone.vocabulary()).containsExactly(10L, 20L, 30L, 7L);
  }

  @Test
  void aCallerWhoTakesTheValuesOfTheModelFileForCodesIsRefused() throws Exception {
    String output = directory.resolve("scores.csv").toString();
    StringWriter err = new StringWriter();

    int exitCode =
        ModelMain.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "predict",
            "--category-codes",
            "--model",
            bare().toString(),
            "--input",
            "rows.csv",
            "--output",
            output);

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("the model file lists the values of its categories");
  }

  @Test
  void aSchemaMayLeaveTheVocabularyToTheModelFileOrRepeatIt() throws Exception {
    XgboostModel model = XgboostModel.read(Files.readAllBytes(bare()));
    Schema left =
        schema("{\"name\":\"carrier\",\"type\":\"category\",\"unseen\":\"missing\"}", model);
    Schema repeated =
        schema(
            "{\"name\":\"carrier\",\"type\":\"category\",\"categories\":[\"AA\",\"DL\",\"UA\",\"ZZ\"]}",
            model);

    SchemaFit.check("schema.json", left, model);
    SchemaFit.check("schema.json", repeated, model);
    assertThat(((TextCategoryFeature) left.features().get(3)).vocabulary())
        .isEqualTo(((TextCategoryFeature) repeated.features().get(3)).vocabulary());
    assertThat(((TextCategoryFeature) left.features().get(3)).unseen())
        .isInstanceOf(Unseen.Missing.class);
  }

  @Test
  void anotherVocabularyThanTheModelFilesIsRefused() throws Exception {
    XgboostModel model = XgboostModel.read(Files.readAllBytes(bare()));
    for (String categories :
        List.of(
            "[\"DL\",\"AA\",\"UA\",\"ZZ\"]", "[\"AA\",\"DL\",\"UA\",\"ZZ\",\"a\"]", "[1,2,3,4]")) {
      Schema other =
          schema(
              "{\"name\":\"carrier\",\"type\":\"category\",\"categories\":%s}"
                  .formatted(categories),
              model);
      assertThatThrownBy(() -> SchemaFit.check("schema.json", other, model))
          .isInstanceOf(CorruptModelException.class)
          .hasMessageContaining("/features/3 ('carrier')")
          .hasMessageContaining("differ from those of the model file at code");
    }
  }

  @Test
  void aPackageTakesItsVocabularyFromItsModelFile() throws Exception {
    Path schema = directory.resolve("schema.json");
    Files.write(schema, json("{\"name\":\"carrier\",\"type\":\"category\"}"));
    StringWriter err = new StringWriter();

    int exitCode =
        ModelMain.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "seal",
            "--model",
            bare().toString(),
            "--schema",
            schema.toString(),
            "--name",
            "parcel",
            "--output",
            directory.resolve("sealed").toString());

    assertThat(exitCode).as(err.toString()).isZero();
    ScoringModel model = Opening.open(directory.resolve("sealed").toString(), EngineKind.FOREST);
    assertThat(((TextCategoryFeature) model.schema().features().get(3)).vocabulary())
        .containsExactly("AA", "DL", "UA", "ZZ");
    assertThat(Files.readString(directory.resolve("sealed").resolve("paritree.json")))
        .contains("{\"name\":\"carrier\",\"type\":\"category\"}");
  }

  @Test
  void aCategoryThatTheModelFileHasTwiceIsRefusedByEveryCommand() throws Exception {
    Path twice =
        Files.writeString(
            directory.resolve("twice.json"),
            Files.readString(bare())
                .replace("[65,65,68,76,85,65,90,90]", "[65,65,65,65,85,65,90,90]"));
    for (String command : List.of("inspect", "schema")) {
      StringWriter err = new StringWriter();
      int exitCode =
          ModelMain.run(
              new PrintWriter(new StringWriter()),
              new PrintWriter(err, true),
              command,
              "--model",
              twice.toString());

      assertThat(exitCode).as(command).isEqualTo(6);
      assertThat(err.toString()).contains("category 'AA' occurs twice").doesNotContain("\tat ");
    }
  }

  private static Schema schema(String carrier, XgboostModel model) throws Exception {
    return SchemaParser.fromJson("schema.json", json(carrier))
        .schema("schema.json", model::categories);
  }

  private static byte[] json(String carrier) {
    return TestRecords.SCHEMA
        .formatted("")
        .replaceFirst("(?s)\\{\"name\": \"carrier\".*?\\}", carrier)
        .getBytes(StandardCharsets.UTF_8);
  }

  private Path bare() throws Exception {
    Booster booster = XGBoost.loadModel(TestPackages.parcelModel("binary:logistic", 20));
    String json = new String(booster.toByteArray("json"), StandardCharsets.UTF_8);
    booster.dispose();
    String empty = "\"cats\":{\"enc\":[],\"feature_segments\":[],\"sorted_idx\":[]}";
    assertThat(json).contains(empty);
    return Files.writeString(directory.resolve("cats.json"), json.replace(empty, CATS));
  }
}
