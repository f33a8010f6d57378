package io.paritree.serving.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A value that is too large is a fault of its record under every protocol, never of the body. */
class LargeValuesTest {
  private static final String NATIVE = "/v1/models/parcel-late";
  private static final String INFER = "/v2/models/parcel-late/infer";
  private static final String NUMBER = "0." + "1".repeat(200);
  private static final String TEXT = "\"" + "x".repeat(70_000) + "\"";
  private static final String DEEP = "[".repeat(900) + "]".repeat(900);

  @TempDir static Path directory;
  private static RunningServer serving;

  @BeforeAll
  static void start() throws Exception {
    serving = RunningServer.start(new TestPackages(directory.resolve("store")));
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  /** Whatever {@code {}} is in each body, a value or a field's value, is too large. */
  static Stream<Arguments> bodies() {
    return Stream.of(
            List.of(NUMBER, "distance", "too_long"),
            List.of(TEXT, "carrier", "too_long"),
            List.of(DEEP, "distance", "wrong_type"))
        .flatMap(
            value -> {
              String field = value.get(1);
              String large = value.get(0);
              String cell = large.replace("\"", "");
              String row = "{\"weight\":1,\"%s\":%s}".formatted(field, large);
              String other = "{\"weight\":2}";
              String type = field.equals("carrier") ? "BYTES" : "FP64";
              String tensors =
                  "{\"inputs\":[{\"name\":\"weight\",\"shape\":[2],\"datatype\":\"FP64\",\"data\":[1,2]},"
                      + "{\"name\":\"%s\",\"shape\":[2],\"datatype\":\"%s\",\"data\":[null,%s]}]}"
                          .formatted(field, type, large);
              Stream<Arguments> all =
                  Stream.of(
                      Arguments.of(NATIVE + "/score", row, "/" + field, value.get(2)),
                      Arguments.of(
                          "/invocations",
                          "{\"dataframe_records\":[%s,%s]}".formatted(other, row),
                          "/dataframe_records/1/" + field,
                          value.get(2)),
                      Arguments.of(
                          "/invocations",
                          "{\"inputs\":{\"weight\":[1,2],\"%s\":[null,%s]}}"
                              .formatted(field, large),
                          "/inputs/%s/1".formatted(field),
                          value.get(2)),
                      Arguments.of(INFER, tensors, "/inputs/1/data/1", value.get(2)),
                      Arguments.of(
                          "/invocations",
                          "weight,%s\n1,\n2,%s\n".formatted(field, cell),
                          "/1/" + field,
                          value.get(2)));
              // A list in a list of values breaks the shape of a tensor; CSV has no lists.
              return value.get(0).equals(DEEP) ? all.limit(3) : all;
            });
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void valueIsAFaultAtItsPlace(String path, String body, String pointer, String code)
      throws Exception {
    String type = body.startsWith("{") ? "application/json" : "text/csv";
    try (Client client = new Client(serving.port())) {
      Answer answer =
          client.send(
              "POST",
              path,
              body.getBytes(StandardCharsets.UTF_8),
              "Content-Type: " + type + "\r\n");

      assertThat(answer.status()).isEqualTo(400);
      List<?> errors = (List<?>) JsonTree.at(JsonTree.parse(answer.body()), "errors");
      assertThat(errors)
          .as(answer.body())
          .anyMatch(
              error ->
                  pointer.equals(JsonTree.at(error, "pointer"))
                      && code.equals(JsonTree.at(error, "code")));
    }
  }

  @Test
  void otherRecordsOfABatchAreScored() throws Exception {
    List<String> records = TestPackages.records(3);
    String batch =
        "[%s,{\"weight\":%s},{\"weight\":1,\"carrier\":%s},%s,{\"weight\":%s},{\"weight\":1,\"%s\":1},%s]"
            .formatted(
                records.get(0),
                NUMBER,
                TEXT,
                records.get(1),
                DEEP,
                "n".repeat(5_000),
                records.get(2));
    try (Client client = new Client(serving.port())) {
      Object body = JsonTree.parse(client.post(NATIVE + "/score-batch", batch).body());

      assertThat(JsonTree.at(body, "scored")).isEqualTo("3");
      assertThat(JsonTree.at(body, "refused")).isEqualTo("4");
      int[] places = {0, 3, 6};
      for (int index = 0; index < 3; index++) {
        Object single = JsonTree.parse(client.post(NATIVE + "/score", records.get(index)).body());
        assertThat(JsonTree.at(body, "results/%s/score".formatted(places[index])))
            .isEqualTo(JsonTree.at(single, "score"));
      }

      assertThat(JsonTree.at(body, "results/1/errors/0/code")).isEqualTo("too_long");
      assertThat(JsonTree.at(body, "results/2/errors/0/code")).isEqualTo("too_long");
      assertThat(JsonTree.at(body, "results/4/errors/0/code")).isEqualTo("wrong_type");
      assertThat(JsonTree.at(body, "results/5/errors/0/code")).isEqualTo("unknown_field");
    }
  }

  /** Members of a protocol are not values of a record. */
  @Test
  void memberOfAProtocolThatIsTooLargeRefusesTheRequest() throws Exception {
    String tensors =
        "{\"id\":%s,\"inputs\":[{\"name\":\"weight\",\"shape\":[1],\"datatype\":\"FP64\",\"data\":[1]}]}"
            .formatted(TEXT);
    try (Client client = new Client(serving.port())) {
      assertThat(client.post(INFER, tensors).status()).isEqualTo(400);
      assertThat(client.post(INFER, tensors.replace(TEXT, "\"x\"")).status()).isEqualTo(200);
    }
  }

  private static long faults(String code) throws Exception {
    try (Client client = new Client(serving.managementPort())) {
      String label = "code=\"%s\"".formatted(code);
      return client
          .get("/metrics")
          .body()
          .lines()
          .filter(text -> text.startsWith("paritree_faults_total{") && text.contains(label))
          .mapToLong(text -> (long) Double.parseDouble(text.substring(text.lastIndexOf(' '))))
          .sum();
    }
  }

  @Test
  void allFaultsOfALargeBatchAreListedAndCounted() throws Exception {
    long before = faults("wrong_type");
    String record = "{\"weight\":\"x\",\"distance\":\"y\",\"express\":\"z\"}";
    String batch = "[" + (record + ",").repeat(9_998) + record + "]";
    try (Client client = new Client(serving.port())) {
      Object body = JsonTree.parse(client.post(NATIVE + "/score-batch", batch).body());

      List<?> results = (List<?>) JsonTree.at(body, "results");
      assertThat(JsonTree.at(body, "refused")).isEqualTo("9999");
      assertThat(results).hasSize(9_999);
      long told = 0;
      for (Object result : results) {
        List<?> errors = (List<?>) JsonTree.at(result, "errors");
        Object omitted = ((Map<?, ?>) result).get("errors_omitted");
        long more = omitted == null ? 0 : Long.parseLong((String) omitted);
        assertThat(errors.size() + more).isEqualTo(3);
        told += errors.size();
      }

      assertThat(told).isGreaterThan(25_000);
    }

    assertThat(faults("wrong_type") - before).isEqualTo(3 * 9_999);
  }

  @Test
  void answerSaysHowManyErrorsItDoesNotList() throws Exception {
    String record = "{\"weight\":\"x\",\"distance\":\"y\"}";
    String batch = "[" + (record + ",").repeat(1_999) + record + "]";
    String model = directory.resolve("store/parcel-late").toString();
    try (RunningServer small =
            RunningServer.start(List.of(model), Map.of("limits.body", "64 KiB"));
        Client client = new Client(small.port())) {
      Answer answer = client.post(NATIVE + "/score-batch", batch);
      Object body = JsonTree.parse(answer.body());

      assertThat(answer.content()).hasSizeLessThan(600_000);
      assertThat((List<?>) JsonTree.at(body, "results/0/errors")).hasSize(2);
      assertThat((List<?>) JsonTree.at(body, "results/1999/errors")).hasSize(1);
      assertThat(JsonTree.at(body, "results/1999/errors_omitted")).isEqualTo("1");
    }
  }

  @Test
  void allFaultsOfAnInvocationAreCounted() throws Exception {
    long before = faults("wrong_type");
    String body =
        "{\"dataframe_records\":[%s{\"weight\":1}]}".formatted("{\"weight\":\"x\"},".repeat(5_000));
    try (Client client = new Client(serving.port())) {
      Answer answer = client.post("/invocations", body);

      assertThat(answer.status()).isEqualTo(400);
    }

    assertThat(faults("wrong_type") - before).isEqualTo(5_000);
  }
}
