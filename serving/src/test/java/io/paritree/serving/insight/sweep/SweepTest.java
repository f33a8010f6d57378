package io.paritree.serving.insight.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paritree.Seed;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature.Kind;
import io.paritree.model.ScoringModel;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.RunningServer;
import io.paritree.serving.request.FieldRules;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A sweep has the scores of the record with each value, and finds the nearest that flip. */
class SweepTest {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  private static final List<String> RESULT =
      List.of("score", "scores", "margin", "margins", "label");
  private static final int RECORDS = 2;

  @TempDir static Path directory;
  private static SweptModels models;
  private static RunningServer serving;

  private final long seed = Seed.next();
  private final Random random = new Random(seed);
  @AutoClose private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    models = new SweptModels(directory);
    serving = RunningServer.start(models.references(), Map.of());
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  private JsonNode parsed(int status, Answer answer) throws IOException {
    assertThat(answer.status()).as("%s, seed %s", answer.body(), seed).isEqualTo(status);
    return JSON.readTree(answer.content());
  }

  private JsonNode contract(String name) throws IOException {
    return parsed(200, client.get("/v1/models/%s/contract".formatted(name)));
  }

  private Answer post(String name, String route, JsonNode body) throws IOException {
    return client.post("/v1/models/%s/%s".formatted(name, route), JSON.writeValueAsBytes(body));
  }

  private static ObjectNode request(ObjectNode record, String field) {
    return JSON.createObjectNode().put("field", field).set("record", record);
  }

  /** Returns a random record that can be scored. */
  private ObjectNode scored(String name, JsonNode contract) throws IOException {
    ObjectNode record = SweptModels.record(contract, random);
    while (post(name, "score", record).status() != 200) {
      record = SweptModels.record(contract, random);
    }

    return record;
  }

  /** Returns the results of a record with other values of a field, as a batch has them. */
  private List<JsonNode> results(
      String name, ObjectNode record, String field, List<JsonNode> values) throws IOException {
    ArrayNode records = JSON.createArrayNode();
    for (JsonNode value : values) {
      records.add(record.deepCopy().set(field, value));
    }

    List<JsonNode> results = new ArrayList<>();
    parsed(200, post(name, "score-batch?margin=true", records))
        .path("results")
        .forEach(results::add);
    return results;
  }

  @Test
  void eachPointHasTheBitsOfTheScoreWithItsValue() throws Exception {
    int points = 0;
    for (String name : models.names()) {
      JsonNode contract = contract(name);
      for (int times = 0; times < RECORDS; times++) {
        ObjectNode record = scored(name, contract);
        List<JsonNode> fields = new ArrayList<>();
        contract.path("fields").forEach(fields::add);
        for (int field = 0; field < Math.min(8, fields.size()); field++) {
          JsonNode chosen = fields.get(fields.size() > 8 ? random.nextInt(fields.size()) : field);
          points += check(name, record, chosen);
        }
      }
    }

    assertThat(points).isGreaterThan(4_000);
  }

  private int check(String name, ObjectNode record, JsonNode contract) throws IOException {
    String field = contract.path("name").asText();
    ObjectNode own = request(record, field);
    int points = 0;
    boolean needsValues =
        contract.path("type").asText().equals("timestamp")
            || (contract.path("type").asText().equals("number") && !contract.has("thresholds"));
    if (needsValues) {
      JsonNode problem = parsed(400, post(name, "sweep", own));
      assertThat(problem.path("type").asText()).isEqualTo("urn:paritree:problem:bad_parameter");
    } else {
      points += check(name, record, field, parsed(200, post(name, "sweep", own)), false);
    }

    ObjectNode given = own.deepCopy();
    ArrayNode values = given.putArray("values");
    for (int times = 0; times < 3; times++) {
      values.add(random.nextInt(40)).add((float) random.nextGaussian() * 100).add(times == 0);
      contract.path("categories").forEach(values::add);
    }

    values.add("n/a").add("2026-03-01T10:00:00").add("").addNull().addObject();
    values.add(new BigDecimal("1e400")).add("\u202e<b>");
    while (values.size() > SweptPoints.MOST) {
      values.remove(0);
    }

    points += check(name, record, field, parsed(200, post(name, "sweep", given)), true);
    if (contract.path("type").asText().equals("number")) {
      ObjectNode spaced = own.deepCopy().put("from", -200.3).put("to", 200).put("steps", 41);
      JsonNode answer = parsed(200, post(name, "sweep", spaced));
      assertThat(answer.path("points")).hasSize(41);
      assertThat(answer.at("/points/0/value").decimalValue()).isEqualByComparingTo("-200.3");
      assertThat(answer.at("/points/40/value").decimalValue()).isEqualByComparingTo("200");
      points += check(name, record, field, answer, true);
    }

    return points;
  }

  private int check(
      String name, ObjectNode record, String field, JsonNode answer, boolean mayHaveFaults)
      throws IOException {
    List<JsonNode> points = new ArrayList<>();
    answer.path("points").forEach(points::add);
    assertThat(points).hasSizeBetween(1, SweptPoints.MOST);
    List<JsonNode> all = new ArrayList<>(points);
    answer.path("flips").forEach(all::add);
    if (record.has(field)) {
      assertThat(answer.at("/own/value"))
          .as("%s", answer)
          .isEqualTo(parsedAgain(record.get(field)));
    }

    all.add(answer.path("own"));
    List<JsonNode> results =
        results(name, record, field, all.stream().map(point -> point.path("value")).toList());
    for (int index = 0; index < all.size(); index++) {
      JsonNode point = all.get(index);
      JsonNode result = results.get(index);
      String about = "%s %s %s, seed %s".formatted(name, record, point, seed);
      boolean objectOrLong = mayHaveFaults && point.path("value").isNull() && point.has("errors");
      if (objectOrLong || !point.path("value").isValueNode()) {
        continue; // its value is not repeated
      }

      assertThat(point.has("errors")).as(about).isEqualTo(result.has("errors"));
      assertThat(mayHaveFaults || !point.has("errors")).as(about).isTrue();
      for (String member : RESULT) {
        assertThat(point.get(member)).as(about).isEqualTo(result.get(member));
      }
    }

    int one = random.nextInt(points.size());
    ObjectNode single = record.deepCopy().set(field, points.get(one).path("value"));
    if (!points.get(one).has("errors")) {
      JsonNode score = parsed(200, post(name, "score?margin=true", single));
      RESULT.forEach(
          member -> assertThat(points.get(one).get(member)).isEqualTo(score.get(member)));
    }

    return points.size();
  }

  private static JsonNode parsedAgain(JsonNode value) throws IOException {
    return JSON.readTree(JSON.writeValueAsBytes(value));
  }

  @Test
  void pointsOfANumberAreAllItsSteps() throws Exception {
    for (String name : List.of("wide", "parcel-late", "shared", "dart", "quantiles")) {
      JsonNode contract = contract(name);
      ObjectNode record = scored(name, contract);
      JsonNode field = contract.path("fields").path(0);
      String column = field.path("name").asText();
      JsonNode answer = parsed(200, post(name, "sweep", request(record, column)));
      List<BigDecimal> points = numbers(answer.path("points"));
      List<BigDecimal> thresholds = new ArrayList<>();
      answer.path("thresholds").forEach(value -> thresholds.add(value.decimalValue()));

      assertThat(points).isSortedAccordingTo(BigDecimal::compareTo);
      assertThat(answer.has("thresholds_left_out")).isFalse();
      assertThat(points).hasSizeLessThanOrEqualTo(thresholds.size() + 1);
      assertThat(thresholds.size()).isLessThanOrEqualTo(field.path("thresholds").asInt());
      if (!name.equals("shared")) { // of which a sentinel is no number
        assertThat(points.subList(1, points.size()))
            .usingElementComparator(BigDecimal::compareTo)
            .isEqualTo(thresholds);
      }
    }
  }

  private static List<BigDecimal> numbers(JsonNode points) {
    List<BigDecimal> numbers = new ArrayList<>();
    points.forEach(point -> numbers.add(point.path("value").decimalValue()));
    return numbers;
  }

  /** With more thresholds than points, between two points the score stays the same. */
  @Test
  void pointsOfManyThresholdsAreWhereTheRecordsScoreCanChange() throws Exception {
    JsonNode contract = contract("many");
    assertThat(contract.at("/fields/0/thresholds").asInt()).isGreaterThan(400);
    ScoringModel model = models.model("many");
    int[] slots = {0, 1, 2};
    float[] all = model.splits().thresholds(slots);
    float[] row = new float[4];
    for (int times = 0; times < 5; times++) {
      ObjectNode record = scored("many", contract);
      JsonNode answer = parsed(200, post("many", "sweep", request(record, "n")));
      List<Float> points =
          numbers(answer.path("points")).stream().map(BigDecimal::floatValue).toList();
      row[3] = record.path("m").isNumber() ? (float) record.path("m").asDouble() : Float.NaN;
      int changes = model.splits().thresholds(row, slots).length;
      int left = answer.path("thresholds_left_out").asInt();
      assertThat(points.size() + left).isBetween(changes + 1, changes + 3);
      assertThat(points.size()).isLessThanOrEqualTo(SweptPoints.MOST);
      for (float threshold : all) {
        if (left == 0 && !points.contains(threshold)) {
          assertThat(margin(model, row, threshold))
              .as("%s of %s, seed %s", threshold, record, seed)
              .isEqualTo(margin(model, row, Math.nextDown(threshold)));
        }
      }

      assertThat(answer.path("thresholds")).hasSize(SweptPoints.MOST);
    }
  }

  private static float margin(ScoringModel model, float[] row, float value) {
    float[] margin = new float[1];
    Arrays.fill(row, 0, 3, value);
    model.engine().score(row, 1, margin, null);
    return margin[0];
  }

  @Test
  void flipsAreTheNearestValuesWithAnotherLabel() throws Exception {
    Map<String, Integer> found = new HashMap<>();
    for (String name :
        List.of("parcel-late", "parcel-class", "parcel-class-index", "shared", "priors", "codes")) {
      JsonNode contract = contract(name);
      ScoringModel model = models.model(name);
      for (int times = 0; times < 12; times++) {
        ObjectNode record = scored(name, contract);
        for (JsonNode field : contract.path("fields")) {
          String column = field.path("name").asText();
          if (field.has("thresholds") && record.path(column).isNumber()) {
            found.merge(name, checkFlips(name, model, record, column), Integer::sum);
          }
        }
      }
    }

    assertThat(found).allSatisfy((name, count) -> assertThat(count).isPositive());
  }

  private int checkFlips(String name, ScoringModel model, ObjectNode record, String column)
      throws IOException {
    FieldRules rules =
        new FieldRules(model.schema().fields().get(model.schema().fieldIndex(column)));
    TreeSet<Float> candidates = new TreeSet<>();
    for (float threshold : model.splits().thresholds(rules.slots(Kind.NUMBER))) {
      float below = Math.nextDown(threshold);
      candidates.addAll(List.of(Math.nextDown(below), below, threshold, Math.nextUp(threshold)));
    }

    for (float bound : new float[] {rules.min(), rules.max()}) {
      if (Float.isFinite(bound)) {
        candidates.add(bound);
      }
    }

    List<Float> tried = List.copyOf(candidates);
    List<JsonNode> results =
        results(
            name,
            record,
            column,
            tried.stream()
                .map(value -> JSON.getNodeFactory().numberNode((float) value))
                .map(value -> (JsonNode) value)
                .toList());
    JsonNode answer = parsed(200, post(name, "sweep", request(record, column)));
    float own = (float) record.path(column).asDouble();
    if (rules.numbers().stream()
        .anyMatch(number -> number.sentinels().numbers().contains((double) own))) {
      return 0; // missing, and so nowhere among the numbers
    }

    String label = answer.at("/own/label").asText();
    float[] row = new float[model.schema().width()];
    List<Float> differing =
        IntStream.range(0, tried.size())
            .filter(index -> results.get(index).has("label"))
            .filter(index -> !results.get(index).path("label").asText().equals(label))
            .mapToObj(tried::get)
            .filter(value -> rules.encode(value, row, new Faults()) && rules.isComplete(row))
            .toList();
    Optional<Float> below = differing.stream().filter(value -> value < own).max(Float::compare);
    Optional<Float> above = differing.stream().filter(value -> value > own).min(Float::compare);
    List<Float> expected = new ArrayList<>();
    below.ifPresent(expected::add);
    above.ifPresent(expected::add);
    List<Float> flips = new ArrayList<>();
    answer.path("flips").forEach(flip -> flips.add(flip.path("value").floatValue()));
    assertThat(flips)
        .as("%s of %s, own %s, seed %s", column, record, answer.path("own"), seed)
        .isEqualTo(expected);
    return flips.size();
  }

  @Test
  void categoriesThatFlipAreTheFirst() throws Exception {
    int flips = 0;
    for (String name : List.of("parcel-late", "parcel-class", "codes")) {
      JsonNode contract = contract(name);
      for (int times = 0; times < 40; times++) {
        ObjectNode record = scored(name, contract);
        for (String column : List.of("carrier", "zone", "express")) {
          JsonNode answer = parsed(200, post(name, "sweep", request(record, column)));
          String label = answer.at("/own/label").asText();
          List<JsonNode> expected = new ArrayList<>();
          for (JsonNode point : answer.path("points")) {
            if (!point.path("label").asText().equals(label) && expected.size() < 2) {
              expected.add(point);
            }
          }

          List<JsonNode> found = new ArrayList<>();
          answer.path("flips").forEach(found::add);
          assertThat(found).as("%s, seed %s", record, seed).isEqualTo(expected);
          flips += found.size();
        }
      }
    }

    assertThat(flips).isPositive();
  }

  @Test
  void modelsWithoutLabelsHaveNoFlips() throws Exception {
    for (String name : List.of("wide", "exposed", "quantiles", "dart")) {
      JsonNode contract = contract(name);
      String field = contract.at("/fields/0/name").asText();
      JsonNode answer = parsed(200, post(name, "sweep", request(scored(name, contract), field)));
      assertThat(answer.has("flips")).isFalse();
      assertThat(answer.has("points")).isTrue();
    }
  }

  @Test
  void ownFaultsAreAnsweredBesideThePointsAndOthersRefused() throws Exception {
    JsonNode answer =
        parsed(
            200,
            client.post(
                "/v1/models/parcel-late/sweep",
                "{\"field\":\"distance\",\"record\":{\"weight\":1,\"distance\":\"far\"},"
                    + "\"values\":[1,\"far\"]}"));
    assertThat(answer.path("own").toString())
        .isEqualTo(
            "{\"value\":\"far\",\"errors\":[{\"pointer\":\"/record/distance\",\"field\":\"distance\","
                + "\"code\":\"wrong_type\",\"got\":\"\\\"far\\\"\",\"expected\":\"a number\"}]}");
    assertThat(answer.at("/points/0").has("score")).isTrue();
    assertThat(answer.at("/points/1/errors/0/pointer").asText()).isEqualTo("/values/1");
    assertThat(answer.has("flips")).isFalse();

    JsonNode absent =
        parsed(
            200,
            client.post("/v1/models/parcel-late/sweep", "{\"field\":\"weight\",\"record\":{}}"));
    assertThat(absent.at("/own/errors/0/code").asText()).isEqualTo("missing_value");
    assertThat(absent.at("/own/value").isNull()).isTrue();
    assertThat(absent.path("points")).isNotEmpty();

    JsonNode refused =
        parsed(
            400,
            client.post(
                "/v1/models/parcel-late/sweep",
                "{\"field\":\"distance\",\"record\":{\"zone\":11,\"distance\":1},\"values\":[1]}"));
    assertThat(refused.path("type").asText()).isEqualTo("urn:paritree:problem:invalid_record");
    assertThat(refused.at("/errors/0/pointer").asText()).isEqualTo("/record/zone");
    assertThat(refused.path("errors")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | 400 | malformed_body | an object with 'record'",
        "{\"record\":{}} | 400 | bad_parameter | 'field' is missing",
        "{\"field\":\"weight\"} | 400 | bad_parameter | 'record' is missing",
        "{\"field\":1,\"record\":{}} | 400 | bad_parameter | 'field'",
        "{\"field\":\"wait\",\"record\":{}} | 400 | bad_parameter | one of the model's fields [distance",
        "{\"field\":\"weight\",\"record\":[]} | 400 | invalid_record | One thing",
        "{\"field\":\"weight\",\"record\":{\"weight\":1,\"weight\":1}} | 400 | invalid_record | One thing",
        "{\"field\":\"weight\",\"record\":{},\"record\":{}} | 400 | bad_parameter | only once",
        "{\"field\":\"weight\",\"record\":{},\"x\":1} | 400 | bad_parameter | only record, field",
        "{\"field\":\"weight\",\"record\":{},\"values\":5} | 400 | bad_parameter | a list of values",
        "{\"field\":\"weight\",\"record\":{},\"values\":[]} | 400 | bad_parameter | at least one value",
        "{\"field\":\"weight\",\"record\":{},\"values\":[1],\"from\":1} | 400 | bad_parameter | either values",
        "{\"field\":\"weight\",\"record\":{},\"from\":1} | 400 | bad_parameter | together",
        "{\"field\":\"weight\",\"record\":{},\"from\":2,\"to\":1,\"steps\":3} | 400 | bad_parameter | at most 'to'",
        "{\"field\":\"weight\",\"record\":{},\"from\":2,\"to\":1e39,\"steps\":3} | 400 | bad_parameter | finite as a float",
        "{\"field\":\"weight\",\"record\":{},\"from\":2,\"to\":3,\"steps\":201} | 400 | bad_parameter | 1 to 200",
        "{\"field\":\"weight\",\"record\":{},\"from\":2,\"to\":3,\"steps\":1.5} | 400 | bad_parameter | 1 to 200",
        "{\"field\":\"zone\",\"record\":{\"weight\":1},\"from\":2,\"to\":3,\"steps\":2} | 400 | bad_parameter | a field of numbers",
        "{\"field\":\"departure\",\"record\":{\"weight\":1}} | 400 | bad_parameter | 'values' is missing",
        "{\"field\":\"weight\",\"record\":{}}x | 400 | malformed_body | Unrecognized token",
      })
  void whatIsWrongIsRefusedByName(String body, int status, String code, String reported)
      throws Exception {
    Answer answer = client.post("/v1/models/parcel-late/sweep", body);

    JsonNode problem = parsed(status, answer);
    assertThat(problem.path("type").asText()).isEqualTo("urn:paritree:problem:" + code);
    assertThat(problem.path("detail").asText()).contains(reported);
  }

  @Test
  void moreValuesThanTheLimitAreRefused() throws Exception {
    String body = "{\"field\":\"weight\",\"record\":{},\"values\":[%s]}";
    String many = "1,".repeat(200) + "1";
    JsonNode problem =
        parsed(400, client.post("/v1/models/parcel-late/sweep", body.formatted(many)));
    assertThat(problem.path("detail").asText()).contains("at most 200 values");

    Map<String, String> few = Map.of("limits.rows", "3");
    String model = models.references().get(0);
    try (RunningServer server = RunningServer.start(List.of(model), few);
        Client other = new Client(server.port())) {
      Answer answer = other.post("/v1/models/parcel-late/sweep", body.formatted("1,2,3,4"));
      assertThat(parsed(413, answer).path("type").asText()).endsWith(":too_many_rows");
      JsonNode own =
          parsed(
              200,
              other.post(
                  "/v1/models/parcel-late/versions/1/sweep",
                  "{\"record\":{},\"field\":\"weight\"}"));
      assertThat(own.path("points")).hasSize(3);
      assertThat(own.path("thresholds_left_out").asInt()).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/v1/models/parcel-late/sweep", "/v1/models/parcel-late/versions/1/sweep"})
  void sweepsAreNeitherCountedAsScoredNorAsRefused(String path) throws Exception {
    try (Client operator = new Client(serving.managementPort())) {
      String before = rows(operator);
      parsed(200, client.post(path, "{\"record\":{\"weight\":1},\"field\":\"weight\"}"));
      parsed(400, client.post(path, "{\"record\":{\"zone\":9},\"field\":\"weight\"}"));
      assertThat(rows(operator)).isEqualTo(before);
    }
  }

  private static String rows(Client operator) throws IOException {
    return String.join(
        "\n",
        operator
            .get("/metrics")
            .body()
            .lines()
            .filter(line -> line.startsWith("paritree_rows"))
            .toList());
  }

  @Test
  void valuesThatAreNoneAreRepeatedAsFarAsTheyCanBe() throws Exception {
    String long65 = "1".repeat(65);
    String values = "[{\"a\":1},[1],\"\\ud800\",%s,%s,1e400,\"%s\"]";
    String body =
        "{\"field\":\"distance\",\"record\":{\"weight\":1},\"values\":%s}"
            .formatted(values.formatted(long65, "1".repeat(5_000), "x".repeat(70_000)));

    JsonNode answer = parsed(200, client.post("/v1/models/parcel-late/sweep", body));

    assertThat(answer.path("points")).hasSize(7).allMatch(point -> point.has("errors"));
    assertThat(answer.at("/points/0/value").isNull()).isTrue();
    assertThat(answer.at("/points/1/value").isNull()).isTrue();
    assertThat(answer.at("/points/2/value").isTextual()).isTrue();
    assertThat(answer.at("/points/3/value").asText()).isEqualTo(long65);
    assertThat(answer.at("/points/6/value").asText()).startsWith("xxx");
  }

  @Test
  void hostileNamesAndValuesAreText() throws Exception {
    JsonNode contract = contract("hostile");
    ObjectNode record = scored("hostile", contract);
    for (JsonNode field : contract.path("fields")) {
      String name = field.path("name").asText();
      ObjectNode request = request(record, name);
      SweptModels.HOSTILE.forEach(request.putArray("values")::add);
      JsonNode answer = parsed(200, post("hostile", "sweep", request));

      assertThat(answer.path("field").asText()).isEqualTo(name);
      for (int value = 0; value < SweptModels.HOSTILE.size(); value++) {
        assertThat(answer.at("/points/%s/value".formatted(value)).asText())
            .isEqualTo(SweptModels.HOSTILE.get(value));
      }
    }
  }
}
