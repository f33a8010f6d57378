package io.paritree.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.drift.Baseline;
import io.paritree.drift.Drift;
import io.paritree.profile.BinCounts;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.NumberBins;
import io.paritree.profile.Profile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files for operators name only what the job really writes. */
class OpsFilesTest {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final Path OPS = ROOT.resolve("spark-job/ops");
  private static final Pattern METRIC = Pattern.compile("paritree_[a-z_]+");
  private static final Pattern SELECTED = Pattern.compile("\\b([a-z_]+) *=~?\"");
  private static final Pattern SHOWN = Pattern.compile("\\{\\{ *(?:\\$labels\\.)?([a-z_]+) *}}");

  /** The labels of each metric that the job writes. */
  private static Map<String, Set<String>> written;

  @BeforeAll
  static void everyMetricIsWritten() throws Exception {
    byte[] text =
        JobMetrics.of("/out", 4, 1, Optional.of(ReportFileTest.full(true)), compared()).text();
    written =
        Pattern.compile("(?m)^([a-z_]+)\\{(.*)} [-0-9.E]+$")
            .matcher(new String(text, StandardCharsets.UTF_8))
            .results()
            .collect(
                Collectors.toMap(
                    line -> line.group(1),
                    line -> all(Pattern.compile("([a-z_]+)=\""), line.group(2)),
                    (first, next) -> first));
    assertThat(written).hasSizeGreaterThan(10);
  }

  /** What promtool check metrics objects to, and types that node-exporter's collector refuses. */
  @Test
  void metricsAreGaugesByNamesAndLabelsThatPrometheusTakesForGauges() throws Exception {
    String text =
        new String(
            JobMetrics.of("/out", 4, 1, Optional.of(ReportFileTest.full(true)), compared()).text(),
            StandardCharsets.UTF_8);

    assertThat(written.keySet())
        .allSatisfy(
            name -> {
              assertThat(name).doesNotMatch(".*_(total|count|sum|bucket|info|created)");
              assertThat(text).contains("# TYPE %s gauge\n".formatted(name));
              assertThat(text).contains("# HELP %s ".formatted(name));
              assertThat(written.get(name)).contains("output").doesNotContain("quantile", "le");
            });
  }

  @Test
  void everyRuleNamesMetricsAndLabelsThatTheJobWrites() throws Exception {
    Map<?, ?> rules =
        (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(ops("alerts.yml"));
    List<?> groups = (List<?>) rules.get("groups");
    List<?> all = (List<?>) ((Map<?, ?>) groups.get(0)).get("rules");

    assertThat(all).hasSizeGreaterThan(4);
    for (Object rule : all) {
      String expression = String.valueOf(((Map<?, ?>) rule).get("expr"));
      assertNamesAreWritten(
          expression,
          SELECTED,
          expression,
          SHOWN,
          String.valueOf(((Map<?, ?>) rule).get("annotations")));
    }
  }

  @Test
  void everyPanelNamesMetricsAndLabelsThatTheJobWrites() throws Exception {
    JsonNode dashboard = new ObjectMapper().readTree(ops("dashboard.json"));
    List<String> expressions = new ArrayList<>();
    for (JsonNode panel : dashboard.get("panels")) {
      for (JsonNode target : panel.get("targets")) {
        String expression = target.get("expr").asText();
        expressions.add(expression);
        assertNamesAreWritten(
            expression, SELECTED, expression, SHOWN, target.get("legendFormat").asText());
      }
    }

    assertThat(named(String.join(" ", expressions)))
        .as("every metric has a panel")
        .containsExactlyInAnyOrderElementsOf(written.keySet());
  }

  @Test
  void tableOfTheMetricsIsComplete() throws Exception {
    String page = Files.readString(ROOT.resolve("docs/reference/job-metrics.md"));
    Set<String> rows = all(Pattern.compile("(?m)^\\| `(paritree_[a-z_]+)` \\|"), page);

    assertThat(rows).containsExactlyInAnyOrderElementsOf(written.keySet());
    for (Map.Entry<String, Set<String>> metric : written.entrySet()) {
      String row =
          page.lines()
              .filter(line -> line.startsWith("| `" + metric.getKey() + "` |"))
              .findFirst()
              .orElseThrow();
      metric.getValue().stream()
          .filter(label -> !label.equals("output"))
          .forEach(label -> assertThat(row).contains("`" + label + "`"));
    }
  }

  @Test
  void everyRuleIsTriedByTheUnitTestsOfTheRules() throws Exception {
    Set<String> rules = all(Pattern.compile("alert: ([A-Za-z]+)"), ops("alerts.yml"));

    assertThat(all(Pattern.compile("alertname: ([A-Za-z]+)"), ops("alerts-test.yml")))
        .isEqualTo(rules);
    assertThat(named(ops("alerts-test.yml"))).isSubsetOf(written.keySet());
  }

  /** Returns what a run has found out that has every measure. */
  private static RunQuality compared() {
    RunQuality quality = new RunQuality();
    quality.begin(List.of("age"), List.of());
    NumberBins bins = new NumberBins(1);
    FeatureProfile age =
        new FeatureProfile(
            "age",
            "age",
            1,
            1,
            Optional.of(new BinCounts(bins, List.of(2L, 1L, 0L))),
            List.of(1.0));
    Profile profile =
        new Profile(
            3,
            3,
            3,
            3,
            List.of(age),
            List.of(),
            List.of(new MarginProfile(1, 0, OptionalDouble.empty())),
            Map.of());
    Drift drift = Drift.of(profile, new Baseline(Baseline.PREVIOUS, List.of("day=1"), profile));
    quality.add(new RunQuality.Compared("day=2", profile, List.of(drift), List.of()));
    return quality;
  }

  /** Asserts that metrics are written, and that labels are those of a named metric. */
  private static void assertNamesAreWritten(
      String expression, Pattern selected, String selectors, Pattern shown, String text) {
    Set<String> metrics = named(expression);
    assertThat(metrics).as(expression).isNotEmpty().isSubsetOf(written.keySet());
    Set<String> labels =
        metrics.stream()
            .flatMap(name -> written.get(name).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(labels)
        .as(expression)
        .containsAll(all(selected, selectors))
        .containsAll(all(shown, text));
  }

  private static Set<String> named(String text) {
    return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }

  private static Set<String> all(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String ops(String file) throws Exception {
    return Files.readString(OPS.resolve(file));
  }
}
