package io.paritree.model.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.forest.Engine;
import io.paritree.forest.Rounds;
import io.paritree.model.command.ModelMain;
import io.paritree.xgboost.NativeBooster;
import io.paritree.xgboost.Training;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sealing names the cause where the trainer's predictions are not our scores. */
class TrainerCheckTest {
  private static final int ROWS = 400;
  private static final int WIDTH = 4;
  private static final String[] CATEGORIES = {"a", "b", "c", "d", "e"};

  @TempDir Path directory;

  private final float[] slots = new float[ROWS * WIDTH];
  private final String[][] cells = new String[ROWS][WIDTH];
  private String schema = numbers("f0", "f1", "f2", "f3");

  TrainerCheckTest() {
    Random random = new Random(11);
    for (int at = 0; at < slots.length; at++) {
      slots[at] = Math.round(random.nextGaussian() * 1_000) / 1_000f;
      cells[at / WIDTH][at % WIDTH] = String.valueOf(slots[at]);
    }
  }

  @Test
  void predictionsOfTheBestRoundsAreFound() throws Exception {
    byte[] stopped = withBestIteration(binary(), 4);

    assertThat(refusal(stopped, "--rounds=all", scores(stopped, new Rounds(5))))
        .contains("400 of 400 rows differ", "with 400 of 400 rows: ")
        .contains("scored the best 5 of 10 rounds: give --rounds best");
    assertThat(refusal(stopped, "--rounds=best", scores(stopped, Rounds.ALL)))
        .contains("scored all 10 rounds: give --rounds all");
    assertThat(refusal(stopped, "--rounds=all", scores(stopped, new Rounds(7))))
        .contains("scored the first 7 of 10 rounds: give --rounds 7");
  }

  @Test
  void marginsAndProbabilitiesAreToldApart() throws Exception {
    byte[] model = binary();
    byte[] raw = new Training(3, WIDTH).objective("binary:logitraw").file("ubj");

    assertThat(refusal(model, "", cells(margins(model), 1)))
        .contains("the predictions are margins");
    float[] rawMargins = margins(raw);
    assertThat(refusal(raw, "", row -> text(1 / (1 + Math.exp(-rawMargins[row])))))
        .contains("the logistic function of the scores");
    float[] scores = scores(model, Rounds.ALL);
    assertThat(refusal(model, "", row -> text(1f - scores[row])))
        .contains("the probabilities of the other class, '0'");
    assertThat(refusal(model, "", row -> text(1f - scores[row]) + "," + scores[row]))
        .contains("give only the second column as --expected");
  }

  @Test
  void classesAreToldFromProbabilities() throws Exception {
    byte[] model = binary();
    byte[] three = new Training(5, WIDTH).classes(3).objective("multi:softprob").file("ubj");
    float[] scores = scores(model, Rounds.ALL);
    float[] threeScores = scores(three, Rounds.ALL);

    assertThat(refusal(model, "", row -> scores[row] > 0.5f ? "1" : "0"))
        .contains("class indices instead of probabilities", "with 400 of 400 rows");
    assertThat(refusal(model, "", row -> scores[row] > 0.5f ? "late" : "on time"))
        .contains("class labels ['on time', 'late'] instead of probabilities");
    assertThat(refusal(three, "", row -> String.valueOf(largest(threeScores, row))))
        .contains("class indices instead of the scores of all 3 classes");
    assertThat(refusal(three, "", row -> text(threeScores[3 * row + 2])))
        .contains("the score of '2' alone");
    assertThat(
            refusal(
                three,
                "",
                row ->
                    threeScores[3 * row + 1]
                        + ","
                        + threeScores[3 * row + 2]
                        + ","
                        + threeScores[3 * row]))
        .contains("those of the outputs [1, 2, 0]: give --expected p2,p0,p1");
  }

  @Test
  void manyOutputsInAnotherOrderGetAllColumnsAsTheCure() throws Exception {
    byte[] model = new Training(5, WIDTH).classes(14).objective("multi:softprob").file("ubj");
    float[] scores = scores(model, Rounds.ALL);

    assertThat(
            refusal(
                model,
                "",
                row ->
                    IntStream.range(0, 14)
                        .mapToObj(column -> text(scores[14 * row + (column + 13) % 14]))
                        .collect(Collectors.joining(","))))
        .contains("with 400 of 400 rows: the columns are in another order")
        .contains("give --expected p1,p2,p3,p4,p5,p6,p7,p8,p9,p10,p11,p12,p13,p0");
  }

  @Test
  void unknownCategoriesThatXgboost31TookAsTheNextAreFound() throws Exception {
    List<String> known = List.of("red", "blue", "green", "white", "black");
    List<String> cellsOf = List.of("red", "blue", "cyan", "white", "black", "green", "pink");
    List<String> taken = List.of("red", "blue", "green", "white", "black", "green", "red");
    byte[] model = recording(known);
    for (int row = 0; row < ROWS; row++) {
      cells[row][1] = cellsOf.get(row % 7);
      slots[row * WIDTH + 1] = known.indexOf(taken.get(row % 7));
    }

    String cause =
        "the trainer predicted with XGBoost 3.1 or 3.2, which took a category of 'f1' that it did not know as the next known one in ascending order: predict again with 3.3";
    String number = "{\"name\":\"f1\",\"type\":\"number\",\"column\":\"f1\"}";
    String plain = schema;
    schema = plain.replace(number, "{\"name\":\"f1\",\"type\":\"category\"}");
    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("refused rows agree with the predictions: " + cause);
    schema =
        plain.replace(number, "{\"name\":\"f1\",\"type\":\"category\",\"unseen\":\"missing\"}");
    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("with 400 of 400 rows: " + cause);
  }

  /** Returns a model whose file records the categories of f1, as XGBoost 3.1 does. */
  private static byte[] recording(List<String> categories) throws Exception {
    byte[] file =
        new Training(7, WIDTH)
            .categories(1, categories.size())
            .with("max_cat_to_onehot", 1)
            .objective("reg:squarederror")
            .rounds(30)
            .file("json");
    StringBuilder offsets = new StringBuilder("0");
    int end = 0;
    for (String category : categories) {
      end += category.length();
      offsets.append(',').append(end);
    }

    String values =
        String.join("", categories)
            .chars()
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(","));
    String none = "{\"offsets\":[],\"values\":[]}";
    String recorded =
        "\"cats\":{\"enc\":[%s,{\"offsets\":[%s],\"values\":[%s]},%s,%s],\"feature_segments\":[0,0,5,5,5],\"sorted_idx\":[4,1,2,0,3]}"
            .formatted(none, offsets, values, none, none);
    String json = new String(file, StandardCharsets.UTF_8);
    String empty = "\"cats\":{\"enc\":[],\"feature_segments\":[],\"sorted_idx\":[]}";
    assertThat(json).contains(empty);
    return json.replace(empty, recorded).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aColumnThatWouldAlwaysBeMissingIsNoCure() throws Exception {
    byte[] model = new Training(3, WIDTH).objective("binary:logistic").rounds(1).file("ubj");
    for (int row = 0; row < ROWS; row++) {
      cells[row][2] = CATEGORIES[row % 5];
      slots[row * WIDTH + 2] = Float.NaN;
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("the schema refuses 400 rows")
        .doesNotContain("give 'f2' \"missing\"");
  }

  @Test
  void labelsByAnyThresholdAreFoundAlsoOfSeveralOutputs() throws Exception {
    byte[] model = binary();
    byte[] raw = new Training(3, WIDTH).objective("binary:logitraw").file("ubj");
    float[] scores = scores(model, Rounds.ALL);
    float[] margins = margins(raw);

    assertThat(refusal(model, "", row -> scores[row] > 0.3f ? "yes" : "no"))
        .contains("with 400 of 400 rows: the predictions are labels, 'yes' where the score is")
        .contains("above about 0.3");
    assertThat(refusal(raw, "", row -> margins[row] > 0.5f ? "1" : "0"))
        .contains("the predictions are labels, '1' where the score is above about 0.5");
  }

  @Test
  void exchangedColumnsAreFound() throws Exception {
    byte[] model = binary();
    schema = numbers("f0", "f3", "f2", "f1");

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("the columns of 'f1' and 'f3' were exchanged")
        .contains("give as their \"column\" \"f1\", \"f3\"", "with 400 of 400 rows");
  }

  @Test
  void columnsOfDifferentKindsThatWereExchangedAreFound() throws Exception {
    byte[] model =
        new Training(7, WIDTH)
            .categories(1, 5)
            .with("max_cat_to_onehot", 1)
            .objective("reg:squarederror")
            .file("ubj");
    schema =
        numbers("f0", "f2", "f1", "f3")
            .replace(
                "\"name\":\"f1\",\"type\":\"number\"",
                "\"name\":\"f1\",\"type\":\"category\",\"categories\":"
                    + "[\"a\",\"b\",\"c\",\"d\",\"e\"]");
    for (int row = 0; row < ROWS; row++) {
      cells[row][1] = CATEGORIES[row % 5];
      slots[row * WIDTH + 1] = row % 5;
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("400 of 400 refused rows agree with the predictions: the columns of 'f1' and")
        .contains("give as their \"column\" \"f1\", \"f2\"")
        .doesNotContain("as missing");
  }

  @Test
  void textsThatTheTrainerEncodedAsNumbersAreFound() throws Exception {
    byte[] model = binary();
    for (int row = 0; row < ROWS; row++) {
      cells[row][2] = CATEGORIES[row % 5];
      slots[row * WIDTH + 2] = row % 5;
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("400 of 400 refused rows agree with the predictions: the trainer encoded the")
        .contains("texts of 'f2' as numbers", "LabelEncoder", "write the numbers");
    float[] scores = scores(model, Rounds.ALL);
    assertThat(refusal(model, "", row -> text(scores[row] + (row % 5 == 0 ? 0f : 0.01f))))
        .as("what holds for a few rows is not claimed")
        .doesNotContain("refused rows agree");
  }

  @Test
  void orderOfAVocabularyIsFoundEvenIfItIsNone() throws Exception {
    byte[] model =
        new Training(7, WIDTH)
            .categories(1, 5)
            .with("max_cat_to_onehot", 1)
            .objective("reg:squarederror")
            .rounds(30)
            .file("ubj");
    Function<List<String>, String> refusal =
        order -> {
          schema =
              numbers("f0", "f1", "f2", "f3")
                  .replace(
                      "{\"name\":\"f1\",\"type\":\"number\",\"column\":\"f1\"}",
                      "{\"name\":\"f1\",\"type\":\"category\",\"categories\":"
                          + "[\"a\",\"b\",\"c\",\"d\",\"e\"]}");
          for (int row = 0; row < ROWS; row++) {
            cells[row][1] = CATEGORIES[row % 5];
            slots[row * WIDTH + 1] = order.indexOf(cells[row][1]);
          }

          return refusal(model, "", scores(model, Rounds.ALL));
        };

    assertThat(refusal.apply(List.of("e", "d", "c", "b", "a")))
        .contains("the categories descending: give 'f1' \"categories\": [\"e\", \"d\", \"c\"");
    assertThat(refusal.apply(List.of("c", "a", "e", "b", "d")))
        .contains("in an order that the predictions show: give 'f1' \"categories\": [")
        .contains("with 400 of 400 rows");
  }

  @Test
  void ordersOfTwoVocabulariesAreFoundTogether() throws Exception {
    byte[] model =
        new Training(7, WIDTH)
            .categories(1, 5)
            .categories(2, 5)
            .with("max_cat_to_onehot", 1)
            .objective("reg:squarederror")
            .rounds(30)
            .file("ubj");
    schema =
        numbers("f0", "f1", "f2", "f3")
            .replaceAll(
                "\"name\":\"(f[12])\",\"type\":\"number\",\"column\":\"f.\"",
                "\"name\":\"$1\",\"type\":\"category\","
                    + "\"categories\":[\"a\",\"b\",\"c\",\"d\",\"e\"]");
    for (int row = 0; row < ROWS; row++) {
      cells[row][1] = CATEGORIES[row % 5];
      cells[row][2] = CATEGORIES[row / 5 % 5];
      slots[row * WIDTH + 1] = List.of("c", "a", "e", "b", "d").indexOf(cells[row][1]);
      slots[row * WIDTH + 2] = List.of("e", "b", "a", "d", "c").indexOf(cells[row][2]);
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("in an order that the predictions show", "'f1' \"categories\": [")
        .contains("'f2' \"categories\": [", "with 400 of 400 rows");
  }

  @Test
  void longVocabulariesAreShownWhole() throws Exception {
    int size = 300;
    byte[] model =
        new Training(7, WIDTH)
            .rows(4_000)
            .categories(1, size)
            .with("max_cat_to_onehot", 1)
            .objective("reg:squarederror")
            .rounds(30)
            .file("ubj");
    StringBuilder categories = new StringBuilder();
    StringBuilder descending = new StringBuilder();
    for (int code = 0; code < size; code++) {
      categories.append(code == 0 ? "" : ", ").append("\"c%03d\"".formatted(code));
      descending.insert(0, "\"c%03d\"".formatted(code) + (code == 0 ? "" : ", "));
    }

    schema =
        numbers("f0", "f1", "f2", "f3")
            .replace(
                "\"name\":\"f1\",\"type\":\"number\",\"column\":\"f1\"",
                "\"name\":\"f1\",\"type\":\"category\",\"categories\":[" + categories + "]");
    for (int row = 0; row < ROWS; row++) {
      cells[row][1] = "c%03d".formatted(row % size);
      slots[row * WIDTH + 1] = size - 1 - row % size;
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("the categories descending: give 'f1' \"categories\": [" + descending + "]");
  }

  @Test
  void firstCategoryThatTheTrainerLostWithTheZerosIsFound() throws Exception {
    byte[] model =
        new Training(7, WIDTH)
            .categories(1, 5)
            .missing(0.2)
            .with("max_cat_to_onehot", 1)
            .objective("reg:squarederror")
            .rounds(30)
            .file("ubj");
    schema =
        numbers("f0", "f1", "f2", "f3")
            .replace(
                "\"name\":\"f1\",\"type\":\"number\",\"column\":\"f1\"",
                "\"name\":\"f1\",\"type\":\"category\",\"categories\":"
                    + "[\"a\",\"b\",\"c\",\"d\",\"e\"]");
    for (int row = 0; row < ROWS; row++) {
      cells[row][1] = CATEGORIES[row % 5];
      slots[row * WIDTH + 1] = row % 5 == 0 ? Float.NaN : row % 5;
      if (row % 3 == 0) {
        cells[row][2] = "0";
        slots[row * WIDTH + 2] = Float.NaN;
      }
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("took 0 of 'f2' as missing, and code 0 of categories: give 'f2' \"missing\": [0]")
        .contains("give 'f1' \"missing\": [\"a\"]", "with 400 of 400 rows");
  }

  @ParameterizedTest
  @CsvSource({"-999,-999", "0,0", "-1,-1", "12345,12345.0"})
  void sentinelsAreFound(String shown, String cell) throws Exception {
    byte[] model = binary();
    for (int row = 0; row < ROWS; row += 9) {
      cells[row][2] = cell;
      slots[row * WIDTH + 2] = Float.NaN;
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("took %s".formatted(shown), "of 'f2' as missing: give \"missing\": [")
        .contains("with 400 of 400 rows");
  }

  @Test
  void sentinelsThatTheTrainerTookAsNumbersAreFound() throws Exception {
    byte[] model = binary();
    schema = schema.replace("\"column\":\"f2\"", "\"column\":\"f2\",\"missing\":[-999]");
    for (int row = 0; row < ROWS; row += 9) {
      cells[row][2] = "-999";
      slots[row * WIDTH + 2] = -999f;
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains(
            "values in \"missing\" of 'f2' as numbers: leave \"missing\" of 'f2' out",
            "400 of 400 rows");
  }

  @Test
  void missingValuesThatTheTrainerFilledAreFound() throws Exception {
    byte[] model = binary();
    for (int row = 0; row < ROWS; row += 9) {
      cells[row][2] = "";
      slots[row * WIDTH + 2] = 0f;
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("filled the missing values of 'f2' with 0", "with 400 of 400 rows");
  }

  @Test
  void searchOfAWideFileStopsAtItsBoundAndSaysSo() throws Exception {
    int width = 1_000;
    byte[] model =
        new Training(9, width).rows(400).rounds(40).objective("binary:logistic").file("ubj");
    Random random = new Random(4);
    StringBuilder text = new StringBuilder();
    for (int feature = 0; feature < width; feature++) {
      text.append('f').append(feature).append(',');
    }

    text.append("p\n");
    for (int row = 0; row < 300; row++) {
      for (int feature = 0; feature < width; feature++) {
        text.append(random.nextInt(100)).append(',');
      }

      text.append(random.nextFloat()).append('\n');
    }

    Path rows = Files.writeString(directory.resolve("wide.csv"), text);
    assertThat(refusal(Files.write(directory.resolve("wide"), model), rows, "p", List.of()))
        .contains("none of the usual causes agrees with more rows (not all were tried");
  }

  @Test
  void textThatIsMissingInSeveralCategoriesIsFoundForAllTogether() throws Exception {
    byte[] model =
        new Training(7, WIDTH)
            .categories(1, 4)
            .categories(2, 4)
            .missing(0.2)
            .with("max_cat_to_onehot", 1)
            .objective("reg:squarederror")
            .rounds(30)
            .file("ubj");
    schema =
        numbers("f0", "f1", "f2", "f3")
            .replaceAll(
                "\"name\":\"(f[12])\",\"type\":\"number\",\"column\":\"f.\"",
                "\"name\":\"$1\",\"type\":\"category\","
                    + "\"categories\":[\"NA\",\"a\",\"b\",\"c\",\"d\"]");
    List<String> values = List.of("NA", "a", "b", "c", "d");
    for (int row = 0; row < ROWS; row++) {
      cells[row][1] = values.get(row % 5);
      cells[row][2] = values.get(row / 5 % 5);
      slots[row * WIDTH + 1] = row % 5 == 0 ? Float.NaN : row % 5 - 1;
      slots[row * WIDTH + 2] = row / 5 % 5 == 0 ? Float.NaN : row / 5 % 5 - 1;
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("with 400 of 400 rows: the trainer took \"NA\" of 'f1', 'f2' as missing")
        .contains("give \"missing\": [\"NA\"] and take it out of \"categories\"");
  }

  @Test
  void numberBetweenThresholdsThatTheTrainerFilledInIsFoundAndNoOtherOrderOfRowsClaimed()
      throws Exception {
    byte[] model = binary();
    for (int row = 0; row < ROWS; row += 20) {
      cells[row][2] = "";
      slots[row * WIDTH + 2] = 0.7f;
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("filled the missing values of 'f2' with a number", "with 400 of 400 rows")
        .doesNotContain("another order");
  }

  @Test
  void zoneOfTheTrainerIsFoundAlsoOneWithSummerTime() throws Exception {
    byte[] model = new Training(3, WIDTH).objective("reg:squarederror").rounds(60).file("ubj");
    String hour = "\"name\":\"f1\",\"type\":\"hour\"";
    String plain = schema.replace("\"name\":\"f1\",\"type\":\"number\"", hour);
    for (int row = 0; row < ROWS; row++) {
      int month = row % 2 == 0 ? 1 : 7;
      cells[row][1] = "2024-%02d-%02dT%02d:00:00Z".formatted(month, 1 + row % 28, (row + 21) % 24);
      slots[row * WIDTH + 1] = ((row + 21) % 24 + (month == 1 ? 1 : 2)) % 24;
    }

    String cure = "in another zone: give \"zone\": \"Europe/Berlin\"";
    schema = plain.replace(hour, hour + ",\"zone\":\"UTC\"");
    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("with 400 of 400 rows: the trainer took the timestamps " + cure);
    schema = plain;
    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("400 of 400 refused rows agree with the predictions", cure);
  }

  @Test
  void aFewRowsOrLabelsThatAgreeByChanceAreNoCause() throws Exception {
    Path model = Files.write(directory.resolve("model"), binary());
    List<String> lines = new ArrayList<>(List.of("f0,f1,f2,f3,p"));
    for (int row = 0; row < 6; row++) {
      lines.add(String.join(",", cells[row]) + "," + List.of(1, 0, 1, 1, 0, 0).get(row));
    }

    Path rows = Files.write(directory.resolve("few.csv"), lines);
    assertThat(refusal(model, rows, "p", List.of())).doesNotContain("what agrees", "exchanged");
    Random random = new Random(5);
    assertThat(refusal(binary(), "", row -> String.valueOf(random.nextInt(2))))
        .contains("none of the usual causes")
        .doesNotContain("what agrees");
  }

  @Test
  void nothingIsClaimedOfScoresThatATransformationMakesInfinite() throws Exception {
    byte[] model =
        new Training(3, WIDTH).objective("reg:squarederror").with("base_score", 900).file("ubj");
    for (int row = 0; row < ROWS; row += 9) {
      cells[row][2] = "-999";
      slots[row * WIDTH + 2] = Float.NaN;
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("with 400 of 400 rows: the trainer took -999 of 'f2' as missing")
        .doesNotContain("exp(score)");
  }

  @ParameterizedTest
  @CsvSource({"inf,-inf", "Inf,-Inf", "Infinity,-Infinity", "+inf,-INF"})
  void infiniteScoresAreReadAsTheirWritersSpellThem(String infinite, String negative)
      throws Exception {
    byte[] model = infinite();
    float[] scores = scores(model, Rounds.ALL);
    assertThat(scores).contains(Float.POSITIVE_INFINITY);
    assertThat(scores[0]).isFinite();

    Path rows = rows(row -> text(scores[row]).replace("Infinity", infinite), "p0");
    assertThat(sealed(model, rows)).isEmpty();
    assertThat(refusal(model, "", row -> text(scores[row]).replace("Infinity", negative)))
        .contains("rows differ from the trainer's predictions", "expected " + negative);
  }

  /** Returns a model of which some rows have an infinite score. */
  private static byte[] infinite() throws Exception {
    String file =
        new String(
            new Training(3, WIDTH).objective("count:poisson").file("json"), StandardCharsets.UTF_8);
    return file.replaceFirst("\"base_score\":\"[^\"]*\"", "\"base_score\":\"3.3E38\"")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void predictionsThatAreNoNumbersAgreeWithNothing() throws Exception {
    byte[] model = new Training(3, WIDTH).objective("reg:squarederror").file("ubj");
    float[] scores = scores(model, Rounds.ALL);

    assertThat(refusal(3, model, "", row -> text(scores[row]).replace('.', ':')))
        .contains("Cannot read the prediction in column 'p0'", "expected a number")
        .doesNotContain("agree");
  }

  @Test
  void severalCausesAreFoundTogether() throws Exception {
    byte[] model = withBestIteration(binary(), 6);
    for (int row = 0; row < ROWS; row++) {
      if (row % 7 == 0) {
        cells[row][2] = "-999";
        slots[row * WIDTH + 2] = Float.NaN;
      } else if (row % 5 == 0) {
        cells[row][3] = "0";
        slots[row * WIDTH + 3] = Float.NaN;
      }
    }

    float[] scores = scores(model, new Rounds(7));
    assertThat(refusal(model, "--rounds=all", row -> text(1f - scores[row])))
        .contains("took -999 of 'f2'", "took 0 of 'f3'", "--rounds best", "other class")
        .contains("with 400 of 400 rows");
  }

  @Test
  void cellsThatTheSchemaRefusesAreShownAndTried() throws Exception {
    byte[] model = binary();
    for (int row = 0; row < ROWS; row++) {
      if (row % 10 == 0) {
        cells[row][0] = "NA";
        slots[row * WIDTH] = Float.NaN;
      } else if (row % 10 == 1) {
        cells[row][3] = ".5";
        slots[row * WIDTH + 3] = 0.5f;
      }
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("refuses 80 rows that the trainer scored")
        .contains("wrong_type in 'f0' of 40 rows: got \"NA\", expected a number")
        .contains("80 of 80 refused rows agree", "as what they spell")
        .contains("give 'f0' \"missing\": [\"NA\"]", "'f3' holds \".5\": write numbers as JSON");
  }

  @Test
  void roundedAndShuffledPredictionsAreFound() throws Exception {
    byte[] model = binary();
    float[] scores = scores(model, Rounds.ALL);

    assertThat(refusal(model, "", row -> "%.4f".formatted(scores[row])))
        .contains("were rounded to 4 decimals", "with 400 of 400 rows");
    assertThat(refusal(model, "", row -> "%.6f".formatted(Double.valueOf(text(scores[row])))))
        .contains("were rounded to 6 decimals", "with 400 of 400 rows");
    assertThat(refusal(model, "", row -> text((double) (Math.round(scores[row] * 1e3f) / 1e3f))))
        .as("float64 text of rounded float32")
        .contains("were rounded to 3 decimals");
    assertThat(refusal(model, "", row -> text(scores[(row + 1) % ROWS])))
        .containsPattern("(\\d+) of \\1 differing predictions are the scores of other rows");
    byte[] three = new Training(5, WIDTH).classes(3).objective("multi:softprob").file("ubj");
    float[] threeScores = scores(three, Rounds.ALL);
    assertThat(refusal(three, "", row -> cells(threeScores, 3).apply((row + 1) % ROWS)))
        .containsPattern("(\\d+) of \\1 differing predictions are the scores of other rows");
  }

  @Test
  void dartOfOldInplacePredictionIsFoundBitByBit() throws Exception {
    assertThat(refusalOf("dart-3.0", "predicted"))
        .containsPattern("with (\\d+) of \\1 rows: the predictions of this DART model were made")
        .contains("inplace prediction")
        .doesNotContain("5 digits");
  }

  @Test
  void dartOfTheBestRoundsIsFoundBitByBit() throws Exception {
    byte[] dart =
        withBestIteration(
            new Training(3, WIDTH)
                .objective("reg:squarederror")
                .with("booster", "dart")
                .with("rate_drop", 0.5)
                .rounds(20)
                .file("ubj"),
            9);
    Engine inplace = XgboostModel.read(dart).dartInplace(new Rounds(10)).orElseThrow();
    float[] scores = new float[ROWS];
    inplace.score(slots, ROWS, null, scores);

    assertThat(refusal(dart, "--rounds=all", scores))
        .contains("with 400 of 400 rows: the trainer stopped early", "give --rounds best; and")
        .contains("inplace prediction")
        .doesNotContain("5 digits");
  }

  @Test
  void quantilesOfOldVersionsAreFoundToBeUnsorted() throws Exception {
    assertThat(refusalOf("quantiles-3.0", "high,low"))
        .contains("with 60 of 60 rows: the quantiles are not sorted");
  }

  @Test
  void vectorLeavesAsXgboost30StoredThemAreSealedAndComparedWithIt() throws Exception {
    Path model = directory.resolve("vectors-3.0.json");
    Path rows = directory.resolve("vectors-3.0.csv");
    copy(model);
    copy(rows);
    StringWriter err = new StringWriter();

    int exitCode =
        ModelMain.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "seal",
            "--model=" + model,
            "--rows=" + rows,
            "--expected=p0,p1",
            "--name=m",
            "--store=" + directory.resolve("store"));

    assertThat(exitCode).as(err.toString()).isZero();
    String manifest = Files.readString(directory.resolve("store/m/1/paritree.json"));
    assertThat(manifest)
        .contains("\"golden_margins_by\": \"Paritree's specification")
        .containsPattern("\"rows\": ?60");
  }

  @Test
  void withoutACauseTheFeaturesOfDifferingRowsAreNamedAndNothingIsClaimed() throws Exception {
    byte[] model = binary();
    for (int row = 0; row < ROWS; row++) {
      float slot = slots[row * WIDTH + 1];
      slots[row * WIDTH + 1] = slot > 0.5f ? 0.5f - slot : slot;
    }

    assertThat(refusal(model, "", scores(model, Rounds.ALL)))
        .contains("none of the usual causes", "rows still differ where 'f1' is at least 0.5")
        .doesNotContain("what agrees");
  }

  @Test
  void whatHoldsForSomeRowsIsNotClaimedForAll() throws Exception {
    byte[] model = binary();
    for (int row = 0; row < ROWS; row += 4) {
      cells[row][2] = "-999";
      slots[row * WIDTH + 2] = Float.NaN;
    }

    float[] scores = scores(model, Rounds.ALL);
    scores[1] = 0.123f;
    scores[2] = 0.234f;
    assertThat(refusal(model, "", scores))
        .contains("with 398 of 400 rows: the trainer took -999 of 'f2' as missing");
  }

  private byte[] binary() throws Exception {
    return new Training(3, WIDTH).objective("binary:logistic").file("ubj");
  }

  private static byte[] withBestIteration(byte[] file, int best) throws Exception {
    Booster booster = XGBoost.loadModel(file);
    booster.setAttr("best_iteration", String.valueOf(best));
    byte[] stopped = booster.toByteArray("ubj");
    booster.dispose();
    return stopped;
  }

  private static String numbers(String... columns) {
    List<String> features = new ArrayList<>();
    for (int index = 0; index < columns.length; index++) {
      features.add(
          "{\"name\":\"f%s\",\"type\":\"number\",\"column\":\"%s\"}"
              .formatted(index, columns[index]));
    }

    return "{\"features\": [" + String.join(",", features) + "]}";
  }

  /** Returns libxgboost's scores of the slots. */
  private float[] scores(byte[] file, Rounds rounds) {
    try {
      Engine engine = NativeBooster.load(file, XgboostModel.read(file), rounds);
      float[] scores = new float[ROWS * engine.scores()];
      engine.score(slots, ROWS, null, scores);
      return scores;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private float[] margins(byte[] file) throws Exception {
    Engine engine = NativeBooster.load(file, XgboostModel.read(file), Rounds.ALL);
    float[] margins = new float[ROWS * engine.outputs()];
    engine.score(slots, ROWS, margins, null);
    return margins;
  }

  private static int largest(float[] scores, int row) {
    int best = 0;
    for (int index = 1; index < 3; index++) {
      best = scores[3 * row + index] > scores[3 * row + best] ? index : best;
    }

    return best;
  }

  private static String text(double value) {
    return String.valueOf(value);
  }

  private static String text(float value) {
    return String.valueOf(value);
  }

  private static Function<Integer, String> cells(float[] values, int columns) {
    return row -> {
      StringBuilder text = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        text.append(column == 0 ? "" : ",").append(values[row * columns + column]);
      }

      return text.toString();
    };
  }

  private String refusal(byte[] model, String option, float[] scores) {
    return refusal(model, option, cells(scores, scores.length / ROWS));
  }

  private String refusal(byte[] model, String option, Function<Integer, String> predictions) {
    return refusal(6, model, option, predictions);
  }

  /** Seals with the cells and the given predictions, and returns why that is refused. */
  private String refusal(
      int exitCode, byte[] model, String option, Function<Integer, String> predictions) {
    try {
      String[] columns = new String[predictions.apply(0).split(",").length];
      Arrays.setAll(columns, column -> "p" + column);
      Path rows = rows(predictions, columns);
      Files.writeString(directory.resolve("schema.json"), schema);
      return refusal(
          exitCode,
          Files.write(directory.resolve("model"), model),
          rows,
          String.join(",", columns),
          List.of("--schema=" + directory.resolve("schema.json"), option));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path rows(Function<Integer, String> predictions, String... columns) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("f0,f1,f2,f3," + String.join(",", columns));
    for (int row = 0; row < ROWS; row++) {
      lines.add(String.join(",", cells[row]) + "," + predictions.apply(row));
    }

    return Files.write(directory.resolve("rows.csv"), lines);
  }

  /** Seals a model whose predictions are its scores; returns what is not so. */
  private String sealed(byte[] model, Path rows) throws Exception {
    Files.writeString(directory.resolve("schema.json"), schema);
    Path store = directory.resolve("sealed");
    StringWriter err = new StringWriter();
    int exitCode =
        ModelMain.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "seal",
            "--name=m",
            "--store=" + store,
            "--model=" + Files.write(directory.resolve("model"), model),
            "--rows=" + rows,
            "--expected=p0",
            "--schema=" + directory.resolve("schema.json"));
    return exitCode == 0 ? "" : err.toString();
  }

  private String refusalOf(String resource, String columns) throws IOException {
    Path model = directory.resolve(resource + ".json");
    Path rows = directory.resolve(resource + ".csv");
    copy(model);
    copy(rows);
    return refusal(model, rows, columns, List.of());
  }

  /** Copies a file that XGBoost 3.0.0, or pandas with its predictions, wrote. */
  private void copy(Path file) throws IOException {
    try (InputStream in = getClass().getResourceAsStream(file.getFileName().toString())) {
      Files.copy(in, file);
    }
  }

  private String refusal(Path model, Path rows, String columns, List<String> options) {
    return refusal(6, model, rows, columns, options);
  }

  private String refusal(
      int expectedCode, Path model, Path rows, String columns, List<String> options) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("seal", "--name=m", "--store=" + directory.resolve("store")));
    arguments.addAll(List.of("--model=" + model, "--rows=" + rows, "--expected=" + columns));
    options.stream().filter(option -> !option.isEmpty()).forEach(arguments::add);
    StringWriter err = new StringWriter();
    int exitCode =
        ModelMain.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            arguments.toArray(String[]::new));
    assertThat(exitCode).as(err.toString()).isEqualTo(expectedCode);
    assertThat(directory.resolve("store")).doesNotExist();
    return err.toString();
  }
}
