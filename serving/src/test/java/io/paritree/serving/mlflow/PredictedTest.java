package io.paritree.serving.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.Logged;
import io.paritree.serving.RunningServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Under {@code /invocations}, a model predicts what its Python class predicts. */
class PredictedTest {
  private static final String PROBABILITIES = "{\"predict_method\":\"predict_proba\"}";
  private static final List<String> ROWS =
      List.of("{\"a\":2,\"b\":-2}", "{\"a\":-2,\"b\":2}", "{\"a\":0.1,\"b\":null}");

  private static final String RECORD = "{\"f0\":1.5,\"f1\":0.5}";

  @TempDir Path directory;

  private static String body(List<String> records, String params) {
    return "{\"dataframe_records\":[%s],\"params\":%s}"
        .formatted(String.join(",", records), params);
  }

  private static RunningServer serve(Path model) throws Exception {
    return RunningServer.start(List.of(model.toString()), Map.of());
  }

  /** Returns a model of the numbers f0 and f1. */
  private byte[] model(String objective) throws Exception {
    if (objective.startsWith("binary:")) {
      return Logged.trained(objective, 1, "f0", "f1");
    }

    Path classes = new TestPackages(directory).bareClassesModel(3);
    Booster booster = XGBoost.loadModel(Files.readAllBytes(classes));
    String json = new String(booster.toByteArray("json"), StandardCharsets.UTF_8);
    booster.dispose();
    return json.replace("multi:softprob", objective).getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "multi:softprob  | xgboost.sklearn.XGBClassifier | {}                                   | [012]",
        "multi:softprob  | xgboost.sklearn.XGBClassifier | {\"predict_method\":\"predict\"}       | [012]",
        "multi:softprob  | xgboost.sklearn.XGBClassifier | {\"predict_method\":\"predict_proba\"} | \\[0\\.[^,]+,0\\.[^,]+,0\\.[^,]+\\]",
        "multi:softprob  | xgboost.core.Booster          | {}                                   | \\[0\\.[^,]+,0\\.[^,]+,0\\.[^,]+\\]",
        "multi:softmax   | xgboost.sklearn.XGBClassifier | {}                              | [012]",
        "binary:logistic | xgboost.sklearn.XGBClassifier | {}                                   | [01]",
        "binary:logistic | xgboost.core.Booster          | {}                                   | 0\\.[0-9]+",
      })
  void mlflowModelsPredictAsTheirPythonClassDoes(
      String objective, String modelClass, String params, String prediction) throws Exception {
    byte[] file = model(objective);
    try (RunningServer serving = serve(Logged.model(directory, file, modelClass, ""));
        Client client = new Client(serving.port())) {
      Answer answer = client.post("/invocations", body(List.of(RECORD), params));
      assertThat(answer.body().strip()).matches("\\{\"predictions\":\\[" + prediction + "\\]\\}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"binary:logistic", "binary:hinge"})
  void classifierOfSeveralLabelsPredictsEachOfThem(String objective) throws Exception {
    byte[] file = Logged.trained(objective, 2, "a", "b");
    Path logged = Logged.model(directory, file, Logged.CLASSIFIER, "");
    try (RunningServer serving = serve(logged);
        Client client = new Client(serving.port())) {
      List<List<String>> scores = new ArrayList<>();
      for (String row : ROWS) {
        String path = "/v1/models/" + logged.getFileName() + "/score";
        Object scored = JsonTree.at(JsonTree.parse(client.post(path, row).body()), "scores");
        scores.add(((Map<?, ?>) scored).values().stream().map(Object::toString).toList());
      }

      String labels =
          scores.stream()
              .map(row -> row.stream().map(score -> Float.parseFloat(score) > 0.5f ? "1" : "0"))
              .map(row -> row.collect(Collectors.joining(",", "[", "]")))
              .collect(Collectors.joining(","));
      assertThat(labels).startsWith("[1,0],[0,1],");
      assertThat(client.post("/invocations", body(ROWS, "{}")).body())
          .isEqualTo("{\"predictions\":[" + labels + "]}\n");

      Object probabilities =
          JsonTree.parse(client.post("/invocations", body(ROWS, PROBABILITIES)).body());
      assertThat(JsonTree.at(probabilities, "predictions")).isEqualTo(scores);
    }
  }

  @Test
  void binaryClassifierHasTheProbabilitiesOfBothClassesInFloat() throws Exception {
    byte[] file = Logged.trained("binary:logistic", 1, "a", "b");
    Path logged = Logged.model(directory, file, Logged.CLASSIFIER, "");
    try (RunningServer serving = serve(logged);
        Client client = new Client(serving.port())) {
      List<List<String>> expected = new ArrayList<>();
      for (String row : ROWS) {
        Answer answer = client.post("/v1/models/" + logged.getFileName() + "/score", row);
        String score = (String) JsonTree.at(JsonTree.parse(answer.body()), "score");
        expected.add(List.of(Float.toString(1f - Float.parseFloat(score)), score));
      }

      Answer answer = client.post("/invocations", body(ROWS, PROBABILITIES));
      assertThat(JsonTree.at(JsonTree.parse(answer.body()), "predictions")).isEqualTo(expected);
      assertThat(client.post("/invocations", body(ROWS.subList(0, 2), "{}")).body())
          .isEqualTo("{\"predictions\":[1,0]}\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {Logged.CLASSIFIER, Logged.BOOSTER})
  void classNumbersAreNotPassedOffAsProbabilities(String modelClass) throws Exception {
    byte[] file = model("multi:softmax");
    try (RunningServer serving = serve(Logged.model(directory, file, modelClass, ""));
        Client client = new Client(serving.port())) {
      Answer answer = client.post("/invocations", body(List.of(RECORD), PROBABILITIES));

      assertThat(answer.status()).isEqualTo(400);
      assertThat(JsonTree.object(answer.body())).containsEntry("error_code", "BAD_REQUEST");
      assertThat(answer.body())
          .contains("params.predict_method", "multi:softmax", "predict_proba", "multi:softprob");
    }
  }

  /** The package's threshold is 0.25. */
  @Test
  void sealedClassifierKeepsTheThresholdOfItsPackage() throws Exception {
    Path sealed = new TestPackages(directory).binary();
    Logged.sealed(sealed, Logged.CLASSIFIER, "");
    try (RunningServer serving = serve(sealed);
        Client client = new Client(serving.port())) {
      List<String> records = TestPackages.records(40);
      List<Float> scores = new ArrayList<>();
      for (String record : records) {
        Answer answer = client.post("/v1/models/parcel-late/score", record);
        scores.add(Float.valueOf((String) JsonTree.at(JsonTree.parse(answer.body()), "score")));
      }

      assertThat(scores).anyMatch(score -> score > 0.25f && score <= 0.5f);
      String classes =
          scores.stream().map(score -> score > 0.25f ? "1" : "0").collect(Collectors.joining(","));
      assertThat(client.post("/invocations", body(records, "{}")).body())
          .isEqualTo("{\"predictions\":[" + classes + "]}\n");
    }
  }
}
