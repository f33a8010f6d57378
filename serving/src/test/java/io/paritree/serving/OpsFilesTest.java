package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.ServingConfigParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files for operators name only what the server really has. */
class OpsFilesTest {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final Pattern METRIC = Pattern.compile("(?:paritree|jvm)_[a-z_]+");

  @TempDir Path store;

  /** Returns a server that has every metric. */
  private RunningServer serving() throws Exception {
    Path model = new TestPackages(store).binary();
    String output = store.resolve("loan_scores").toString();
    return RunningServer.start(
        List.of(model.getParent().toString()), Map.of("scores.loans.output", '"' + output + '"'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"alerts.yml", "dashboard.json", "README.md"})
  void everyMetricNamedIsEmitted(String file) throws Exception {
    String metrics;
    try (RunningServer serving = serving();
        Client client = new Client(serving.port());
        Client management = new Client(serving.managementPort())) {
      client.post("/v1/models/parcel-late/score", "{\"weight\":1}");
      client.post("/v1/models/parcel-late/score", "{}");
      metrics = management.get("/metrics").body();
    }

    Set<String> named = new TreeSet<>();
    Matcher names = METRIC.matcher(ops(file));
    while (names.find()) {
      named.add(names.group());
    }

    assertThat(named).hasSizeGreaterThan(5);
    for (String name : named) {
      assertThat(metrics).as(name).containsPattern("(?m)^(# TYPE )?" + name + "[ {]");
    }
  }

  @Test
  void everyMetricOfOursIsDocumented() throws Exception {
    try (RunningServer serving = serving();
        Client management = new Client(serving.managementPort())) {
      Matcher types =
          Pattern.compile("(?m)^# TYPE (paritree_[a-z_]+) ")
              .matcher(management.get("/metrics").body());
      String documented = ops("README.md");
      int count = 0;
      while (types.find()) {
        assertThat(documented).contains("`" + types.group(1));
        count++;
      }

      assertThat(count).isGreaterThan(15);
    }
  }

  @Test
  void alertRulesAreYamlWithWhatPrometheusNeeds() throws Exception {
    Object rules = new Load(LoadSettings.builder().build()).loadFromString(ops("alerts.yml"));
    List<?> all = (List<?>) JsonTree.at(rules, "groups/0/rules");

    assertThat(all).hasSizeGreaterThan(5);
    assertThat(all)
        .allSatisfy(
            rule ->
                assertThat(((Map<?, ?>) rule).keySet().stream().map(String::valueOf))
                    .contains("alert", "expr", "labels", "annotations"));
  }

  @Test
  void alertForServerErrorsLeavesOutWhatTheServerAnswersOnPurpose() throws Exception {
    String expression = expression("ParitreeServerErrors");
    Matcher counted = Pattern.compile("status=~\"([^\"]+)\"").matcher(expression);
    Matcher leftOut = Pattern.compile("status!~\"([^\"]+)\"").matcher(expression);
    assertThat(counted.find()).isTrue();
    assertThat(leftOut.find()).isTrue();

    assertThat(List.of("500", "502", "504"))
        .allMatch(status -> status.matches(counted.group(1)) && !status.matches(leftOut.group(1)));
    assertThat(List.of("501", "503", "505")).allMatch(status -> status.matches(leftOut.group(1)));
  }

  @Test
  void alertForOverloadCountsEveryReasonToRefuse() throws Exception {
    assertThat(expression("ParitreeOverloaded"))
        .contains("sum by (instance) (rate(paritree_admission_refused_total[");

    Path model = new TestPackages(store).binary();
    try (RunningServer serving =
            RunningServer.start(List.of(model.getParent().toString()), Map.of());
        Client management = new Client(serving.managementPort())) {
      assertThat(management.get("/metrics").body())
          .contains(
              "paritree_admission_refused_total{reason=\"waiting\"} 0",
              "paritree_admission_refused_total{reason=\"bodies\"} 0",
              "paritree_admission_refused_total{reason=\"answers\"} 0");
    }
  }

  private static String expression(String alert) throws Exception {
    Object rules = new Load(LoadSettings.builder().build()).loadFromString(ops("alerts.yml"));
    return ((List<?>) JsonTree.at(rules, "groups/0/rules"))
        .stream()
            .map(rule -> (Map<?, ?>) rule)
            .filter(rule -> rule.get("alert").equals(alert))
            .map(rule -> String.valueOf(rule.get("expr")))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void dashboardIsJsonWithTheDataSourceAsAVariable() throws Exception {
    Object dashboard = JsonTree.parse(ops("dashboard.json"));

    assertThat(JsonTree.at(dashboard, "templating/list/0/name")).isEqualTo("datasource");
    assertThat((List<?>) JsonTree.at(dashboard, "panels"))
        .hasSizeGreaterThan(8)
        .allSatisfy(
            panel -> assertThat(JsonTree.at(panel, "datasource/uid")).isEqualTo("${datasource}"));
  }

  @Test
  void unitStartsWhatIsThereAndWaitsForTheDrain() throws Exception {
    String unit = ops("paritree-serving.service");
    Matcher paths = Pattern.compile("/opt/paritree/([a-z/.]+)").matcher(unit);
    int count = 0;
    while (paths.find()) {
      assertThat(ROOT.resolve(paths.group(1))).exists();
      count++;
    }

    assertThat(count).isGreaterThan(3);
    Matcher keys = Pattern.compile("--set ([a-z.-]+)=").matcher(unit);
    while (keys.find()) {
      assertThat(ServingConfigParser.read(Optional.empty(), Map.of(keys.group(1), "x")))
          .isNotNull();
    }

    ServingConfig.Server server = ServingConfigParser.read(Optional.empty(), Map.of()).server();
    Matcher stop = Pattern.compile("TimeoutStopSec=([0-9]+)").matcher(unit);
    assertThat(stop.find()).isTrue();
    assertThat(Long.parseLong(stop.group(1)))
        .isGreaterThan(server.drainDelay().plus(server.stopTimeout()).toSeconds());
    assertThat(ops("README.md")).contains("`8081`", "/metrics", "/health/ready");
  }

  private static String ops(String file) throws Exception {
    return Files.readString(ROOT.resolve("serving/ops").resolve(file));
  }
}
