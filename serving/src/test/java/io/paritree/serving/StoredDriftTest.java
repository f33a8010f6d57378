package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.drift.Baseline;
import io.paritree.drift.Drift;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.TestPackages;
import io.paritree.output.PartitionManifest;
import io.paritree.output.StateDirectory;
import io.paritree.output.StoredProfile;
import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import io.paritree.serving.Client.Answer;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the job has found out about the rows of partitions is answered. */
class StoredDriftTest extends ServedLoans {
  private static final String DRIFT = "/v1/scores/loans/drift";
  private static final String NIGHT = "day=2026-11-24";
  private static final Verdict FIRED =
      new Verdict(
          "rows < 0.5 * weekday|previous",
          false,
          Verdict.Result.FIRED,
          List.of(new Verdict.Finding("rows", "", 3, 50, "previous")),
          List.of());

  @BeforeEach
  @Override
  void publish() throws Exception {
    model = new TestPackages(directory.resolve("store")).withReference(300).binary();
    super.publish();
  }

  private Map<String, Object> ok(String path) throws IOException {
    Answer answer = client.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JsonTree.object(answer.body());
  }

  private Profile reference() throws Exception {
    return Opening.open(model.toString(), EngineKind.FOREST).card().reference().orElseThrow();
  }

  private void report(String run, String startedAt, String partition, Profile profile)
      throws Exception {
    report(run, startedAt, partition, profile, "a holiday");
  }

  private void report(
      String run, String startedAt, String partition, Profile profile, String accepted)
      throws Exception {
    String digest = Opening.open(model.toString(), EngineKind.FOREST).digest();
    new DriftReports(loans, digest)
        .write(
            run,
            startedAt,
            List.of(
                DriftReports.Night.againstReference(
                    partition, profile, reference(), FIRED, accepted)));
  }

  @Test
  void eachPartitionOfALargeRunIsAnsweredAndTheNewestAreListed() throws Exception {
    String digest = Opening.open(model.toString(), EngineKind.FOREST).digest();
    Profile profile = reference();
    Drift drift = Drift.of(profile, new Baseline(Baseline.REFERENCE, List.of(), profile));
    Map<String, Integer> runs = Map.of("some", 150, "many", 501);
    for (Map.Entry<String, Integer> run : runs.entrySet()) {
      List<DriftReports.Night> nights =
          IntStream.range(0, run.getValue())
              .mapToObj(
                  part ->
                      new DriftReports.Night(
                          run.getKey() + "=" + part,
                          Optional.of(profile),
                          List.of(drift),
                          part == 7 ? List.of(FIRED) : List.of(),
                          ""))
              .toList();
      new DriftReports(loans, digest)
          .write(run.getKey() + "-00000001", "2026-11-24T01:00:00Z", nights);
    }

    for (Map.Entry<String, Integer> run : runs.entrySet()) {
      for (int part : List.of(0, 7, run.getValue() - 1)) {
        String name = run.getKey() + "=" + part;
        String asked = DRIFT + "?partition=" + run.getKey() + "%3D" + part;
        Map<String, Object> one = ok(asked);
        assertThat(one)
            .containsEntry("run", run.getKey() + "-00000001")
            .containsEntry("published", part != 7)
            .containsEntry("baseline", "reference");
        assertThat(JsonTree.at(one, "detail/partition")).isEqualTo(name);
        assertThat(ok(asked + "&against=reference")).containsKey("comparison");
      }

      String none = DRIFT + "?partition=" + run.getKey() + "%3D" + run.getValue();
      assertThat(client.get(none).status()).isEqualTo(404);
    }

    Map<String, Object> list = ok(DRIFT);
    assertThat(JsonTree.at(list, "partitions/0/partition")).isEqualTo("some=149");
    assertThat(JsonTree.at(list, "partitions/99/partition")).isEqualTo("some=50");
    assertThat(list).containsEntry("left", "1"); // many=7, the only one that its report compares
  }

  @Test
  void partitionsAreListedWithTheirNewestReportAndAskedForWithAllOfIt() throws Exception {
    report("early-00000001", "2026-11-24T01:00:00Z", NIGHT, reference());
    report("late-00000002", "2026-11-24T02:00:00Z", NIGHT, reference());
    report("other-00000003", "2026-11-25T02:00:00Z", "day=2026-11-23", reference());

    Map<String, Object> list = ok(DRIFT);
    assertThat(JsonTree.at(list, "partitions/0/partition")).isEqualTo(NIGHT);
    assertThat(JsonTree.at(list, "partitions/0/run")).isEqualTo("late-00000002");
    assertThat(JsonTree.at(list, "partitions/0/fired")).isEqualTo(List.of(FIRED.rule()));
    assertThat(JsonTree.at(list, "partitions/0/accepted")).isEqualTo("a holiday");
    assertThat(JsonTree.at(list, "partitions/0/published")).isEqualTo(true);
    assertThat(JsonTree.at(list, "partitions/1/partition")).isEqualTo("day=2026-11-23");
    assertThat((List<?>) list.get("partitions")).hasSize(2);

    Map<String, Object> one = ok(DRIFT + "?partition=day%3D2026-11-24");
    assertThat(one).containsEntry("run", "late-00000002");
    assertThat(JsonTree.at(one, "detail/profile/rows"))
        .isEqualTo(String.valueOf(reference().rows()));
    assertThat(JsonTree.at(one, "detail/baselines/0/baseline")).isEqualTo("reference");
    assertThat(JsonTree.at(one, "detail/verdicts/0/findings/0/subject")).isEqualTo("rows");
    Map<String, Object> run = ok("/v1/scores/loans/runs/late-00000002");
    assertThat(JsonTree.at(run, "partitions/0/drift/verdicts/0/result")).isEqualTo("fired");
    assertThat(JsonTree.at(run, "held")).isEqualTo("0");
  }

  @Test
  void listOfRunsSaysWhichRulesHoldPartitions() throws Exception {
    report("held-00000001", "2026-11-24T01:00:00Z", NIGHT, reference(), "");

    Map<String, Object> list = ok("/v1/scores/loans/runs");
    assertThat(JsonTree.at(list, "runs/0/held")).isEqualTo(List.of(NIGHT));
    assertThat(JsonTree.at(list, "runs/0/held_by"))
        .isEqualTo(List.of(Map.of("gate", FIRED.rule(), "partitions", "1")));
  }

  @Test
  void oneComparisonHasTheCountsOfBothAndASeriesHasTheNightsOfAField() throws Exception {
    report("early-00000001", "2026-11-23T02:00:00Z", "day=2026-11-23", reference());
    report("late-00000002", "2026-11-24T02:00:00Z", NIGHT, reference());
    String one = DRIFT + "?partition=day%3D2026-11-24&against=previous%7Creference";

    Map<String, Object> all = ok(DRIFT + "?partition=day%3D2026-11-24");
    Map<String, Object> carrier = ok(one + "&field=carrier&search=CARR");
    assertThat(carrier.get("baselines")).isEqualTo(List.of("reference"));
    assertThat(JsonTree.at(carrier, "comparison/baseline")).isEqualTo("reference");
    assertThat(JsonTree.at(carrier, "comparison/rows"))
        .isEqualTo(JsonTree.at(all, "detail/profile/rows"));
    assertThat((List<?>) JsonTree.at(carrier, "comparison/fields")).hasSize(1);
    assertThat(JsonTree.at(carrier, "comparison/fields/0/field")).isEqualTo("carrier");
    assertThat(JsonTree.at(carrier, "comparison/field/counts/0/baseline_counts"))
        .isNotNull()
        .isEqualTo(JsonTree.at(carrier, "comparison/field/counts/0/counts"));
    assertThat(JsonTree.at(carrier, "comparison/outputs/0/baseline_counts"))
        .isNotNull()
        .isEqualTo(JsonTree.at(all, "detail/profile/outputs/0/counts"));
    assertThat(JsonTree.at(ok(one + "&order=missing"), "comparison/fields_left")).isEqualTo("0");

    Map<String, Object> series = ok(DRIFT + "?nights=1&against=reference&field=carrier");
    assertThat(series).containsEntry("left", "1");
    assertThat(JsonTree.at(series, "nights/0/partition")).isEqualTo(NIGHT);
    assertThat(JsonTree.at(series, "nights/0/outputs/0/mean"))
        .isEqualTo(JsonTree.at(all, "detail/profile/outputs/0/mean"));
    assertThat(JsonTree.at(series, "nights/0/field/psi")).isEqualTo("0.0");
    assertThat(JsonTree.at(series, "nights/0/field/now/missing"))
        .isEqualTo(JsonTree.at(carrier, "comparison/field/now/missing"));
    for (String query :
        List.of(
            "?nights=101&against=reference",
            "?nights=2",
            "?against=reference",
            "?partition=day%3D2026-11-24&against=training",
            "?partition=day%3D2026-11-24&against=reference&order=name",
            "?partition=day%3D2026-11-24&against=reference&field=none",
            "?partition=day%3D2026-11-24&nights=2&against=reference")) {
      assertThat(client.get(DRIFT + query).status()).as(query).isEqualTo(400);
    }
  }

  @Test
  void aDamagedReportHidesNoOtherAndIsReadAgainOnceItIsRestored() throws Exception {
    report("early-00000001", "2026-11-23T02:00:00Z", "day=2026-11-23", reference());
    report("late-00000002", "2026-11-24T02:00:00Z", NIGHT, reference());
    Path runs = loans.path().resolveSibling("_paritree/loan_scores/runs");
    Path file = runs.resolve("late-00000002").resolve(StateDirectory.DRIFT);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, 100));
    String series = DRIFT + "?nights=2&against=reference";

    Map<String, Object> nights = ok(series);
    assertThat(JsonTree.at(nights, "nights/1/baseline")).isEqualTo("reference");
    assertThat(JsonTree.at(nights, "nights/0").toString()).doesNotContain("baseline");
    String night = DRIFT + "?partition=day%3D2026-11-24&against=reference";
    assertThat(client.get(night).body()).contains("unreadable_runs", "not whole");

    Files.write(file, whole);
    assertThat(ok(night)).containsKey("comparison");
    assertThat(JsonTree.at(ok(series), "nights/0/baseline")).isEqualTo("reference");
  }

  @Test
  void whatIsNotThereIsSaid() throws Exception {
    report("night-00000001", "2026-11-24T01:00:00Z", NIGHT, reference());
    Answer unknown = client.get(DRIFT + "?partition=day%3D2026-11-22");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.body()).contains("unknown_partition", NIGHT);
    assertThat(client.get(DRIFT + "?partition=x").body()).contains("unknown_partition", NIGHT);
    assertThat(client.get(DRIFT + "?partitions=x").status()).isEqualTo(400);
    assertThat(client.get("/v1/scores/loan/drift").status()).isEqualTo(404);
  }

  @Test
  void callersAreComparedWithTheNewestPartitionInService() throws Exception {
    Answer without = client.get("/v1/models/parcel-late/drift?against=stored:loans");
    assertThat(without.status()).isEqualTo(400);
    assertThat(without.body()).contains(NIGHT, "--drift report");

    PartitionManifest published =
        PartitionManifest.fromJson(
            Files.readAllBytes(loans.path().resolve(NIGHT).resolve(PartitionManifest.FILE)), NIGHT);
    Location state = Location.of(loans.path().resolveSibling("_paritree/loan_scores"));
    Path file = StateDirectory.profile(state, NIGHT, published.identity()).toPath();
    Files.createDirectories(file.getParent());
    Files.write(file, new StoredProfile("d1", reference()).toJson());
    assertThat(client.post("/v1/models/parcel-late/score", "{\"weight\":1.5}").status())
        .isEqualTo(200);
    String callers = "/v1/models/parcel-late/drift?profiles=true&against=stored:loans";
    Map<String, Object> compared = ok(callers);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (compared.get("rows").equals("0")) { // they are collected each second
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
      compared = ok(callers);
    }

    assertThat(compared).containsEntry("against", "stored:loans");
    assertThat(JsonTree.at(compared, "baseline_profile").toString())
        .as("contributions of another model are not comparable")
        .doesNotContain("contributions");
    String digest = Opening.open(model.toString(), EngineKind.FOREST).digest();
    Files.write(file, new StoredProfile(digest, reference()).toJson());
    assertThat(JsonTree.at(ok(callers), "baseline_profile").toString()).contains("contributions");
    assertThat(client.get("/v1/models/parcel-late/drift?against=stored:other").status())
        .isEqualTo(404);
  }
}
