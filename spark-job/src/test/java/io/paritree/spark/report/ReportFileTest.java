package io.paritree.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.paritree.output.DataFile;
import io.paritree.output.ReportedDrift;
import io.paritree.output.RunReport;
import io.paritree.output.RunReport.FaultyRows;
import io.paritree.output.RunReport.Hold;
import io.paritree.output.RunReport.Model;
import io.paritree.output.RunReport.Partition;
import io.paritree.output.RunReport.Start;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.Profile;
import io.paritree.profile.ScoreHistogram;
import io.paritree.rule.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@code report.json} is read by users' tools and by other versions: its layout stays. */
class ReportFileTest {
  private static final String FULL =
      """
      {
        "format" : 2,
        "run_id" : "nightly",
        "outcome" : "quarantined",
        "exit_code" : 4,
        "message" : "too many \\"bad\\" rows",
        "started_at" : "2026-01-02T03:04:05Z",
        "groups_left" : 2,
        "model" : {
          "name" : "credit",
          "model_version" : "credit/3",
          "digest" : "d1",
          "engine" : "forest",
          "sealed" : true,
          "early_stopping" : "It stopped early."
        },
        "input" : "/in",
        "output" : "/out",
        "read" : 33,
        "scored" : 30,
        "quarantined" : 3,
        "published" : 0,
        "held" : 1,
        "already_published" : 1,
        "rows_per_second" : 2,
        "quarantine" : "/out/quarantine",
        "codes" : {
          "not_finite" : 1,
          "wrong_type" : 2
        },
        "faults" : [ {
          "field" : "zip",
          "code" : "wrong_type",
          "rows" : 2,
          "example" : "got \\"x\\", expected a number"
        }, {
          "field" : "age",
          "code" : "not_finite",
          "rows" : 1
        } ],
        "missing" : {
          "zip" : 4,
          "age" : 0
        },
        "unseen" : {
          "zip" : 0
        },
        "changed" : [ {
          "feature" : "zip",
          "missing" : 0.12121212121212122,
          "missing_sealed" : 5.0E-4,
          "unseen" : 0.0,
          "unseen_sealed" : 0.0
        } ],
        "duplicate_keys" : 0,
        "scores" : {
          "count" : 2,
          "mean" : 0.30000000074505806,
          "min" : 0.1,
          "max" : 0.5,
          "deciles" : [ 0.1, 0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5 ]
        },
        "seconds" : {
          "model" : 0.123,
          "score" : 1.5
        },
        "challengers" : [ {
          "name" : "next",
          "version" : "credit/4",
          "digest" : "d2",
          "comparison" : "comparison-next.json"
        }, {
          "name" : "old",
          "left_out" : "it is gone"
        } ],
        "partitions" : [ {
          "partition" : "day=1",
          "identity" : "i1",
          "read" : 22,
          "scored" : 20,
          "quarantined" : 2,
          "drift" : {
            "verdicts" : [ {
              "rule" : "any.psi > 0.25",
              "warning" : true,
              "result" : "fired",
              "findings" : [ {
                "subject" : "age",
                "measure" : "psi",
                "value" : 0.5,
                "limit" : 0.25,
                "baseline" : "reference"
              } ]
            }, {
              "rule" : "rows < previous",
              "result" : "not compared",
              "findings" : [ ],
              "not_compared" : [ "the first night" ]
            } ],
            "accepted" : "known",
            "baseline" : "reference",
            "impacts" : [ {
              "field" : "age",
              "impact" : -0.125
            } ],
            "scores" : [ {
              "output" : "score",
              "psi" : 0.5,
              "noise" : 0.25,
              "baseline_mean" : 0.75
            } ]
          },
          "bytes" : 300,
          "files" : [ {
            "name" : "part-0.parquet",
            "bytes" : 100,
            "rows" : 12
          }, {
            "name" : "part-1.parquet",
            "bytes" : 200,
            "rows" : 8
          } ]
        }, {
          "partition" : "day=2",
          "identity" : "i2",
          "read" : 11,
          "scored" : 10,
          "quarantined" : 1,
          "held" : {
            "outcome" : "quarantined",
            "reason" : "1 of 11 rows could not be scored"
          },
          "bytes" : 0,
          "files" : [ ]
        } ]
      }\
      """;

  private static final String LEAST =
      """
      {
        "format" : 2,
        "run_id" : "refused",
        "outcome" : "model_refused",
        "exit_code" : 6,
        "message" : "",
        "started_at" : "2026-01-02T03:04:05Z",
        "groups_left" : 0,
        "input" : "/in",
        "output" : "/out",
        "read" : 0,
        "scored" : 0,
        "quarantined" : 0,
        "published" : 0,
        "held" : 0,
        "already_published" : 0,
        "quarantine" : "",
        "codes" : { },
        "faults" : [ ],
        "missing" : { },
        "unseen" : { },
        "changed" : [ ],
        "seconds" : { },
        "partitions" : [ ]
      }\
      """;

  private static final ReportedDrift DRIFT =
      new ReportedDrift(
          List.of(
              new Verdict(
                  "any.psi > 0.25",
                  true,
                  Verdict.Result.FIRED,
                  List.of(new Verdict.Finding("age", "psi", 0.5, 0.25, "reference")),
                  List.of()),
              new Verdict(
                  "rows < previous",
                  false,
                  Verdict.Result.NOT_COMPARED,
                  List.of(),
                  List.of("the first night"))),
          "known",
          "reference",
          List.of(new ReportedDrift.Impact("age", -0.125)),
          List.of(new ReportedDrift.ScoreShift("score", 0.5, 0.25, 0.75)));

  @Test
  void reportHasOneLayout() throws Exception {
    assertThat(json(full(true))).isEqualTo(tree(FULL));
    assertThat(json(least())).isEqualTo(tree(LEAST));
  }

  @Test
  void modelWhoseTrainingWasNotStoppedEarlyHasNoSentenceAboutIt() throws Exception {
    assertThat(json(full(false)))
        .isEqualTo(tree(FULL.replace(",\n    \"early_stopping\" : \"It stopped early.\"", "")));
  }

  @Test
  void reportIsReadAsItWasWritten() throws Exception {
    assertThat(RunReport.fromJson(utf8(FULL), "x")).isEqualTo(ReportFile.of(full(true)));
    assertThat(RunReport.fromJson(utf8(LEAST), "x")).isEqualTo(ReportFile.of(least()));
  }

  @Test
  void reportOfALaterVersionMayHaveMore() throws Exception {
    String more =
        FULL.replaceAll("(\"(digest|count|identity|rows|format)\")", "\"more_$2\" : {}, $1");

    assertThat(RunReport.fromJson(utf8(more), "x")).isEqualTo(ReportFile.of(full(true)));
  }

  @Test
  void fileThatIsNoReportIsNamed() {
    for (String broken :
        List.of("", "{\"run_id\" : ", "[]", "{}", FULL.replace("30,", "\"many\","))) {
      assertThatThrownBy(() -> RunReport.fromJson(utf8(broken), "/o/report.json"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("Cannot read /o/report.json: it is not the report of a run");
    }
  }

  /** A server holds what it reads of a file that others may have written. */
  @Test
  void whatNoRunReportsIsRefusedThoughItIsShort() {
    String bytes = "\"bytes\" : " + Long.MAX_VALUE;
    for (String broken :
        List.of(
            FULL.replace("\"format\" : 2", "\"format\" : 3"),
            FULL.replaceFirst("\"exit_code\" : \\d+", "\"exit_code\" : null"),
            FULL.replaceFirst("\"run_id\" : \"[^\"]*\"", "\"run_id\" : null"),
            FULL.replaceFirst("\"changed\" : \\[", "\"changed\" : [ {},"),
            FULL.replaceFirst("\"seconds\" : \\{", "\"seconds\" : {\"a\" : null,"),
            FULL.replaceAll("\"bytes\" : \\d+", bytes),
            "{\"new\" : [" + "{},".repeat(500_000) + FULL.replaceFirst("\\{", "1],"))) {
      assertThat(broken).isNotEqualTo(FULL);
      assertThatThrownBy(() -> RunReport.fromJson(utf8(broken), "/o/report.json"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("Cannot read /o/report.json: it is not the report of a run");
    }
  }

  @Test
  void aDistributionReadsBackWithAnyScores() throws IOException {
    for (float[] scored :
        new float[][] {
          {Float.POSITIVE_INFINITY},
          {Float.NEGATIVE_INFINITY, 1, Float.POSITIVE_INFINITY},
          {Float.NaN, -0f},
          {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE}
        }) {
      ScoreHistogram scores = new ScoreHistogram();
      for (float score : scored) {
        scores.add(score);
      }

      scores.pack();
      RunReport written = ReportFile.of(withScores(full(false), scores));

      assertThat(RunReport.fromJson(written.toJson(), "x"))
          .as(Arrays.toString(scored))
          .isEqualTo(written);
      assertThat(
              JobMetrics.of(
                      "/out", 0, 1, Optional.of(withScores(full(false), scores)), new RunQuality())
                  .text())
          .asString(StandardCharsets.UTF_8)
          .doesNotContain("Infinity");
    }
  }

  private static JobReport withScores(JobReport report, ScoreHistogram scores) {
    return new JobReport(
        report.start(),
        report.outcome(),
        report.message(),
        report.groupsLeft(),
        report.partitions(),
        report.quarantine(),
        report.values(),
        report.duplicateKeys(),
        scores,
        report.times(),
        report.challengers());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode json(JobReport report) throws IOException {
    return new JsonMapper().readTree(ReportFile.json(report));
  }

  private static JsonNode tree(String document) throws IOException {
    return new JsonMapper().readTree(document);
  }

  static JobReport full(boolean stoppedEarly) {
    ScoreHistogram scores = new ScoreHistogram();
    scores.add(0.1f);
    scores.add(0.5f);
    scores.pack();
    Map<String, Long> missing = new LinkedHashMap<>();
    missing.put("zip", 4L);
    missing.put("age", 0L);
    Map<String, Double> seconds = new LinkedHashMap<>();
    seconds.put("model", 0.12345);
    seconds.put("score", 1.5);
    return new JobReport(
        new Start(
            "nightly",
            "2026-01-02T03:04:05Z",
            Optional.of(
                new Model(
                    "credit",
                    "credit/3",
                    "d1",
                    "forest",
                    true,
                    stoppedEarly ? "It stopped early." : "",
                    "")),
            "/in",
            "",
            "/out"),
        Outcome.QUARANTINED,
        "too many \"bad\" rows",
        2,
        new JobReport.Partitions(
            List.of(),
            List.of(
                new Partition(
                    "day=1",
                    "i1",
                    22,
                    20,
                    2,
                    Optional.empty(),
                    Optional.of(DRIFT),
                    List.of(
                        new DataFile("part-0.parquet", 100, 12, Optional.empty()),
                        new DataFile("part-1.parquet", 200, 8, Optional.empty()))),
                new Partition(
                    "day=2",
                    "i2",
                    11,
                    10,
                    1,
                    Optional.of(
                        new Hold(Outcome.QUARANTINED.word(), "1 of 11 rows could not be scored")),
                    Optional.empty(),
                    List.of())),
            List.of("day=0")),
        new JobReport.Quarantine(
            Map.of("wrong_type", 2L, "not_finite", 1L),
            List.of(
                new FaultyRows("age", "not_finite", 1, ""),
                new FaultyRows("zip", "wrong_type", 1, "got \"x\", expected a number"),
                new FaultyRows("zip", "wrong_type", 1, "got \"y\", expected a number")),
            "/out/quarantine"),
        new JobReport.Values(missing, Map.of("zip", 0L), 33, Optional.of(reference())),
        0,
        scores,
        new JobReport.Times(seconds, 15),
        List.of(
            ComparedChallengerTest.compared("next", 30),
            ComparedChallenger.leftOut("old", "it is gone")));
  }

  private static Profile reference() {
    List<FeatureProfile> features =
        List.of(
            new FeatureProfile("zip", "zip", 1, 0, Optional.empty(), List.of()),
            new FeatureProfile("age", "age", 0, 0, Optional.empty(), List.of()));
    return new Profile(2_000, 2_000, 0, 0, features, List.of(), List.of(), Map.of());
  }

  private static JobReport least() {
    Start run = new Start("refused", "2026-01-02T03:04:05Z", Optional.empty(), "/in", "", "/out");
    return JobReport.ofNoRows(run, Outcome.MODEL_REFUSED, "", List.of(), Map.of());
  }
}
