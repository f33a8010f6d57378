package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Country;
import io.paritree.model.TestPackages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server answers, counts and logs the same in every country. */
class CountriesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"fa-IR", "ar-EG", "tr-TR"})
  void answersMetricsAndLogsAreTheSame(String language) throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("store"));
    packages.binary();
    packages.classes();
    String expected = everything(directory.resolve("one"));

    assertThat(Country.in(language, () -> everything(directory.resolve("two"))))
        .isEqualTo(expected);
  }

  /** Returns all answers, the names of metrics and the log, without times and ports. */
  private String everything(Path logs) throws Exception {
    Files.createDirectories(logs);
    Path predictions = logs.resolve("predictions.jsonl");
    Path requests = logs.resolve("requests.jsonl");
    StringBuilder all = new StringBuilder();
    List<String> models =
        List.of(
            directory.resolve("store/parcel-late").toString(),
            directory.resolve("store/parcel-class").toString());
    Map<String, String> settings =
        Map.of(
            "prediction-log.file",
            '"' + predictions.toString() + '"',
            "prediction-log.file-size",
            "1 MiB",
            "log.requests",
            '"' + requests.toString() + '"',
            "server.request-timeout",
            "1.5 s");
    try (RunningServer server = RunningServer.start(models, settings);
        Client client = new Client(server.port());
        Client operator = new Client(server.managementPort())) {
      String record = TestPackages.records(1).get(0);
      String late = "/v1/models/parcel-late";
      all.append(client.post(late + "/score?margin=true&reasons=2", record).body());
      all.append(client.post(late + "/score", "{\"weight\":\"\u0007İi\",\"zone\":99}").body());
      all.append(client.post("/v1/models/parcel-class/score-batch", "[" + record + "]").body());
      String columns = "distance,weight,express,carrier,zone,departure\n1.5,2,true,AA,3,\n";
      all.append(
          client
              .send(
                  "POST",
                  late + "/score-batch",
                  columns.getBytes(StandardCharsets.UTF_8),
                  "Content-Type: TEXT/CSV\r\n")
              .body());
      all.append(client.post("/invocations", "{\"dataframe_records\":[" + record + "]}").body());
      for (String path : List.of(late, "/v2/models/parcel-late", "/openapi.json", "/absent")) {
        all.append(client.get(path).body());
      }

      operator.get("/metrics").body().lines().filter(CountriesTest::isCounter).forEach(all::append);
    }

    return (all + Files.readString(predictions))
        .replaceAll("20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
        .replaceAll("127\\.0\\.0\\.1:\\d+", "HOST")
        .replaceAll("\"request_id\":\"[^\"]*\"", "ID");
  }

  private static boolean isCounter(String line) {
    return line.startsWith("paritree_rows_total") || line.startsWith("paritree_faults_total");
  }
}
