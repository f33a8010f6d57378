package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Seed;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever is wrong with one report is the problem of its run, and of no other. */
class ChangedReportsTest extends ServedLoans {
  private static final String RUNS = "/v1/scores/loans/runs";
  private static final String DRIFT = "/v1/scores/loans/drift";
  private static final String NIGHT = "day=2026-11-24";
  private static final String GOOD = "good-00000001";
  private static final String BAD = "bad-00000002";
  private static final int REPORTS = 1_000;
  private static final int AT_ONCE = 90;
  private static final int OTHERS = 60;
  private static final Verdict FIRED =
      new Verdict(
          "rows < 0.5 * weekday|previous",
          false,
          Verdict.Result.FIRED,
          List.of(new Verdict.Finding("rows", "", 3, 50, "previous")),
          List.of("no weekday"));

  private static final Pattern SCALAR =
      Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"|[-+.0-9A-Za-z]+");

  /** What is in the place of a value. */
  private static final List<String> PIECES =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "1",
          "1.5",
          "-1e300",
          "1e400",
          "256",
          "2147483647",
          "2147483648",
          "4294967295",
          "4294967296",
          "9223372036854775807",
          "9223372036854775808",
          "9".repeat(70),
          "{}",
          "[]",
          "[[[[[[[[[[[[[[1]]]]]]]]]]]]]]",
          "{\"a\":1}",
          "[1]",
          "[\"x\"]",
          "\"\"",
          "\"x\"",
          "\"NaN\"",
          "\"-Infinity\"",
          "\"day=1//\"",
          "\"a=1/../b\"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"" + "x".repeat(3_000) + "\"",
          "\"+1000000000-12-31T00:00:00Z\"");

  @BeforeEach
  @Override
  void publish() throws Exception {
    model = new TestPackages(directory.resolve("store")).withReference(300).binary();
    super.publish();
    report(GOOD, "2099-01-01T00:00:00Z", "day=2099-01-01", "a holiday");
    report(BAD, "2026-11-24T02:00:00Z", NIGHT, "");
  }

  private Profile reference() throws Exception {
    return Opening.open(model.toString(), EngineKind.FOREST).card().reference().orElseThrow();
  }

  private void report(String run, String startedAt, String partition, String accepted)
      throws Exception {
    Profile profile = reference();
    String digest = Opening.open(model.toString(), EngineKind.FOREST).digest();
    new DriftReports(loans, digest)
        .write(
            run,
            startedAt,
            List.of(
                DriftReports.Night.againstReference(partition, profile, profile, FIRED, accepted)));
  }

  private Path run(String name) {
    return loans.path().resolveSibling("_paritree/loan_scores/runs").resolve(name);
  }

  private Path report(String run) {
    return run(run).resolve(StateDirectory.REPORT);
  }

  /** Returns a document with another value, or another name, at one place. */
  private static String changed(String document, Random random) throws IOException {
    List<int[]> places = new ArrayList<>(); // where names and values begin and end
    try (JsonParser parser = new JsonFactory().createParser(document)) {
      while (parser.nextToken() != null) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.FIELD_NAME || token.isScalarValue() || token.isStructStart()) {
          int begin = (int) parser.currentTokenLocation().getCharOffset();
          places.add(new int[] {begin, end(document, begin), token.id()});
        }
      }
    }

    int[] place = places.get(random.nextInt(places.size()));
    boolean isName = place[2] == JsonToken.FIELD_NAME.id();
    String piece = isName ? "\"gone\"" : PIECES.get(random.nextInt(PIECES.size()));
    return document.substring(0, place[0]) + piece + document.substring(place[1]);
  }

  private static int end(String document, int begin) throws IOException {
    if ("{[".indexOf(document.charAt(begin)) >= 0) {
      try (JsonParser value = new JsonFactory().createParser(document.substring(begin))) {
        value.nextToken();
        value.skipChildren();
        return begin + (int) value.currentLocation().getCharOffset();
      }
    }

    Matcher scalar = SCALAR.matcher(document).region(begin, document.length());
    assertThat(scalar.lookingAt()).isTrue();
    return scalar.end();
  }

  private Map<String, Object> ok(String path, String what) throws IOException {
    Answer answer = client.get(path);
    assertThat(answer.status()).as("%s: %s", what, answer.body()).isEqualTo(200);
    return JsonTree.object(answer.body());
  }

  /** Asks for what is answered, not there any more, or wrong in a report, which is said. */
  private void askedFor(String path, String what) throws IOException {
    Answer answer = client.get(path);
    assertThat(answer.status())
        .as("%s: %s: %s", what, path, answer.body())
        .isIn(200, 400, 404, 503);
    if (answer.status() == 503) {
      assertThat(answer.body())
          .as(what)
          .contains("unreadable_")
          .containsPattern("(wrong|not whole)");
    }
  }

  @Test
  void aReportWithOneOtherMemberIsTheProblemOfItsRunAlone() throws Exception {
    String whole = Files.readString(report(BAD));
    Files.delete(report(BAD));
    long seed = Seed.next();
    Random random = new Random(seed);
    int problems = 0;
    for (int made = 0; made < REPORTS; made += AT_ONCE) {
      List<String> reports = new ArrayList<>();
      for (int one = 0; one < AT_ONCE; one++) {
        reports.add(changed(whole, random));
        Files.createDirectories(run("r" + (made + one)));
        Files.writeString(report("r" + (made + one)), reports.get(one));
      }

      reload();
      String what = "seed %s, report %s".formatted(seed, made);
      List<?> runs = (List<?>) ok(RUNS + "?limit=100", what).get("runs");
      assertThat(runs).as(what).hasSize(1 + AT_ONCE);
      for (Object run : runs) {
        String name = String.valueOf(JsonTree.at(run, "run"));
        Object problem = ((Map<?, ?>) run).get("problem");
        Answer answer = client.get(RUNS + "/" + name);
        String one =
            name.equals(GOOD)
                ? what
                : what + ": " + reports.get(Integer.parseInt(name.substring(1)) - made);
        assertThat(answer.status()).as(one).isEqualTo(problem == null ? 200 : 503);
        if (problem != null) {
          problems++;
          assertThat(answer.body()).as(one).contains("unreadable_runs", problem.toString());
          assertThat(problem.toString())
              .as(one)
              .matches("The report is (wrong at /.*|not whole.*)");
        }
      }

      assertThat(ok(RUNS + "/" + GOOD, what)).containsEntry("exit_code", "0");
      assertThat(JsonTree.at(ok(DRIFT, what), "partitions/0/run")).as(what).isEqualTo(GOOD);
      for (int one = 0; one < AT_ONCE; one++) {
        Files.delete(report("r" + (made + one)));
        Files.delete(run("r" + (made + one)));
      }
    }

    assertThat(problems).as("seed %s", seed).isGreaterThan(REPORTS / 4);
  }

  @Test
  void aNumberOrAPathThatNoRunWritesIsNamedAndNothingElseIsLost() throws Exception {
    String whole = Files.readString(report(BAD));
    Map<String, List<String>> changes =
        Map.of(
            "/published", List.of("\"published\" : 0", "\"published\" : 4294967295"),
            "/exit_code", List.of("\"exit_code\" : 8", "\"exit_code\" : 4294967296"),
            "/groups_left", List.of("\"groups_left\" : 0", "\"groups_left\" : 2147483648"),
            "/started_at", List.of("2026-11-24T02:00:00Z", "yesterday"),
            "/partitions/0/partition", List.of(NIGHT, "2026-11-24"),
            "/partitions/0/held/reason", List.of("\"rules have fired\"", "7"),
            "/model/digest", List.of("\"digest\" : \"", "\"digest\" : \"" + "d".repeat(3_000)));
    for (Map.Entry<String, List<String>> change : changes.entrySet()) {
      String other = whole.replace(change.getValue().get(0), change.getValue().get(1));
      assertThat(other).as(change.getKey()).isNotEqualTo(whole);
      Files.writeString(report(BAD), other);
      reload();
      List<?> runs = (List<?>) ok(RUNS, other).get("runs");
      assertThat(runs).as(other).hasSize(2);
      assertThat(JsonTree.at(runs, "0/run")).isEqualTo(GOOD);
      assertThat(runs.get(1))
          .isEqualTo(Map.of("run", BAD, "problem", "The report is wrong at " + change.getKey()));
      assertThat(JsonTree.at(ok(DRIFT, other), "partitions/0/run")).isEqualTo(GOOD);
    }
  }

  @Test
  void otherReportsWithOneOtherMemberAreAProblemOfTheirsAtMost() throws Exception {
    PartitionManifest published =
        PartitionManifest.fromJson(
            Files.readAllBytes(loans.path().resolve(NIGHT).resolve(PartitionManifest.FILE)), NIGHT);
    Location state = Location.of(loans.path().resolveSibling("_paritree/loan_scores"));
    Path profile = StateDirectory.profile(state, NIGHT, published.identity()).toPath();
    Files.createDirectories(profile.getParent());
    Files.write(profile, new StoredProfile("d1", reference()).toJson());
    client.post("/v1/models/parcel-late/score", TestPackages.records(1).get(0));
    new OutcomeReports(loans).binary("2026-11-24", List.of(NIGHT), List.of());
    Path outcomes = StateDirectory.outcomes(state).toPath().resolve("2026-11-24.json");
    String night = DRIFT + "?partition=day%3D2026-11-24";
    List<String> drifts =
        List.of(
            night,
            night + "&against=previous%7Creference&field=carrier",
            DRIFT + "?nights=5&against=reference&field=carrier");
    Map<Path, List<String>> asked =
        Map.of(
            run(BAD).resolve(StateDirectory.DRIFT),
            drifts,
            profile,
            List.of("/v1/models/parcel-late/drift?against=stored:loans"),
            outcomes,
            List.of("/v1/scores/loans/outcomes?as_of=2026-11-24"));
    long seed = Seed.next();
    Random random = new Random(seed);
    for (Map.Entry<Path, List<String>> each : asked.entrySet()) {
      String whole = Files.readString(each.getKey());
      for (int made = 0; made < OTHERS; made++) {
        String other = changed(whole, random);
        Files.writeString(each.getKey(), other);
        reload();
        for (String path : each.getValue()) {
          askedFor(path, "seed %s: %s".formatted(seed, other));
        }

        ok(RUNS, "seed " + seed);
      }
    }
  }
}
