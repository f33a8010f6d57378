package io.paritree.serving.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.Seed;
import io.paritree.comparison.ModelPair;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.layout.AliasMove;
import io.paritree.model.layout.GuardedAliases;
import io.paritree.model.layout.ModelStore;
import io.paritree.model.layout.Promotion;
import io.paritree.output.RunReport;
import io.paritree.output.StateDirectory;
import io.paritree.serving.AccessTable;
import io.paritree.serving.DriftReports;
import io.paritree.serving.OutcomeReports;
import io.paritree.serving.Reports;
import io.paritree.serving.RunningServer;
import io.paritree.serving.StoredOutput;
import io.paritree.store.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a browser: {@code page-test.mjs} uses each screen as people do, in both themes, by
 * keyboard alone, with hostile names, and compares what it shows with the server's answers.
 *
 * <p>Needs Node.js with npm, its registry, and Debian's chromium. The seed chooses in which of both
 * themes each screen and each model is tried in a wide window, and in which each screen in a narrow
 * one; {@code -Dpage.all=true} tries both themes in the wide one, and {@code -Dpage.records=1000}
 * is how many random records are compared.
 */
@Tag("clusters")
class PageIT {
  private static final String LOOPBACK = "http://127.0.0.1:";
  private static final List<String> HOSTILE_KEYS =
      List.of(
          "<script>alert(1)</script>",
          "\"><img src=x onerror=alert(1)>",
          "\u202eright\u202c to \u05d0\u05d1",
          "a/b?c&d=e#f%41",
          "y".repeat(2_000));

  @TempDir Path directory;

  @Test
  void everyScreenShowsWhatTheServerAnswersToAnybody() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("store"));
    Map<String, Double> importance =
        Map.of(
            "weight",
            0.75,
            "carrier",
            0.5,
            "distance",
            0.25,
            "express",
            0.1,
            "zone",
            0.05,
            "departure",
            0.01);
    Path compared =
        new TestPackages(directory.resolve("store")).withReference(300, importance).binary();
    List<String> references =
        Stream.of(
                packages.reasons(),
                packages.classes(),
                packages.offsets(),
                packages.awkward("awkward", 1),
                packages.wide(300, 20, 4),
                packages.hostile("hostile"),
                packages.bareClassesModel(3),
                compared)
            .map(PageIT::reference)
            .toList();
    Path next = Files.createDirectories(Path.of(references.get(0), "2"));
    Files.writeString(next.resolveSibling("aliases").resolve("next"), "2\n");
    promoted(next.getParent());
    List<String> first = references.subList(0, 1);
    String challenger = new TestPackages(directory.resolve("next")).binary(2, 12).toString();
    Map<String, String> scores = new HashMap<>();
    scores.put("scores.parcels.output", '"' + parcels().path().toString() + '"');
    scores.put("scores.names.output", '"' + names().path().toString() + '"');
    scores.put("scores.drifting.output", '"' + drifting(compared).path().toString() + '"');
    scores.put("models.shadow", "[\"parcel-late=%s\"]".formatted(challenger));
    scores.put("models.shadow-movers", "5");
    scores.put("scores.strange.output", '"' + strange().path().toString() + '"');
    try (RunningServer server = RunningServer.start(references, scores);
        RunningServer bare = RunningServer.start(first, Map.of());
        RunningServer guarded = RunningServer.start(first, AccessTable.settings())) {
      Map<String, Object> plan = new HashMap<>();
      plan.put("chromium", BrowserScripts.chromium());
      plan.put("server", LOOPBACK + server.port());
      plan.put("serverWithoutScores", LOOPBACK + bare.port());
      plan.put("serverWithToken", LOOPBACK + guarded.port());
      plan.put("token", AccessTable.callersToken().replaceAll("\\s|Authorization:|Bearer", ""));
      plan.put("hostileKeys", HOSTILE_KEYS);
      int seed = (int) Seed.next();
      System.out.println("seed " + seed);
      plan.put("seed", seed);
      plan.put("all", Boolean.getBoolean("page.all"));
      plan.put("records", Integer.getInteger("page.records", 15));
      Path file = directory.resolve("plan.json");
      new ObjectMapper().writeValue(file.toFile(), plan);

      BrowserScripts scripts = BrowserScripts.install(directory.resolve("node"), "axe-core@4.14.1");
      assertThat(scripts.run("page-test.mjs", file.toString())).contains(" 0 wrong");
    }
  }

  /** Guards an alias, and tries to move it: refused, moved all the same, and moved back. */
  private static void promoted(Path model) throws Exception {
    Files.writeString(
        model.resolve(GuardedAliases.FILE),
        "{\"aliases\": {\"champion\": {\"require\": [\"data.rows >= 1000\"]}}}");
    ModelStore store = new ModelStore(Location.of(model.getParent()));
    String name = model.getFileName().toString();
    List<Promotion.Evidence> evidence =
        List.of(
            Promotion.Evidence.unread("0".repeat(64)),
            new Promotion.Evidence(
                "f".repeat(64),
                Optional.of("later <b>kind</b>"),
                Optional.of(1_200L),
                Optional.of(Instant.parse("2026-11-28T23:59:59Z")),
                true,
                Optional.empty()));
    List<Promotion.Required> found =
        List.of(
            new Promotion.Required("data.rows >= 1000", true, "1200"),
            new Promotion.Required("data.ks <= 0.05", false, HOSTILE_KEYS.get(0)));
    for (Optional<String> override : List.of(Optional.<String>empty(), Optional.of("&amp; why"))) {
      store.promote(
          store.history(name, ModelStore.CHAMPION, 1), 2, new Promotion(evidence, found, override));
    }

    store.move(store.history(name, ModelStore.CHAMPION, 1), Optional.of(1L), AliasMove.BACK);
  }

  /** Returns what the server is given: a package's name, or a model file. */
  private static String reference(Path model) {
    return (Files.isDirectory(model) ? model.getParent() : model).toString();
  }

  /** Publishes two days of a key that is quarantined, and of one that is not, with reasons. */
  private StoredOutput parcels() throws Exception {
    StoredOutput parcels = output("parcels", "parcel_id", KeyColumn.Type.INTEGER);
    for (int day = 1; day <= 2; day++) {
      String reasons =
          ",\"columns\":{\"distance\":12.5,\"carrier\":\"AA\"},\"stored_reasons\":[{\"field\":\"distance\",\"value\":\"12.5\",\"contribution\":0.5,\"code\":\"R1\"}],"
              + "\"reasons_base\":-1.5,\"reasons_rest\":0.25";
      float score = day / 4f;
      parcels.publish(
          "day=2026-11-2" + day,
          "parcel-reasons/1",
          rows -> {
            rows.add(List.of("7"), reasons, score);
            rows.addQuarantined(
                List.of("9"),
                "[{\"field\":\"weight\",\"code\":\"missing_value\",\"got\":\"no value\",\"expected\":\"a value\"}]");
          });
    }

    parcels.audited("day=2026-11-22", "run2-00000002", "differs", 2);
    new OutcomeReports(parcels).damaged("2026-12-24");
    Path run = directory.resolve("_paritree/parcels/runs/first-0000000a");
    List<String> lines = new ArrayList<>(List.of(TestRecords.csvHeader()));
    IntStream.range(0, 100).forEach(row -> lines.add(TestRecords.csvLine(row)));
    Reports.compared(
        run,
        Reports.published("first", "2026-11-21T02:00:00Z", List.of("day=2026-11-21")),
        new ModelPair(
            Opening.open(directory.resolve("store/parcel-late/1").toString(), EngineKind.FOREST),
            Opening.open(directory.resolve("next/parcel-late/2").toString(), EngineKind.FOREST)),
        Files.write(directory.resolve("rows.csv"), lines));
    report(parcels, "second-0000000b", Reports.held("<b>second</b>", "2026-11-22T02:00:00Z"));
    return parcels;
  }

  private static void report(StoredOutput output, String name, RunReport report) throws Exception {
    Path run =
        Files.createDirectories(
            output
                .path()
                .resolveSibling(
                    "_paritree/%s/runs/%s".formatted(output.path().getFileName(), name)));
    Files.write(run.resolve(StateDirectory.REPORT), report.toJson());
  }

  private StoredOutput names() throws Exception {
    StoredOutput names = output("names", "name", KeyColumn.Type.TEXT);
    names.publish(
        "",
        "parcel-reasons/1",
        rows -> HOSTILE_KEYS.forEach(key -> rows.add(List.of(key), "", 0.5f)));
    return names;
  }

  /** Publishes a day, and reports of it and of others. */
  private StoredOutput drifting(Path model) throws Exception {
    StoredOutput drifting = output("drifting", "parcel_id", KeyColumn.Type.INTEGER);
    String ofCsv = ",\"columns\":{\"distance\":\"12.5\",\"note\":\"1\",\"weight\":\"1\"}";
    drifting.publish(
        "day=2026-11-23", "parcel-late/1", rows -> rows.add(List.of("7"), ofCsv, 0.5f));
    ScoringModel opened = Opening.open(model.toString(), EngineKind.FOREST);
    DriftingNights.ordinary(
        new DriftReports(drifting, opened.digest()), opened.card().reference().orElseThrow());
    List<String> days = Stream.of(21, 22, 23, 24).map("day=2026-11-%s"::formatted).toList();
    OutcomeReports outcomes = new OutcomeReports(drifting);
    outcomes.binary("2026-12-24", days, HOSTILE_KEYS.stream().map("carrier="::concat).toList());
    outcomes.binary("2026-12-20", days.subList(0, 3), List.of());
    outcomes.classes("2026-12-18", days);
    outcomes.ranking("2026-12-17", days);
    outcomes.damaged("2026-12-10");
    outcomes.nothing("2026-11-25");
    return drifting;
  }

  private StoredOutput strange() throws Exception {
    StoredOutput strange = output("strange", "name", KeyColumn.Type.TEXT);
    strange.publish("p=alone", "parcel-reasons/1", rows -> rows.add(List.of("7"), "", 0.5f));
    DriftingNights.strange(new DriftReports(strange, "another"), HOSTILE_KEYS);
    new OutcomeReports(strange).values("undated", HOSTILE_KEYS.stream().map("p="::concat).toList());
    return strange;
  }

  private StoredOutput output(String name, String key, KeyColumn.Type type) throws Exception {
    return new StoredOutput(
        directory.resolve(name), new KeyForm(List.of(new KeyColumn(key, type, 0))), 1);
  }
}
