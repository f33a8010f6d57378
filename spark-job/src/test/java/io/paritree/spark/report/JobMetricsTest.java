package io.paritree.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.drift.Baseline;
import io.paritree.drift.Drift;
import io.paritree.output.RunReport.FaultyRows;
import io.paritree.output.RunReport.Partition;
import io.paritree.output.RunReport.Start;
import io.paritree.profile.BinCounts;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.NumberBins;
import io.paritree.profile.Profile;
import io.paritree.profile.ScoreHistogram;
import io.paritree.rule.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JobMetricsTest {
  @Test
  void wideModelHasFiftyFeaturesOfItsOwnAndTheSumOfTheOthers() throws Exception {
    Map<String, Long> counts = new LinkedHashMap<>();
    List<FaultyRows> faults = new ArrayList<>();
    for (int field = 0; field < 3_000; field++) {
      counts.put("f" + field, field < 2_950 ? 1L : 2L);
      faults.add(new FaultyRows("f" + field, "missing_value", field < 2_950 ? 1 : 2, ""));
    }

    faults.add(new FaultyRows("f0", "not_finite", 7, ""));

    List<String> lines = lines(report(faults, counts, 1_000, 0));

    assertThat(lines.stream().filter(line -> line.contains("paritree_job_missing_values{")))
        .hasSize(51)
        .contains("paritree_job_missing_values{feature=\"f2999\",output=\"/out\"} 2.0")
        .contains("paritree_job_missing_values{feature=\"other\",output=\"/out\"} 2950.0");
    assertThat(lines.stream().filter(line -> line.startsWith("paritree_job_unseen_values{")))
        .hasSize(51);
    String faultsOf = "paritree_job_faults{code=\"%s\",field=\"%s\",output=\"/out\"} %s.0";
    assertThat(lines.stream().filter(line -> line.startsWith("paritree_job_faults{")))
        .hasSize(52)
        .contains(faultsOf.formatted("not_finite", "f0", 7))
        .contains(faultsOf.formatted("missing_value", "other", 2_999 - 49 + 50 - 49));
  }

  @Test
  void rateIsOfTheTasksOfAllGroupsAloneAndAbsentIfTheyTookSeconds() throws Exception {
    JobReport first = report(List.of(), Map.of(), 1_000_000, 9.9);
    JobReport second = report(List.of(), Map.of(), 500_000, 20.1);

    assertThat(first.rowsPerSecond()).isZero();
    assertThat(SummaryTable.of(first)).doesNotContain("rows/s").doesNotContain("index");
    assertThat(lines(first)).noneMatch(line -> line.contains("rows_per_second"));
    JobReport total = JobReport.total(List.of(first, second));
    JobReport.Times indexed = new JobReport.Times(Map.of(JobReport.INDEX_STAGE, 1.0), 0);
    assertThat(total.rowsPerSecond()).isEqualTo(50_000);
    assertThat(SummaryTable.of(total))
        .contains("  50,000 rows/s while tasks read, scored and wrote\n");
    assertThat(SummaryTable.of(report(List.of(), Map.of(), 1, indexed)))
        .contains("  look-up index: built; scripts/serve --scores NAME=/out answers rows");
    assertThat(lines(total)).contains("paritree_job_rows_per_second{output=\"/out\"} 50000.0");
  }

  @Test
  void driftIsOfTheFiftyMostImportantFieldsOfTheNewestPartition() throws Exception {
    RunQuality quality = new RunQuality();
    List<String> fields = IntStream.range(0, 60).mapToObj(field -> "f\"" + field).toList();
    List<String> ranking = new ArrayList<>(fields);
    Collections.reverse(ranking);
    quality.begin(ranking, List.of());
    Profile before = profile(fields, 100, 0.5);
    Profile now = profile(fields, 50, 2);
    Baseline reference = new Baseline(Baseline.REFERENCE, List.of(), before);
    Baseline previous = new Baseline(Baseline.PREVIOUS, List.of("day=1"), before);
    Verdict fired = new Verdict("rows < 1", true, Verdict.Result.FIRED, List.of(), List.of());
    for (String day : List.of("day=9", "day=10", "day=8")) {
      Profile own = day.equals("day=10") ? now : before;
      quality.add(
          new RunQuality.Compared(
              day,
              own,
              List.of(Drift.of(own, reference), Drift.of(own, previous)),
              List.of(fired)));
    }

    List<String> lines = lines(report(List.of(), Map.of(), 10, 0), quality);

    for (String metric : List.of("missing_share", "unseen_share", "psi", "impact")) {
      assertThat(lines)
          .filteredOn(line -> line.startsWith("paritree_job_%s{".formatted(metric)))
          .hasSize(50)
          .anyMatch(line -> line.contains("field=\"f\\\"59\""))
          .noneMatch(line -> line.contains("field=\"f\\\"9\""));
    }

    assertThat(lines)
        .contains(
            "paritree_job_fired_rules{output=\"/out\"} 3.0",
            "paritree_job_rows_ratio{baseline=\"previous\",output=\"/out\"} 0.5",
            "paritree_job_missing_share{field=\"f\\\"59\",output=\"/out\"} 0.2",
            "paritree_job_unseen_share{field=\"f\\\"59\",output=\"/out\"} 0.1",
            "paritree_job_impact{baseline=\"reference\",field=\"f\\\"59\",output=\"/out\"} 1.5")
        .noneMatch(line -> line.startsWith("paritree_job_rows_ratio{baseline=\"reference"));
  }

  private static Profile profile(List<String> fields, long rows, double contribution) {
    NumberBins bins = new NumberBins(1);
    return new Profile(
        rows,
        rows,
        rows,
        rows,
        fields.stream()
            .map(
                field ->
                    new FeatureProfile(
                        field,
                        field,
                        10,
                        5,
                        Optional.of(new BinCounts(bins, List.of(rows, 0L, 0L))),
                        List.of(contribution)))
            .toList(),
        List.of(),
        List.of(new MarginProfile(1, 0, OptionalDouble.empty())),
        Map.of());
  }

  private static List<String> lines(JobReport report) throws IOException {
    return lines(report, new RunQuality());
  }

  private static List<String> lines(JobReport report, RunQuality quality) throws IOException {
    byte[] text = JobMetrics.of("/out", 0, 1, Optional.of(report), quality).text();
    return new String(text, StandardCharsets.UTF_8).lines().toList();
  }

  private static JobReport report(
      List<FaultyRows> faults, Map<String, Long> values, long rows, double scoringSeconds) {
    Map<String, Double> stages = Map.of("prepare", 100.0, "score", 100.0);
    return report(faults, values, rows, new JobReport.Times(stages, scoringSeconds));
  }

  private static JobReport report(
      List<FaultyRows> faults, Map<String, Long> values, long rows, JobReport.Times times) {
    return new JobReport(
        new Start("nightly", "2026-01-02T03:04:05Z", Optional.empty(), "/in", "", "/out"),
        Outcome.PUBLISHED,
        "",
        0,
        new JobReport.Partitions(
            List.of(
                new Partition(
                    "", "i", rows, rows, 0, Optional.empty(), Optional.empty(), List.of())),
            List.of(),
            List.of()),
        new JobReport.Quarantine(Map.of(), faults, ""),
        new JobReport.Values(values, values, rows, Optional.empty()),
        JobReport.NOT_COUNTED,
        new ScoreHistogram(),
        times,
        List.of());
  }
}
