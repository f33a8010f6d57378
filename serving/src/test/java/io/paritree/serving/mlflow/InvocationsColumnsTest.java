package io.paritree.serving.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.Logged;
import io.paritree.serving.RunningServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/**
 * A request to {@code /invocations} that lacks a whole column is refused, never scored as if its
 * values were missing.
 */
class InvocationsColumnsTest {
  private static final String SIGNATURE =
      """
      [{"type": "double", "name": "amount", "required": true}, {"type": "double", "name": "age"}, \
      {"type": "double", "name": "income", "required": false}]""";

  @TempDir static Path directory;
  private static RunningServer serving;

  private final Client client = new Client(serving.port());

  @BeforeAll
  static void start() throws Exception {
    byte[] file = Logged.trained("reg:squarederror", 1, "amount", "age", "income");
    serving = serve(Logged.model(directory, file, Logged.BOOSTER, SIGNATURE));
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @AfterEach
  void hangUp() throws Exception {
    client.close();
  }

  private static RunningServer serve(Path model) throws Exception {
    return RunningServer.start(List.of(model.toString()), Map.of());
  }

  /** Posts JSON written with single quotes, or CSV written with blanks for line ends. */
  private static Answer post(Client client, String body) throws Exception {
    boolean json = body.startsWith("{");
    String sent = json ? body.replace('\'', '"') : body.replace(' ', '\n');
    String type = json ? "application/json" : "text/csv";
    return client.send(
        "POST",
        "/invocations",
        sent.getBytes(StandardCharsets.UTF_8),
        "Content-Type: " + type + "\r\n");
  }

  private static String predictions(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'dataframe_records':[{'Amount':0.9,'age':1,'income':2}]}           | /dataframe_records/amount |",
        "{'dataframe_records':[{'age':1},{'amuont':0.9,'age':1}]}             | /dataframe_records/amount |",
        "{'instances':[{'amuont':0.9,'age':1}]}                              | /instances/amount |",
        "{'inputs':[{'amuont':0.9,'age':1}]}                                 | /inputs/amount |",
        "{'inputs':{'amuont':0.9,'age':1,'income':2}}                        | /inputs/amount |",
        "{'inputs':{'amuont':[0.9],'age':[1],'income':[2]}}                  | /inputs/amount | amuont",
        "{'dataframe_split':{'columns':['amuont','age'],'data':[[0.9,1]]}}   | /dataframe_split/amount | amuont",
        "{'dataframe_split':{'data':[],'columns':['amuont','age']}}          | /dataframe_split/amount | amuont",
        "amuont,age,income 0.9,1,2                                           | /amount | amuont",
      })
  void misspeltColumnIsRefusedWithAHintWhereColumnsAreNamedOnce(
      String body, String pointer, String extra) throws Exception {
    Answer answer = post(client, body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    Map<String, Object> error = JsonTree.object(answer.body());
    assertThat(error).containsEntry("error_code", "INVALID_PARAMETER_VALUE");
    assertThat(error.get("message"))
        .isEqualTo("Failed to enforce schema of data: Model is missing inputs ['amount'].");
    Map<String, Object> fault = new HashMap<>();
    fault.put("pointer", pointer);
    fault.put("field", "amount");
    fault.put("code", "missing_value");
    fault.put("got", "no such column");
    fault.put("expected", "a column, because the model reads it");
    if (extra != null) {
      fault.put("hint", "the request has '%s'".formatted(extra));
    }

    assertThat(error.get("errors")).isEqualTo(List.of(fault));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'dataframe_records':[{'x':1}]}                         | ['amount', 'age'].",
        "{'dataframe_records':[{}]}                              | ['amount', 'age'].",
        "{'inputs':{}}                                           | ['amount', 'age'].",
        "{'dataframe_split':{'columns':[],'data':[[],[]]}}       | ['amount', 'age'].",
        "{'instances':[{'age':1},{'y':1,'x':2},{'x':7}]}         | ['amount'].",
        "income 1                                                | ['amount', 'age'].",
      })
  void allColumnsThatLackAreNamedInTheModelsOrder(String body, String names) throws Exception {
    Answer answer = post(client, body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(JsonTree.object(answer.body()).get("message").toString())
        .endsWith("Model is missing inputs " + names);
  }

  @Test
  void emptyListOfColumnsIsNotTakenByPosition() throws Exception {
    Answer answer = post(client, "{'dataframe_split':{'columns':[],'data':[[0.9,1,2]]}}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("more values than the 0 columns");
    assertThat(post(client, "{'dataframe_split':{'columns':null,'data':[[0.9,1,2]]}}").status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'dataframe_records':[{'amount':0.9,'age':1},{'age':2,'amount':-1}]}",
        "{'instances':[{'amount':0.9,'age':1},{'age':2,'amount':-1}]}",
        "{'inputs':{'age':[1,2],'amount':[0.9,-1]}}",
        "{'dataframe_split':{'columns':['age','amount'],'data':[[1,0.9],[2,-1]]}}",
        "amount,age 0.9,1 -1,2",
      })
  void columnThatTheSignatureDoesNotRequireIsMissingInAllRows(String body) throws Exception {
    String nulls = "{'instances':[[0.9,1,null],[-1,2,null]]}";

    assertThat(predictions(post(client, body))).isEqualTo(predictions(post(client, nulls)));
    assertThat(predictions(post(client, body)))
        .isNotEqualTo(predictions(post(client, "{'instances':[[0.9,1,0],[-1,2,0]]}")));
  }

  @Test
  void keyThatOneRecordLacksAndAnotherHasIsAMissingValue() throws Exception {
    String lacking = "{'dataframe_records':[{'amount':0.9},{'age':2,'amount':-1}]}";
    String nulls = "{'dataframe_records':[{'amount':0.9,'age':null},{'age':2,'amount':-1}]}";

    assertThat(predictions(post(client, lacking))).isEqualTo(predictions(post(client, nulls)));
  }

  @Test
  void listWithoutRecordsHasNoPredictions() throws Exception {
    for (String form : List.of("dataframe_records", "instances", "inputs")) {
      assertThat(predictions(post(client, "{'" + form + "':[]}")))
          .isEqualTo("{\"predictions\":[]}\n");
    }
  }

  @Test
  void whatElseIsWrongIsReportedToo() throws Exception {
    Answer answer =
        post(client, "{'dataframe_records':[7,{'age':'x','a/b':2},{'age':1,'income':'y'}]}");

    assertThat((List<?>) JsonTree.at(JsonTree.parse(answer.body()), "errors"))
        .extracting(fault -> JsonTree.at(fault, "pointer") + " " + JsonTree.at(fault, "code"))
        .containsExactly(
            "/dataframe_records/amount missing_value",
            "/dataframe_records/0 malformed_record",
            "/dataframe_records/1/age wrong_type",
            "/dataframe_records/2/income wrong_type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dataframe_records", "dataframe_split"})
  void signatureNameIsPassedOverBesideADataFrame(String form) throws Exception {
    String data =
        form.equals("dataframe_split") ? "{'data':[[1,2,3]]}" : "[{'amount':1,'age':2,'income':3}]";
    String named = "{'signature_name':'x','%s':%s,'other':1}".formatted(form, data);

    assertThat(predictions(post(client, named)))
        .isEqualTo(predictions(post(client, "{'instances':[[1,2,3]]}")));
  }

  @Test
  void textAndHintsOfAWideModelAreBounded() throws Exception {
    Path wide = new TestPackages(directory).wide(1_200, 2, 2);
    String body =
        IntStream.range(0, 1_200)
            .mapToObj(index -> "'F" + index + "':[1]")
            .collect(Collectors.joining(",", "{'inputs':{", "}}"));
    try (RunningServer other = serve(wide);
        Client caller = new Client(other.port())) {
      Answer answer = post(caller, body);

      Map<String, Object> error = JsonTree.object(answer.body());
      assertThat(error.get("message").toString())
          .contains("inputs ['f0', 'f1', ", "'f19'] and 1180 more.");
      List<?> errors = (List<?>) error.get("errors");
      assertThat(errors).hasSize(1_000);
      assertThat(errors).filteredOn(fault -> ((Map<?, ?>) fault).containsKey("hint")).hasSize(10);
    }
  }

  /** Weight is not nullable; distance is. */
  @Test
  void sealedModelFollowsTheSignatureItWasSealedWith() throws Exception {
    Path sealed = new TestPackages(directory).binary();
    String columns =
        "distance:false,weight:false,express:true,carrier:true,zone:true,departure:true"
            .replaceAll("(\\w+):(\\w+)", "{\"type\": \"any\", \"name\": \"$1\", \"required\": $2}");
    Logged.sealed(sealed, Logged.BOOSTER, "[" + columns + "]");
    String rest = "'express':true,'carrier':'AA','zone':10,'departure':null}";
    try (RunningServer other = serve(sealed);
        Client caller = new Client(other.port())) {
      predictions(post(caller, "{'instances':[{'weight':1," + rest + "]}"));
      for (String body :
          List.of(
              "{'instances':[{" + rest + ",{" + rest + "]}",
              "{'instances':[{" + rest + ",{'distance':1," + rest + "]}")) {
        Answer answer = post(caller, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(JsonTree.at(JsonTree.parse(answer.body()), "errors"))
            .isEqualTo(
                List.of(
                    Map.of(
                        "pointer",
                        "/instances/weight",
                        "field",
                        "weight",
                        "code",
                        "missing_value",
                        "got",
                        "no value",
                        "expected",
                        "a value")));
      }

      Answer answer = post(caller, "{'instances':[{'weight':1,'zone':10}]}");
      assertThat(answer.body()).contains("inputs ['express', 'carrier', 'departure'].");
    }
  }
}
