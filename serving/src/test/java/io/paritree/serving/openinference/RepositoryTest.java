package io.paritree.serving.openinference;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The repository's index and the statistics have Triton's form and the right numbers. */
class RepositoryTest {
  @TempDir Path directory;
  private RunningServer serving;
  private Client client;

  @BeforeEach
  void start() throws Exception {
    serving = RunningServer.start(new TestPackages(directory));
    client = new Client(serving.port());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    serving.close();
  }

  private Object get(String path) throws Exception {
    Answer answer = client.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JsonTree.parse(answer.body());
  }

  @Test
  void indexListsTheModelsInService() throws Exception {
    for (String body : List.of("", "null", "{}", "{\"ready\":true}", "{\"ready\":false}")) {
      Answer answer = client.send("POST", "/v2/repository/index", body.getBytes(), "");

      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat((List<?>) JsonTree.parse(answer.body()))
          .hasSize(4)
          .first()
          .isEqualTo(Map.of("name", "parcel-late", "version", "1", "state", "READY", "reason", ""));
    }

    for (String body : List.of("[]", "null null", "{", "{\"ready\":1}", "{} {}")) {
      Answer answer = client.send("POST", "/v2/repository/index", body.getBytes(), "");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(JsonTree.object(answer.body())).containsOnlyKeys("error");
    }
  }

  @Test
  void statisticsCountRequestsAndRowsOfEveryProtocol() throws Exception {
    long begin = System.currentTimeMillis();
    String record = TestPackages.records(1).get(0);
    client.post("/v1/models/parcel-late/score", record);
    client.post("/v1/models/parcel-late/score", record);
    client.post("/v1/models/parcel-late/score", "{}");
    client.post(
        "/v1/models/parcel-late/score-batch",
        "[" + String.join(",", TestPackages.records(3)) + ",{}]");
    client.post(
        "/v2/models/parcel-late/infer",
        "{\"inputs\":[{\"name\":\"weight\",\"shape\":[3],\"datatype\":\"FP32\",\"data\":[1,2,3]}]}");
    client.post("/v2/models/parcel-late/infer", "{");
    client.post("/v1/models/parcel-class/score", record);

    Object all = get("/v2/models/parcel-late/stats");
    Object stats = JsonTree.at(all, "model_stats/0");
    assertThat((List<?>) JsonTree.at(all, "model_stats")).hasSize(1);
    assertThat(JsonTree.at(stats, "name")).isEqualTo("parcel-late");
    assertThat(JsonTree.at(stats, "version")).isEqualTo("1");
    assertThat(JsonTree.at(stats, "inference_count")).isEqualTo("8");
    assertThat(JsonTree.at(stats, "execution_count")).isEqualTo("4");
    assertThat(JsonTree.at(stats, "inference_stats/success/count")).isEqualTo("4");
    assertThat(JsonTree.at(stats, "inference_stats/fail/count")).isEqualTo("2");
    assertThat(JsonTree.at(stats, "inference_stats/compute_infer/count")).isEqualTo("4");
    assertThat(JsonTree.at(stats, "inference_stats/cache_hit/count")).isEqualTo("0");
    assertThat(nanos(stats, "success"))
        .isGreaterThanOrEqualTo(
            nanos(stats, "compute_input")
                + nanos(stats, "compute_infer")
                + nanos(stats, "compute_output"));
    assertThat(nanos(stats, "compute_infer")).isPositive();
    assertThat(JsonTree.at(stats, "batch_stats/0/batch_size")).isEqualTo("1");
    assertThat(JsonTree.at(stats, "batch_stats/0/compute_infer/count")).isEqualTo("2");
    assertThat(JsonTree.at(stats, "batch_stats/1/batch_size")).isEqualTo("3");
    assertThat(Long.parseLong((String) JsonTree.at(stats, "last_inference")))
        .isBetween(begin, System.currentTimeMillis());

    assertThat((List<?>) JsonTree.at(get("/v2/models/stats"), "model_stats")).hasSize(4);
    assertThat(get("/v2/models/parcel-late/versions/1/stats")).isEqualTo(all);
    assertThat(client.get("/v2/models/absent/stats").status()).isEqualTo(404);
  }

  private static long nanos(Object stats, String stage) {
    return Long.parseLong((String) JsonTree.at(stats, "inference_stats/" + stage + "/ns"));
  }
}
