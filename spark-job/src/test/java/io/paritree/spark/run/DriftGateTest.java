package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.docs.BlockKind;
import io.paritree.docs.Page;
import io.paritree.feature.Feature;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.layout.PackageFiles;
import io.paritree.output.RunDrift;
import io.paritree.output.RunReport;
import io.paritree.profile.BinCounts;
import io.paritree.profile.Bins;
import io.paritree.profile.CategoryBins;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.NumberBins;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import io.paritree.profile.ScoreHistogram;
import io.paritree.rule.Verdict;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bad night is held before it is published. */
class DriftGateTest {
  private static final int NIGHT = 400;
  private static final int EXPRESS = 3;

  @TempDir Path directory;

  /** Seals a model with the profile of some nights as its reference. */
  private Path model() throws Exception {
    Path sealed = new TestPackages(directory.resolve("models")).binary(1, 6);
    ScoringModel model = Opening.open(sealed.toString(), EngineKind.FOREST);
    List<FeatureProfile> features = new ArrayList<>();
    for (Feature feature : model.schema().features()) {
      Bins bins =
          switch (feature.name()) {
            case "carrier" ->
                new CategoryBins(List.of(0, 1, 2, 3), List.of("AA", "DL", "UA", "Zürich Post"));
            case "zone" -> new CategoryBins(List.of(0, 1, 2, 3), List.of("10", "20", "30", "7"));
            case "hour" -> new NumberBins(6f, 12f, 18f);
            case "distance" -> new NumberBins(1000f, 2000f, 3000f, 4000f);
            default -> new NumberBins(-0.5f, 0.5f, 1f, 3f, 5f);
          };
      features.add(
          new FeatureProfile(
              feature.name(), feature.column(), 0, 0, Optional.of(one(bins)), List.of()));
    }

    NumberBins scores = new NumberBins(ScoreHistogram.border(0.4f), ScoreHistogram.border(0.6f));
    List<OutputProfile> outputs =
        List.of(
            new OutputProfile(
                model.outputs().names().get(0), 0.5, OptionalLong.of(0), Optional.of(one(scores))));
    refer(sealed, new Profile(1, 1, 1, 0, features, outputs, List.of(), Map.of()));
    Path input = Parcels.write(directory.resolve("sealed"), 100_000, 104_000, 0, 1);
    Path output = directory.resolve("sealing").resolve("out");
    JobRun run = JobRun.ofParcels(sealed, input, output);
    assertThat(run.exitCode()).as(run.err()).isZero();
    refer(sealed, drift(output).partitions().get(0).profile().orElseThrow());
    return sealed;
  }

  private static void refer(Path sealed, Profile reference) throws IOException {
    Path manifest = sealed.resolve(PackageFiles.MANIFEST);
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replaceFirst("\"format\": \\d", "\"format\": 3"));
    Files.write(sealed.resolve(PackageFiles.REFERENCE), reference.toJson());
    TestPackages.digestAnew(sealed);
  }

  private static BinCounts one(Bins bins) {
    List<Long> counts = new ArrayList<>(Collections.nCopies(bins.size(), 0L));
    counts.set(0, 1L);
    return new BinCounts(bins, counts);
  }

  private void night(String day, int from, UnaryOperator<Row> change) {
    List<Row> rows =
        IntStream.range(from, from + NIGHT).mapToObj(Parcels::row).map(change).toList();
    Parcels.write(directory.resolve("in").resolve("day=" + day), rows, Parcels.SCHEMA, 1);
  }

  private static Row withoutExpress(Row row) {
    Object[] values = IntStream.range(0, row.size()).mapToObj(row::get).toArray();
    values[EXPRESS] = null;
    return RowFactory.create(values);
  }

  private JobRun score(Path model, Object... more) throws IOException {
    Path conf =
        Files.writeString(
            directory.resolve("job.conf"),
            "scoring-job.metrics-file = \"%s\"".formatted(metrics()));
    Map<String, Object> usual = new HashMap<>();
    usual.put("--model", model);
    usual.put("--input", directory.resolve("in"));
    usual.put("--output", directory.resolve("out"));
    usual.put("--keys", "parcel_id");
    usual.put("--drift", "gate");
    usual.put("--conf", conf);
    return JobRun.observed(StepObserver.NONE, usual, more);
  }

  private Path metrics() {
    return directory.resolve("drift.prom");
  }

  private List<String> published() throws IOException {
    try (Stream<Path> days = Files.list(directory.resolve("out"))) {
      return days.map(day -> day.getFileName().toString()).sorted().toList();
    }
  }

  private List<Path> profiles(String day) throws IOException {
    Path all = directory.resolve("_paritree/out/profiles").resolve("day=" + day);
    if (!Files.exists(all)) {
      return List.of();
    }

    try (Stream<Path> files = Files.list(all)) {
      return files.filter(file -> file.toString().endsWith(".json")).toList();
    }
  }

  /** Returns the newest file of this name that runs on an output have left. */
  private static Path newest(Path output, String name) throws IOException {
    Path runs = output.resolveSibling("_paritree").resolve(output.getFileName()).resolve("runs");
    try (Stream<Path> files = Files.walk(runs)) {
      return files
          .filter(file -> file.endsWith(name))
          .max((one, other) -> Long.compare(modified(one), modified(other)))
          .orElseThrow();
    }
  }

  private static long modified(Path file) {
    return file.toFile().lastModified();
  }

  private static RunDrift drift(Path output) throws IOException {
    return RunDrift.fromJson(Files.readAllBytes(newest(output, "drift.json")), "drift.json");
  }

  private RunReport report(String run) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("_paritree/out/runs"))) {
      Path report =
          files
              .filter(file -> file.endsWith("report.json"))
              .filter(file -> file.getParent().getFileName().toString().startsWith(run + "-"))
              .findFirst()
              .orElseThrow();
      return RunReport.fromJson(Files.readAllBytes(report), "report.json");
    }
  }

  @Test
  void aNightThatDiffersIsHeldAndTheOthersArePublished() throws Exception {
    Path model = model();
    night("2024-01-01", 0, UnaryOperator.identity());
    JobRun first = score(model);
    assertThat(first.exitCode()).as(first.err() + first.out()).isZero();
    assertThat(first.out())
        .contains(
            "  drift: 4 rules passed, 0 rules fired, 1 rule not compared\n",
            "    day=2024-01-01: mean margin against reference: ",
            "    not compared: rows < 0.5 * weekday|previous: no such day of the 8 weeks before is"
                + " published with a profile; no partition before it is published with a profile\n");

    night("2024-01-02", 1_000, UnaryOperator.identity());
    night("2024-01-03", 2_000, DriftGateTest::withoutExpress);
    JobRun second =
        score(
            model,
            "--run-id",
            "second",
            "--rule",
            "any.psi(previous) > 0.25",
            "--rule",
            "warn: zone.missing > 0.9");
    assertThat(second.exitCode()).as(second.err()).isEqualTo(8);
    assertThat(published()).containsExactly("day=2024-01-01", "day=2024-01-02");
    assertThat(second.err())
        .contains(
            "Cannot publish 1 of 2 partitions of this group:\n"
                + "  - day=2024-01-03: any.missing > reference + 0.20: express.missing is 1, limit ",
            "any.psi(previous) > 0.25: express.psi is ",
            "look first at express, ",
            "; to publish all the same: --accept-gates \"reason\"");
    assertThat(second.out()).contains("held; held: 1 partition (day=2024-01-03); published: ");
    assertThat(profiles("2024-01-02")).hasSize(1);
    assertThat(profiles("2024-01-03")).isEmpty();
    RunReport report = report("second");
    assertThat(report.ending().outcome()).isEqualTo("held");
    RunReport.Partition held = report.partitions().held().get(0);
    assertThat(held.path()).isEqualTo("day=2024-01-03");
    String output = "output=\"%s\"".formatted(directory.resolve("out"));
    assertThat(Files.readString(metrics()))
        .contains(
            "paritree_job_fired_rules{%s} 2.0\n".formatted(output),
            "paritree_job_rows_ratio{baseline=\"previous\",%s} 1.0\n".formatted(output),
            "paritree_job_missing_share{field=\"express\",%s} 1.0\n".formatted(output),
            "paritree_job_psi{baseline=\"reference\",field=\"express\",%s} ".formatted(output),
            "paritree_job_impact{baseline=\"reference\",field=\"express\",%s} ".formatted(output));
    assertQualityFacets();
    assertThat(held.hold().orElseThrow().outcome()).isEqualTo("held");
    assertThat(held.drift().orElseThrow().impacts().get(0).field()).isEqualTo("express");
    JsonNode json =
        new ObjectMapper()
            .readTree(newest(directory.resolve("out"), "drift.json").toFile())
            .at("/partitions/1");
    assertThat(json.at("/baselines/1/baseline").asText()).isEqualTo("previous");
    assertThat(json.at("/baselines/1/partitions/0").asText()).isEqualTo("day=2024-01-02");
    assertThat(json.at("/baselines/0/margins/0/explained").asBoolean()).isTrue();

    assertView();
    JobRun accepted =
        score(model, "--run-id", "third", "--accept-gates", "express is retired\nin May");
    assertThat(accepted.exitCode()).as(accepted.err()).isZero();
    assertThat(published()).contains("day=2024-01-03");
    assertThat(accepted.out())
        .contains("day=2024-01-03: accepted: express is retired\\u000ain May\n");
    assertThat(report("third").partitions().scored().get(0).drift().orElseThrow().accepted())
        .isEqualTo("express is retired\nin May");
    assertThat(profiles("2024-01-03")).hasSize(1);

    Parcels.rewrite(directory.resolve("in/day=2024-01-02"), 3_000, 3_100, 0);
    Parcels.rewrite(directory.resolve("in/day=2024-01-08"), 4_000, 4_100, 0);
    JobRun fewer = score(model, "--all-or-nothing", "--rule", "warn: any.linf(previous) > 0.001");
    assertThat(fewer.exitCode()).as(fewer.err()).isEqualTo(8);
    assertThat(published()).doesNotContain("day=2024-01-08");
    assertThat(fewer.err())
        .contains(
            "day=2024-01-02: rows < 0.5 * weekday|previous: rows is 100, limit 200 by previous; look"
                + " first at rows",
            "day=2024-01-08: rows < 0.5 * weekday|previous: rows is 100, limit 200 by weekday",
            "with --all-or-nothing, nothing of the group is published");
    assertThat(drift(directory.resolve("out")).partitions().get(0).verdicts())
        .filteredOn(Verdict::isWarning)
        .as("a warning that fires is reported, and holds nothing")
        .extracting(Verdict::result, Verdict::holds)
        .containsExactly(tuple(Verdict.Result.FIRED, false));
    assertThat(profiles("2024-01-08")).isEmpty();

    JobRun replaced =
        score(
            model,
            "--run-id",
            "last",
            "--accept-gates",
            "a holiday",
            "--partition",
            "day=2024-01-02");
    assertThat(replaced.exitCode()).as(replaced.err()).isZero();
    assertThat(profiles("2024-01-02")).hasSize(1);
  }

  /** Asserts what the page's view over the files of all runs has of the first two. */
  private void assertView() {
    String page = Page.blockWith(BlockKind.SQL, "runs/*/drift*.json").text();
    String[] statements =
        page.replace("/data/_paritree/loan_scores", directory + "/_paritree/out").split(";");
    Arrays.stream(statements).filter(any -> !any.isBlank()).forEach(TestSpark.session()::sql);
    Dataset<Row> all = TestSpark.session().table("nights");
    // Six fields against the reference and, of the second run, the night before.
    assertThat(all.where("run NOT LIKE 'second-%'").count()).isEqualTo(6);
    Dataset<Row> second = all.where("run LIKE 'second-%'");
    assertThat(second.count()).isEqualTo(2 * 2 * 6);
    Row express =
        second
            .where("partition = 'day=2024-01-03' AND field = 'express' AND baseline = 'reference'")
            .first();
    assertThat(express.<Double>getAs("missing_baseline")).isBetween(0.0, 0.5);
    assertThat(express.<Double>getAs("psi")).isGreaterThan(express.<Double>getAs("noise"));
    assertThat(Math.abs(express.<Double>getAs("impact"))).isPositive();
    assertThat(express.<String>getList(express.fieldIndex("fired")))
        .containsExactly("any.missing > reference + 0.20", "any.psi(previous) > 0.25");
    assertThat(second.where("partition = 'day=2024-01-02' AND size(fired) > 0").count()).isZero();
  }

  /**
   * Asserts what lineage says of the rows of a night without a value and one like the reference.
   */
  private void assertQualityFacets() throws Exception {
    List<String> lines =
        Files.readAllLines(
            newest(directory.resolve("out"), "report.json").resolveSibling("lineage.jsonl"));
    assertThat(lines).hasSize(2).allSatisfy(LineageTest::assertValid);
    JsonNode facets = new ObjectMapper().readTree(lines.get(1)).at("/inputs/0/inputFacets");
    JsonNode metrics = facets.get("dataQualityMetrics");
    assertThat(metrics.get("rowCount").asInt()).isEqualTo(2 * NIGHT);
    JsonNode columns = metrics.get("columnMetrics");
    assertThat(columns.at("/express/nullCount").asInt()).isBetween(NIGHT, 2 * NIGHT - 1);
    assertThat(columns.at("/distance/quantiles").size()).isEqualTo(4);
    JsonNode quantiles = columns.at("/distance/quantiles");
    quantiles
        .fieldNames()
        .forEachRemaining(
            share ->
                assertThat(quantiles.get(share).asDouble() / 5_000)
                    .isCloseTo(Double.parseDouble(share), Offset.offset(0.1)));
    assertThat(columns.at("/departure").has("quantiles")).isFalse();
    assertThat(columns.at("/carrier").has("quantiles")).isFalse();
    Map<String, String> results = new TreeMap<>();
    for (JsonNode one : facets.at("/dataQualityAssertions/assertions")) {
      results.put(
          one.get("assertion").asText(),
          "%s %s %s"
              .formatted(
                  one.get("success"),
                  one.path("column").asText("-"),
                  one.get("severity").asText()));
    }

    assertThat(results)
        .containsOnly(
            Map.entry("any.missing > reference + 0.20", "false express error"),
            Map.entry("any.unseen > reference + 0.05", "true - error"),
            Map.entry("any.faults > reference + 0.05", "true - error"),
            Map.entry("score.psi > 0.25", "true - error"),
            Map.entry("rows < 0.5 * weekday|previous", "true - error"),
            Map.entry("any.psi(previous) > 0.25", "false express error"),
            Map.entry("warn: zone.missing > 0.9", "true zone warn"));
  }

  @Test
  void aPartitionThatIsHeldForBothReasonsHasTheCodeOfItsQuarantinedRows() throws Exception {
    Path model = model();
    Parcels.write(directory.resolve("in/day=1"), 0, 100, 2, 1);

    JobRun run = score(model, "--rule", "rows > 10");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
    assertThat(run.err())
        .contains(
            "50 of 100 rows (50.0 %) could not be scored", "rows > 10: rows is 100, limit 10");
  }

  @Test
  void aRuleAboutWhatTheModelDoesNotHaveIsRefusedBeforeAnythingIsRead() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("models"));

    JobRun run = score(packages.binary(1, 6), "--rule", "expres.missing > 0.2");
    JobRun withoutThreshold = score(packages.wide(3, 2, 2), "--rule", "score.above > 0.5");

    assertThat(withoutThreshold.exitCode()).isEqualTo(2);
    assertThat(withoutThreshold.err()).contains("there is no measure of score 'above'");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("there is no subject 'expres'; did you mean express?")
        .doesNotContain("does not exist");
  }

  @Test
  void aModelWithoutAReferenceIsComparedWithTheNightBefore() throws Exception {
    Path model = new TestPackages(directory.resolve("models")).binary(1, 6);
    Parcels.write(directory.resolve("in"), 0, 100, 0, 1);
    assertThat(score(model).exitCode()).isZero();
    Parcels.rewrite(directory.resolve("in"), 0, 30, 0);

    JobRun run = score(model);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(8);
    assertThat(run.err())
        .contains(
            "Cannot publish: rows < 0.5 * weekday|previous: rows is 30, limit 50 by previous");
    assertThat(drift(directory.resolve("out")).partitions().get(0).verdicts())
        .extracting(Verdict::result)
        .containsOnly(Verdict.Result.FIRED, Verdict.Result.NOT_COMPARED);
  }
}
