package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.model.TestPackages;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files for operators name only what the server really has. */
class OpsFilesTest {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");
  private static final Pattern SHOWN =
      Pattern.compile("\\{\\{ *(?:\\$labels\\.)?([a-z_]+) *\\}\\}");
  private static final Pattern SELECTOR = Pattern.compile("\\{[^}]*\\}");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|on|without|ignoring|group_left) *\\(([^)]*)\\)");

  /** Those that Prometheus adds to each metric. */
  private static final Set<String> OF_SCRAPES = Set.of("instance", "job");

  @TempDir static Path directory;
  private static String exposed;

  /** The labels of the time series of a server that has every metric, by their names. */
  private static final Map<String, Set<String>> SERIES = new TreeMap<>();

  @BeforeAll
  static void scrape() throws Exception {
    Path model = new TestPackages(directory.resolve("store")).binary();
    StoredOutput loans =
        new StoredOutput(
            directory.resolve("loan_scores"),
            new KeyForm(List.of(new KeyColumn("loan_id", KeyColumn.Type.INTEGER, 0))),
            1);
    loans.publish("day=2026-11-24", "parcel-late/1", rows -> rows.add(List.of("1"), "", 0.5f));
    Map<String, String> settings =
        Map.of(
            "scores.loans.output",
            '"' + loans.path().toString() + '"',
            "models.shadow",
            "[\"parcel-late=%s\"]".formatted(model),
            "server.tls.key-store",
            '"' + TlsTest.keyStore(directory, "server").toString() + '"',
            "server.tls.key-store-password",
            TlsTest.PASSWORD);
    try (RunningServer serving =
            RunningServer.start(List.of(model.getParent().toString()), settings);
        Client management = new Client(serving.managementPort())) {
      TlsTest.exchange(
          serving.port(),
          "POST /v1/models/parcel-late/score HTTP/1.0\r\nHost: localhost\r\n"
              + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      do { // a request is counted a moment after its answer
        exposed = management.get("/metrics").body();
      } while (!exposed.contains("paritree_http_requests_total{") && System.nanoTime() < end);
    }

    SERIES.put("up", OF_SCRAPES); // of Prometheus itself
    for (String line : exposed.lines().filter(text -> !text.startsWith("#")).toList()) {
      String name = line.substring(0, line.indexOf(line.contains("{") ? '{' : ' '));
      SERIES.computeIfAbsent(name, none -> new TreeSet<>(OF_SCRAPES)).addAll(all(LABEL, line));
    }
  }

  /** Returns what a pattern finds in a text. */
  private static Set<String> all(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the metrics of ours that the server has, without suffixes of histograms. */
  private static Set<String> ours() {
    return all(Pattern.compile("(?m)^# TYPE (paritree_[a-z_]+) "), exposed);
  }

  /** Asserts that an expression names only metrics and labels of the server, and some metric. */
  private static void assertExists(String expression, String shown) {
    String plain = expression.replaceAll("\"[^\"]*\"", "\"\"");
    Set<String> labels = all(Pattern.compile("([a-z_]+) *(?:=|!=|=~|!~)\"\""), plain);
    GROUPING
        .matcher(plain)
        .results()
        .flatMap(list -> Stream.of(list.group(1).split(",")))
        .map(String::strip)
        .forEach(labels::add);
    labels.addAll(all(SHOWN, shown));

    String bare = GROUPING.matcher(SELECTOR.matcher(plain).replaceAll("")).replaceAll("");
    Set<String> metrics =
        all(
            Pattern.compile("([a-z][a-z_0-9]*)\\b(?! *\\()"),
            bare.replaceAll("\\[[^\\]]*\\]|\\b(?:and|or|unless|by|on)\\b|\\b[0-9.e]+", ""));
    Set<String> had = new TreeSet<>();
    for (String metric : metrics) {
      assertThat(SERIES).as(expression).containsKey(metric);
      had.addAll(SERIES.get(metric));
    }

    assertThat(had).as(expression).isNotEmpty().containsAll(labels);
  }

  @Test
  void everyRuleNamesMetricsAndLabelsThatTheServerHas() throws Exception {
    assertThat(rules()).hasSizeGreaterThan(15);
    for (Map<?, ?> rule : rules()) {
      assertThat(rule.keySet().stream().map(String::valueOf))
          .contains("alert", "expr", "labels", "annotations");
      String summary = String.valueOf(JsonTree.at(rule, "annotations/summary"));
      assertExists(String.valueOf(rule.get("expr")), summary);
      assertThat(ours()).containsAll(all(Pattern.compile("(paritree_[a-z_]+)"), summary));
    }
  }

  @Test
  void everyRuleIsSeenToFire() throws Exception {
    Set<String> fired = new TreeSet<>();
    for (Object test : (List<?>) JsonTree.at(yaml("alerts-test.yml"), "tests")) {
      for (Object series : (List<?>) JsonTree.at(test, "input_series")) {
        assertExists(String.valueOf(JsonTree.at(series, "series")), "instance");
      }

      for (Object expected : (List<?>) JsonTree.at(test, "alert_rule_test")) {
        if (JsonTree.at(expected, "exp_alerts") != null) {
          fired.add(String.valueOf(JsonTree.at(expected, "alertname")));
        }
      }
    }

    assertThat(fired)
        .isEqualTo(
            rules().stream()
                .map(rule -> String.valueOf(rule.get("alert")))
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void tableOfMetricsHasThoseOfTheServerWithTheirLabelsAndNoOthers() throws Exception {
    Set<String> documented = new TreeSet<>();
    List<String> rows =
        docs("reference/server-metrics.md")
            .lines()
            .filter(line -> line.matches("\\| `(?:paritree|jvm)_.*"))
            .toList();
    for (String row : rows) {
      Set<String> named =
          all(Pattern.compile("`((?:paritree|jvm)_[a-z_]+)`"), row.split(" \\| ")[0]);
      assertThat(named).as(row).isNotEmpty();
      documented.addAll(named);
      for (String name : named) {
        SERIES.forEach(
            (series, labels) -> {
              if (series.matches(name + "(_bucket)?") && name.startsWith("paritree_")) {
                Set<String> own = new TreeSet<>(labels);
                own.removeAll(OF_SCRAPES);
                own.remove("le");
                assertThat(all(Pattern.compile("`([a-z_]+)[`=]"), row)).as(row).containsAll(own);
              }
            });
      }
    }

    assertThat(SERIES).containsKeys("jvm_memory_used_bytes");
    documented.removeIf(name -> name.startsWith("jvm_"));
    assertThat(documented).isEqualTo(ours()).hasSizeGreaterThan(30);
  }

  /** Returns the panels of the dashboard that show something. */
  private static List<Map<?, ?>> panels() throws Exception {
    return ((List<?>) JsonTree.at(JsonTree.parse(ops("dashboard.json")), "panels"))
        .stream()
            .<Map<?, ?>>map(panel -> (Map<?, ?>) panel)
            .filter(panel -> !panel.get("type").equals("row"))
            .toList();
  }

  private static List<String> expressions(Map<?, ?> panel) {
    return ((List<?>) panel.get("targets"))
        .stream().map(target -> String.valueOf(JsonTree.at(target, "expr"))).toList();
  }

  @Test
  void everyPanelNamesMetricsAndLabelsThatTheServerHas() throws Exception {
    assertThat(panels()).hasSizeGreaterThan(20);
    for (Map<?, ?> panel : panels()) {
      for (Object target : (List<?>) panel.get("targets")) {
        String legend = String.valueOf(((Map<?, ?>) target).get("legendFormat"));
        assertExists(String.valueOf(JsonTree.at(target, "expr")), legend);
      }
    }
  }

  /** Returns the units that fit the values of an expression. */
  private static Set<String> units(String expression) {
    boolean isRate = expression.contains("rate(");
    if (expression.contains("_seconds_sum") && !expression.contains("_seconds_count")) {
      return Set.of("percentunit");
    } else if (expression.contains("_seconds")) {
      return Set.of("s");
    } else if (expression.contains("_bytes")) {
      return Set.of("bytes");
    } else if (isRate) {
      return Set.of("reqps", "rowsps", "cps");
    }

    return expression.matches("paritree_(?:ready|model_refusing|shadow_refusing)\\{.*")
        ? Set.of("bool_yes_no")
        : Set.of("short");
  }

  @Test
  void everyAxisHasTheUnitOfAllThatIsShownOnIt() throws Exception {
    for (Map<?, ?> panel : panels()) {
      for (String expression : expressions(panel)) {
        assertThat(String.valueOf(JsonTree.at(panel, "fieldConfig/defaults/unit")))
            .as(expression)
            .isIn(units(expression));
      }
    }
  }

  @Test
  void panelsShowTheChosenInstancesOfTheChosenDataSource() throws Exception {
    Object dashboard = JsonTree.parse(ops("dashboard.json"));

    assertThat(JsonTree.at(dashboard, "templating/list/0/name")).isEqualTo("datasource");
    assertThat(JsonTree.at(dashboard, "templating/list/1/name")).isEqualTo("instance");
    assertThat(JsonTree.at(dashboard, "templating/list/1/query"))
        .isEqualTo("label_values(paritree_ready, instance)");
    for (Map<?, ?> panel : panels()) {
      assertThat(JsonTree.at(panel, "datasource/uid")).isEqualTo("${datasource}");
      for (String expression : expressions(panel)) {
        long metrics = Pattern.compile("(?:paritree|jvm)_").matcher(expression).results().count();
        Matcher chosen = Pattern.compile("instance=~\"\\$instance\"").matcher(expression);
        assertThat(chosen.results().count()).as(expression).isEqualTo(metrics);
      }
    }
  }

  @Test
  void panelsHaveIdsOfTheirOwnAndDoNotOverlap() throws Exception {
    List<?> all = (List<?>) JsonTree.at(JsonTree.parse(ops("dashboard.json")), "panels");
    Set<Object> ids = new HashSet<>();
    Set<List<Integer>> cells = new HashSet<>();
    for (Object panel : all) {
      assertThat(ids.add(JsonTree.at(panel, "id"))).isTrue();
      Map<?, ?> at = (Map<?, ?>) JsonTree.at(panel, "gridPos");
      List<Integer> place =
          Stream.of("x", "y", "w", "h")
              .map(key -> Integer.valueOf(at.get(key).toString()))
              .toList();
      assertThat(place.get(0) + place.get(2)).isBetween(1, 24);
      for (int x = place.get(0); x < place.get(0) + place.get(2); x++) {
        for (int y = place.get(1); y < place.get(1) + place.get(3); y++) {
          assertThat(cells.add(List.of(x, y))).as(panel.toString()).isTrue();
        }
      }
    }
  }

  @Test
  void panelOfWhatFailedLeavesOutWhatDidNot() throws Exception {
    Pattern leftOut = Pattern.compile("status!~\"([^\"]+)\"");
    List<Matcher> found =
        panels().stream()
            .flatMap(panel -> expressions(panel).stream())
            .map(leftOut::matcher)
            .filter(Matcher::find)
            .toList();

    assertThat(found).hasSize(1);
    assertThat(List.of("200", "204", "304"))
        .allMatch(status -> status.matches(found.get(0).group(1)));
    assertThat(List.of("301", "400", "429", "503"))
        .noneMatch(status -> status.matches(found.get(0).group(1)));
  }

  private static Object yaml(String file) throws Exception {
    return new Load(LoadSettings.builder().build()).loadFromString(ops(file));
  }

  private static List<Map<?, ?>> rules() throws Exception {
    List<Map<?, ?>> all = new ArrayList<>();
    for (Object group : (List<?>) JsonTree.at(yaml("alerts.yml"), "groups")) {
      ((List<?>) JsonTree.at(group, "rules")).forEach(rule -> all.add((Map<?, ?>) rule));
    }

    return all;
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

    assertThat(exposed)
        .contains(
            "paritree_admission_refused_total{reason=\"waiting\"} 0",
            "paritree_admission_refused_total{reason=\"bodies\"} 0",
            "paritree_admission_refused_total{reason=\"answers\"} 0");
  }

  private static String expression(String alert) throws Exception {
    return rules().stream()
        .filter(rule -> rule.get("alert").equals(alert))
        .map(rule -> String.valueOf(rule.get("expr")))
        .findFirst()
        .orElseThrow();
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
      assertThat(TestConfig.read(Optional.empty(), Map.of(keys.group(1), "x"))).isNotNull();
    }

    ServingConfig.Server server = TestConfig.read(Optional.empty(), Map.of()).server();
    Matcher stop = Pattern.compile("TimeoutStopSec=([0-9]+)").matcher(unit);
    assertThat(stop.find()).isTrue();
    assertThat(Long.parseLong(stop.group(1)))
        .isGreaterThan(server.drainDelay().plus(server.stopTimeout()).toSeconds());
    assertThat(docs("operations.md"))
        .contains("/opt/paritree/serving/ops/paritree-serving.service", ":8081", "/health/ready");
  }

  private static String docs(String page) throws Exception {
    return Files.readString(ROOT.resolve("docs").resolve(page));
  }

  private static String ops(String file) throws Exception {
    return Files.readString(ROOT.resolve("serving/ops").resolve(file));
  }
}
