package io.paritree.serving.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch has the same results whatever its form, and each result has its record's key. */
class BatchFormsTest {
  private static final String BATCH = "/v1/models/parcel-late/score-batch";
  private static final int ROWS = 600;

  @TempDir static Path directory;
  private static RunningServer serving;
  private static RunningServer lenient;

  private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    List<String> model = List.of(new TestPackages(directory).binary().getParent().toString());
    serving = RunningServer.start(model, Map.of("limits.rows", "" + ROWS));
    lenient = RunningServer.start(model, Map.of("records.unknown-fields", "ignore"));
  }

  @AfterAll
  static void stop() {
    serving.close();
    lenient.close();
  }

  @AfterEach
  void hangUp() throws Exception {
    client.close();
  }

  private static Answer send(Client client, String query, String body, String type)
      throws Exception {
    return client.send(
        "POST",
        BATCH + query,
        body.getBytes(StandardCharsets.UTF_8),
        "Content-Type: " + type + "\r\n");
  }

  private static String keyed(int row) {
    return "{\"order\":\"o-%s\",".formatted(row) + TestRecords.json(row).substring(1);
  }

  private static String joined(IntFunction<String> each, String between) {
    return IntStream.range(0, ROWS).mapToObj(each).collect(Collectors.joining(between));
  }

  @Test
  void linesAndCsvHaveTheResultsOfAnArray() throws Exception {
    String array = client.post(BATCH, "[" + joined(TestRecords::json, ",") + "]").body();
    String lines = joined(TestRecords::json, "\r\n \n") + "\n\n";
    String csv = TestRecords.csvHeader() + "\n" + joined(TestRecords::csvLine, "\n");

    assertThat(array).contains("\"scored\":" + ROWS);
    for (String type : List.of("application/x-ndjson", "application/jsonl; charset=utf-8")) {
      assertThat(send(client, "", lines, type).body()).isEqualTo(array);
    }

    assertThat(send(client, "", csv, "text/csv").body()).isEqualTo(array);
  }

  @Test
  void everyResultHasTheKeyOfItsRecordInEveryForm() throws Exception {
    String array =
        send(
                client,
                "?key=order&margin=true",
                "[" + joined(BatchFormsTest::keyed, ",") + "]",
                "application/json")
            .body();
    String lines = joined(BatchFormsTest::keyed, "\n");
    String csv =
        TestRecords.csvHeader()
            + ",order\n"
            + joined(row -> TestRecords.csvLine(row) + ",o-" + row, "\r\n");

    Object answer = JsonTree.parse(array);
    assertThat(JsonTree.at(answer, "scored")).isEqualTo("" + ROWS);
    assertThat((List<?>) JsonTree.at(answer, "results"))
        .extracting(result -> (Object) ((Map<?, ?>) result).get("key"))
        .isEqualTo(IntStream.range(0, ROWS).mapToObj(row -> "o-" + row).toList());
    assertThat(((Map<?, ?>) JsonTree.at(answer, "results/0")).containsKey("margin")).isTrue();
    assertThat(send(client, "?margin=true&key=order", lines, "application/x-ndjson").body())
        .isEqualTo(array);
    assertThat(send(client, "?key=order&margin=true", csv, "text/csv").body()).isEqualTo(array);
    assertThat(client.post(BATCH, "[{\"weight\":1,\"order\":1}]").body()).contains("unknown_field");
  }

  @Test
  void featureMayBeTheKeyAndNumbersKeepTheirText() throws Exception {
    String lines = "{\"weight\":1.50}\n{\"weight\":2e0}\n{\"weight\":\"x\"}";
    Object answer =
        JsonTree.parse(send(client, "?key=weight", lines, "application/x-ndjson").body());

    assertThat((List<?>) JsonTree.at(answer, "results"))
        .extracting(result -> (Object) ((Map<?, ?>) result).get("key"))
        .containsExactly("1.50", "2e0", "x");
    assertThat(JsonTree.at(answer, "refused")).isEqualTo("1");
    String spaced = "[{\"weight\":1,\"order id\":7}]";
    assertThat(send(client, "?key=order%20id", spaced, "application/json").body())
        .contains("\"key\":\"7\"");
  }

  @Test
  void aLineThatIsNoJsonOrHasNoKeyIsAFaultOfItsRecord() throws Exception {
    String lines =
        """
        {"weight":1,"id":"a"}
        {"weight":1,"id":"b"
        {"weight":1}
        {"weight":1,"id":null}
        {"weight":1,"id":"e","id":"f"}
        {"weight":1,"id":"g"} 7
        {"weight":1,"id":"h"}""";
    Object answer = JsonTree.parse(send(client, "?key=id", lines, "application/x-ndjson").body());

    assertThat((List<?>) JsonTree.at(answer, "results"))
        .extracting(
            result -> {
              Map<?, ?> row = (Map<?, ?>) result;
              Object pointer =
                  row.containsKey("errors") ? JsonTree.at(row, "errors/0/pointer") : "";
              Object code = row.containsKey("errors") ? JsonTree.at(row, "errors/0/code") : "";
              return row.get("key") + " " + pointer + " " + code;
            })
        .containsExactly(
            "a  ",
            "null /1 malformed_record",
            "null /2/id missing_value",
            "null /3/id missing_value",
            "f /4/id duplicate_field",
            "g /5 malformed_record",
            "h  ");
    String csv = "weight,distance,express,carrier,zone,departure,id\n1,,,,,,a\n1,,,,,,\n1,2\n";
    assertThat(send(client, "?key=id", csv, "text/csv").body())
        .contains("\"scored\":1,\"refused\":2", "/1/id", "7 cells, as the header has");
  }

  @Test
  void aKeyThatIsTooLongIsAFaultOfItsRecordInEveryForm() throws Exception {
    String text = "k".repeat(70_000);
    String number = "1".repeat(200);
    String first = "{\"weight\":1,\"id\":\"%s\"}".formatted(text);
    String second = "{\"weight\":1,\"id\":%s}".formatted(number);
    String last = "{\"weight\":1,\"id\":\"a\"}";
    String csv =
        "weight,distance,express,carrier,zone,departure,id\n1,,,,,,%s\n1,,,,,,a\n".formatted(text);

    assertThat(refusedKeys("[" + String.join(",", first, second, last) + "]", "application/json"))
        .containsExactly("/0/id too_long", "/1/id too_long", "a");
    assertThat(refusedKeys(String.join("\n", first, second, last), "application/x-ndjson"))
        .containsExactly("/0/id too_long", "/1/id too_long", "a");
    assertThat(refusedKeys(csv, "text/csv")).containsExactly("/0/id too_long", "a");
  }

  private List<String> refusedKeys(String body, String type) throws Exception {
    Object answer = JsonTree.parse(send(client, "?key=id", body, type).body());
    List<String> results = new ArrayList<>();
    for (Object result : (List<?>) JsonTree.at(answer, "results")) {
      results.add(
          ((Map<?, ?>) result).containsKey("errors")
              ? JsonTree.at(result, "errors/0/pointer") + " " + JsonTree.at(result, "errors/0/code")
              : String.valueOf(JsonTree.at(result, "key")));
    }

    return results;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "weight~1                                                  | no column 'distance'",
        "weight,distance,express,carrier,zone,departure,x~         | has the column 'x'",
        "weight,weight~                                            | twice",
        "weight,distance,express,carrier,zone,departure~1,\"a,,,, | Cannot read the body",
        "''                                                        | its first line is empty",
      })
  void csvThatCannotBeReadIsRefused(String body, String expected) throws Exception {
    Answer answer = send(client, "", body.replace('~', '\n'), "text/csv");

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("malformed_body", expected);
  }

  @Test
  void unknownColumnsAreIgnoredWhereUnknownFieldsAre() throws Exception {
    String csv = "x," + TestRecords.csvHeader() + "\n7," + TestRecords.csvLine(0);
    try (Client other = new Client(lenient.port())) {
      assertThat(send(other, "", csv, "text/csv").body()).contains("\"scored\":1");
    }
  }

  @Test
  void limitOfRowsAndTypesHoldForEveryForm() throws Exception {
    String lines = (TestRecords.json(0) + "\n").repeat(ROWS + 1);
    String csv = TestRecords.csvHeader() + ("\n" + TestRecords.csvLine(0)).repeat(ROWS + 1);

    assertThat(send(client, "", lines, "application/x-ndjson").status()).isEqualTo(413);
    assertThat(send(client, "", csv, "text/csv").status()).isEqualTo(413);
    Answer image = send(client, "", "x", "image/png");
    assertThat(image.status()).isEqualTo(415);
    assertThat(image.body()).contains("application/json or application/x-ndjson or text/csv");
    assertThat(send(client, "", "", "application/x-ndjson").body())
        .contains("\"results\":[],\"scored\":0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?key=", "?key", "?key=a&key=b", "?key=%zz", "?kye=a", "?margin=1&key=a"})
  void wrongQueriesAreRefused(String query) throws Exception {
    Answer answer = send(client, query, "[]", "application/json");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("bad_parameter");
    String single = BATCH.replace("-batch", "") + "?key=a";
    assertThat(client.post(single, TestRecords.json(0)).status()).isEqualTo(400);
  }
}
