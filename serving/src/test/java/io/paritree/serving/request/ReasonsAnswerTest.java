package io.paritree.serving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.Assumptions;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.golden.JsonRecord;
import io.paritree.reasons.Direction;
import io.paritree.reasons.Reasons;
import io.paritree.reasons.RowReasons;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The endpoint gives the model's reasons, with the values of the record. */
class ReasonsAnswerTest {
  private static final String MODEL = "/v1/models/parcel-reasons";
  private static final int ROWS = 600; // more than are scored at a time

  @TempDir static Path directory;
  @AutoClose private static RunningServer serving;
  private static ScoringModel model;

  @AutoClose private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    TestPackages packages = new TestPackages(directory);
    Path reasons = packages.reasons();
    model = Opening.open(ModelFiles.read(reasons.toString()), EngineKind.FOREST, Assumptions.NONE);
    serving =
        RunningServer.start(
            List.of(
                reasons.toString(),
                packages.classes().toString(),
                packages.classIndex().toString()),
            Map.of("limits.rows", "" + 2 * ROWS));
  }

  @ParameterizedTest
  @EnumSource
  void theReasonsOfARecordAreThoseOfTheModel(Direction direction) throws Exception {
    Reasons reasons = Reasons.of(model, ContributionMode.FAST);
    RowReasons expected = new RowReasons(reasons.groups().size());
    float[] slots = new float[model.engine().width()];
    float[] contributions = new float[reasons.contributions()];
    String query = "/score?reasons=2&margin=true&direction=" + direction.key();
    for (int row = 0; row < 50; row++) {
      String record = TestRecords.json(row);
      JsonRecord.encode(model.schema(), record.getBytes(StandardCharsets.UTF_8), slots, 0);
      reasons.explain(slots, 0, 1, contributions);
      reasons.choose(contributions, 0, 0, 2, direction, expected);

      Map<String, Object> answer = JsonTree.object(client.post(MODEL + query, record).body());
      Object given = answer.get("reasons");

      assertThat(number(given, "base")).isEqualTo(expected.base());
      assertThat(number(given, "rest")).isEqualTo(expected.rest());
      assertThat(JsonTree.at(given, "direction")).isEqualTo(direction.key());
      List<?> fields = (List<?>) JsonTree.at(given, "fields");
      assertThat(fields).hasSize(expected.count());
      double sum = (double) expected.base() + expected.rest();
      for (int reason = 0; reason < fields.size(); reason++) {
        assertThat(JsonTree.at(fields.get(reason), "field"))
            .isEqualTo(reasons.groups().get(expected.group(reason)).name());
        assertThat(number(fields.get(reason), "contribution"))
            .isEqualTo(expected.contribution(reason));
        sum += expected.contribution(reason);
      }

      assertThat(sum).isCloseTo(number(answer, "margin"), within(1e-5));
    }
  }

  private static float number(Object tree, String path) {
    return Float.parseFloat(String.valueOf(JsonTree.at(tree, path)));
  }

  @Test
  void valuesAreAsTheRecordGaveThemAndCodesAsTheModel() throws Exception {
    String record =
        """
        {"departure": "2026-03-01T10:00:00Z", "weight": -1e3, "distance": 4.00050e3,
         "express": true, "carrier": "Z\\u00fcrich \\"Post\\""}
        """;
    String body = client.post(MODEL + "/score?reasons=5", record).body();

    assertThat(body)
        .contains("\"field\":\"distance\",\"value\":4.00050e3,\"contribution\":")
        .containsPattern("\"code\":\"R1\",\"text\":\"The way is long\"|\"code\":\"R2\"}")
        .contains("\"value\":{\"express\":true,\"carrier\":\"Zürich \\\"Post\\\"\"}")
        .contains("\"field\":\"zone\",\"value\":null,")
        .doesNotContain("weight", "\"output\"", "\"mode\"");
    assertThat(client.post(MODEL + "/score", record).body()).doesNotContain("\"reasons\"");
  }

  @Test
  void everyRecordOfABatchHasTheReasonsThatItHasAloneInEveryForm() throws Exception {
    List<String> records = new ArrayList<>();
    List<String> lines = new ArrayList<>(List.of(TestRecords.csvHeader()));
    for (int row = 0; row < ROWS; row++) {
      boolean faulty = row % 7 == 3; // between good ones, so that rows and records differ
      records.add(faulty ? "{\"distance\":\"far\",\"weight\":1}" : TestRecords.json(row));
      lines.add(faulty ? "far,1,,,," : TestRecords.csvLine(row));
    }

    String query = "/score-batch?reasons=3&direction=up";
    Object array =
        JsonTree.parse(client.post(MODEL + query, "[" + String.join(",", records) + "]").body());
    Object byLine = JsonTree.parse(post(query, String.join("\n", records), "application/x-ndjson"));
    Object csv = JsonTree.parse(post(query, String.join("\n", lines), "text/csv"));
    assertThat(byLine).isEqualTo(array);
    List<?> results = (List<?>) JsonTree.at(array, "results");
    int values = 0;
    for (int row = 0; row < ROWS; row++) {
      Map<?, ?> result = (Map<?, ?>) results.get(row);
      assertThat(result.containsKey("errors")).isEqualTo(row % 7 == 3);
      if (row % 7 != 3) {
        Object alone =
            JsonTree.parse(
                client.post(MODEL + "/score?reasons=3&direction=up", records.get(row)).body());
        assertThat(result.get("reasons"))
            .as("row %s", row)
            .isEqualTo(JsonTree.at(alone, "reasons"));
        Object cells = JsonTree.at(csv, "results/" + row + "/reasons");
        assertThat(withoutValues(cells)).isEqualTo(withoutValues(result.get("reasons")));
        values += String.valueOf(cells).contains(TestRecords.cells(row).get(5)) ? 1 : 0;
      }
    }

    assertThat(values).as("departures of CSV among the reasons").isPositive();
  }

  private static List<Object> withoutValues(Object reasons) {
    List<Object> without = new ArrayList<>(List.of(JsonTree.at(reasons, "rest")));
    for (Object field : (List<?>) JsonTree.at(reasons, "fields")) {
      Map<Object, Object> members = new HashMap<>((Map<?, ?>) field);
      members.remove("value");
      without.add(members);
    }

    return without;
  }

  private String post(String query, String body, String type) throws Exception {
    Answer answer =
        client.send(
            "POST",
            MODEL + query,
            body.getBytes(StandardCharsets.UTF_8),
            "Content-Type: " + type + "\r\n");
    return answer.body();
  }

  @ParameterizedTest
  @CsvSource({"parcel-class", "parcel-class-index"})
  void theWinningClassIsExplainedUnlessAnotherIsAskedFor(String name) throws Exception {
    String address = "/v1/models/" + name + "/score?reasons=3";
    String record = TestRecords.json(1);
    String body = client.post(address, record).body();
    Object answer = JsonTree.parse(body);
    Object label = JsonTree.at(answer, "label");
    assertThat(JsonTree.at(answer, "reasons/output")).isEqualTo(label);

    List<String> labels =
        name.equals("parcel-class") ? List.of("medium", "small") : List.of("1", "0");
    String other = labels.get(labels.get(0).equals(label) ? 1 : 0);
    Object asked = JsonTree.parse(client.post(address + "&output=" + other, record).body());

    assertThat(JsonTree.at(asked, "label")).isEqualTo(label);
    assertThat(JsonTree.at(asked, "reasons/output")).isEqualTo(other);
    assertThat(JsonTree.at(asked, "reasons/fields"))
        .isNotEqualTo(JsonTree.at(answer, "reasons/fields"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reasons=0 | parameter 'reasons': expected a whole number from 1",
        "reasons=-1 | parameter 'reasons': expected a whole number from 1",
        "reasons=99999999999 | parameter 'reasons': expected a whole number from 1",
        "reasons=6 | parameter 'reasons': expected a whole number from 1 to 5",
        "reasons | parameter 'reasons'",
        "reasons=1&reasons=1 | parameter 'reasons'",
        "reasons=1&direction=left | parameter 'direction': expected up, down or both",
        "direction=up | The parameter 'reasons' is missing: expected reasons=K, because 'direction'",
        "reasons=1&output=tall | parameter 'output'",
        "reasons=1&output=%zz | parameter 'output'",
        "reason=1 | the parameter 'reason' is not known",
      })
  void whatIsWrongIsRefusedByName(String query, String reported) throws Exception {
    for (String endpoint : List.of("/score?", "/score-batch?")) {
      Answer answer = client.post(MODEL + endpoint + query, "[]");

      assertThat(answer.status()).as(endpoint + query).isEqualTo(400);
      assertThat(answer.body()).contains("urn:paritree:problem:bad_parameter", reported);
    }
  }
}
