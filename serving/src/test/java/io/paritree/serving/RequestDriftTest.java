package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows that callers send are counted in every protocol, and compared with a baseline. */
class RequestDriftTest {
  private static final String MODEL = "/v1/models/parcel-late";

  @TempDir Path directory;

  private Path sealed;

  private RunningServer start(String mode) throws Exception {
    if (sealed == null) {
      sealed = new TestPackages(directory.resolve("store")).sealedWith(500).binary();
    }

    return RunningServer.start(List.of(sealed.toString()), Map.of("profile.mode", mode));
  }

  private static Map<String, Object> drift(Client client, String query) throws Exception {
    Answer answer = client.get(MODEL + "/drift" + query);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JsonTree.object(answer.body());
  }

  /** Waits until so many rows are counted, which happens once a second. */
  private static void awaitRows(long rows, Client client) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    Object counted = drift(client, "").get("rows");
    while (!counted.equals(String.valueOf(rows)) && System.nanoTime() < end) {
      Thread.sleep(20);
      counted = drift(client, "").get("rows");
    }

    assertThat(counted).isEqualTo(String.valueOf(rows));
  }

  private static String member(Object fields, String list, String name, String field)
      throws Exception {
    for (int at = 0; ; at++) {
      Object one = JsonTree.at(fields, list + "/" + at);
      if (name.equals(JsonTree.at(one, field))) {
        return list + "/" + at;
      }
    }
  }

  @Test
  void rowsOfEveryProtocolAreCountedWithTheirFaultsAndUnseenValues() throws Exception {
    try (RunningServer server = start("on");
        Client client = new Client(server.port())) {
      assertThat(drift(client, "").get("rows")).isEqualTo("0");
      String known =
          "{\"distance\":3,\"weight\":1.5,\"express\":true,\"carrier\":\"AA\",\"zone\":null,\"departure\":null}";
      String unseen = known.replace("AA", "new");
      assertThat(client.post(MODEL + "/score", known).status()).isEqualTo(200);
      assertThat(client.post(MODEL + "/score", unseen).status()).isEqualTo(200);
      assertThat(client.post(MODEL + "/score", "{\"weight\":\"heavy\"}").status()).isEqualTo(400);
      String batch = "[%s,%s,{},%s]".formatted(known, unseen, known);
      assertThat(client.post(MODEL + "/score-batch", batch).status()).isEqualTo(200);
      String split = "{\"dataframe_records\":[%s,%s]}".formatted(known, unseen);
      Answer predicted = client.post("/invocations", split);
      assertThat(predicted.status()).as(predicted.body()).isEqualTo(200);
      String tensors =
          "{\"inputs\":[{\"name\":\"weight\",\"shape\":[2],\"datatype\":\"FP64\",\"data\":[1.5,2.5]}]}";
      Answer inferred = client.post("/v2/models/parcel-late/infer", tensors);
      assertThat(inferred.status()).as(inferred.body()).isEqualTo(200);

      awaitRows(11, client); // collected each second
      Map<String, Object> counted = drift(client, "?window=24h&profiles=true");
      assertThat(counted).containsEntry("scored", "9").containsEntry("against", "reference");
      String carrier = member(counted, "profile/features", "carrier", "feature");
      assertThat(JsonTree.at(counted, carrier + "/unseen")).isEqualTo("3");
      assertThat(JsonTree.at(counted, "profile/faults/weight/wrong_type")).isEqualTo("1");
      assertThat(JsonTree.at(counted, "profile/faults/weight/missing_value")).isEqualTo("1");
      assertThat(JsonTree.at(counted, "baseline_profile/rows")).isEqualTo("500");
      assertThat(JsonTree.at(counted, "drift/baseline")).isEqualTo("reference");
      assertThat(drift(client, "?against=reference")).doesNotContainKey("profile");
    }
  }

  @Test
  void missingValuesOfRefusedRowsAreCountedInEveryProtocolAsTheJobCountsThem() throws Exception {
    try (RunningServer server = start("on");
        Client client = new Client(server.port())) {
      String good =
          "{\"distance\":null,\"weight\":1.5,\"express\":true,\"carrier\":\"AA\",\"zone\":10,\"departure\":null}";
      String lacking = good.replace("1.5", "null");
      String unreadable = good.replace("1.5", "\"heavy\"").replace("10", "11");
      String batch = "[%s,%s,%s,%s,%s,7]".formatted(good, lacking, lacking, good, lacking);
      assertThat(client.post(MODEL + "/score-batch", batch).status()).isEqualTo(200);
      assertThat(client.post(MODEL + "/score", unreadable).status()).isEqualTo(400);
      String records = "{\"dataframe_records\":[%s,%s]}".formatted(good, unreadable);
      assertThat(client.post("/invocations", records).status()).isEqualTo(400);
      String tensor = "{\"name\":\"%s\",\"shape\":[1],\"datatype\":\"FP64\",\"data\":[%s]}";
      String tensors =
          "{\"inputs\":[%s,%s]}"
              .formatted(tensor.formatted("weight", "null"), tensor.formatted("distance", "6000"));
      assertThat(client.post("/v2/models/parcel-late/infer", tensors).status()).isEqualTo(400);

      awaitRows(10, client);
      Map<String, Object> counted = drift(client, "?profiles=true");
      assertThat(counted).containsEntry("scored", "2");
      Map<String, String> missing =
          Map.of("distance", "8", "weight", "4", "express", "1", "zone", "1", "hour", "9");
      for (Map.Entry<String, String> one : missing.entrySet()) {
        String feature = member(counted, "profile/features", one.getKey(), "feature");
        assertThat(JsonTree.at(counted, feature + "/missing"))
            .as(one.getKey())
            .isEqualTo(one.getValue());
      }
    }
  }

  @Test
  void aSweepAndAComparisonAreNotCounted() throws Exception {
    try (RunningServer server = start("on");
        Client client = new Client(server.port())) {
      String record = TestPackages.records(1).get(0);
      Answer swept =
          client.post(
              MODEL + "/sweep",
              "{\"record\":%s,\"field\":\"weight\",\"values\":[1,2,3]}".formatted(record));
      assertThat(swept.status()).as(swept.body()).isEqualTo(200);
      client.post(MODEL + "/score", record);
      awaitRows(1, client);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?window=2h",
        "?against=weekday",
        "?against=stored",
        "?profiles=yes",
        "?window=1h&window=24h",
        "?window=%zz",
        "?%ff=1h",
        "?window",
        "?windows=1h"
      })
  void aWrongParameterIsRefused(String query) throws Exception {
    try (RunningServer server = start("on");
        Client client = new Client(server.port())) {
      Answer answer = client.get(MODEL + "/drift" + query);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("urn:paritree:problem:bad_parameter");
    }
  }

  @Test
  void withoutCountsTheAnswerSaysWhy() throws Exception {
    for (String mode : List.of("auto", "off")) { // the package has no bins
      try (RunningServer server = start(mode);
          Client client = new Client(server.port())) {
        Answer answer = client.get(MODEL + "/drift");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("no_profile", "profile.mode");
      }
    }
  }

  @Test
  void callersOnManyConnectionsAreCountedOnce() throws Exception {
    try (RunningServer server = start("on")) {
      List<Thread> callers =
          IntStream.range(0, 6)
              .mapToObj(
                  index ->
                      new Thread(
                          () -> {
                            try (Client client = new Client(server.port())) {
                              for (String record : TestPackages.records(50)) {
                                client.post(MODEL + "/score", record);
                              }
                            } catch (Exception e) {
                              throw new IllegalStateException(e);
                            }
                          }))
              .toList();
      callers.forEach(Thread::start);
      for (Thread caller : callers) {
        caller.join();
      }

      try (Client client = new Client(server.port())) {
        awaitRows(300, client);
      }
    }
  }
}
