package io.paritree.serving;

import io.paritree.comparison.Comparison;
import io.paritree.comparison.ModelPair;
import io.paritree.model.rows.RowPass;
import io.paritree.output.DataFile;
import io.paritree.output.ReportedChallenger;
import io.paritree.output.ReportedDrift;
import io.paritree.output.RunReport;
import io.paritree.output.RunReport.Hold;
import io.paritree.output.RunReport.Partition;
import io.paritree.output.StateDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reports of runs, as the job writes them. */
public final class Reports {
  private Reports() {}

  /** Returns the report of a run that has published these partitions. */
  public static RunReport published(String run, String startedAt, List<String> partitions) {
    return report(
        run,
        startedAt,
        new RunReport.Ending("published", 0, "", 0),
        partitions.stream().map(path -> partition(path, Optional.empty())).toList(),
        partitions.size());
  }

  /** Returns the report of a group that has published one partition and holds another. */
  public static RunReport held(String run, String startedAt) {
    Optional<Hold> hold = Optional.of(new Hold("quarantined", "1 of 11 rows"));
    return report(
        run,
        startedAt,
        new RunReport.Ending("quarantined", 4, "too many <b>bad</b> rows", 1),
        Stream.of(partition("day=0", Optional.empty()), partition("day=1", hold)).toList(),
        1);
  }

  /** Returns the same of partitions that were compared, each with a text of so many characters. */
  public static RunReport longDrift(
      String run, String startedAt, List<String> partitions, int characters) {
    ReportedDrift drift =
        new ReportedDrift(List.of(), "x".repeat(characters), "", List.of(), List.of());
    return report(
        run,
        startedAt,
        new RunReport.Ending("published", 0, "", 0),
        partitions.stream().map(path -> partition(path, Optional.empty()).compared(drift)).toList(),
        partitions.size());
  }

  /** Returns the report of a run that has so many features with missing values. */
  public static RunReport manyValues(String run, String startedAt, int features) {
    RunReport report = published(run, startedAt, List.of());
    Map<String, Long> missing = new HashMap<>();
    IntStream.range(0, features).forEach(each -> missing.put(String.valueOf(each), 1L));
    return new RunReport(
        report.start(),
        report.ending(),
        report.rows(),
        report.quarantine(),
        new RunReport.Values(missing, Map.of(), List.of()),
        report.duplicateKeys(),
        report.scores(),
        report.seconds(),
        report.partitions(),
        report.challengers());
  }

  /** Writes a run whose challenger {@code next} is compared on rows, and {@code gone} left out. */
  public static void compared(Path run, RunReport report, ModelPair pair, Path csv)
      throws Exception {
    Comparison comparison =
        pair.comparison(
            Comparison.CHALLENGER,
            Optional.of(new RowPass(csv.toString(), List.of(), "", 3).compare(pair)),
            Instant.parse(report.start().startedAt()),
            Instant.parse(report.start().startedAt()).plusSeconds(60));
    Files.createDirectories(run);
    Files.write(run.resolve("comparison-next.json"), comparison.toJson());
    RunReport with =
        new RunReport(
            report.start(),
            report.ending(),
            report.rows(),
            report.quarantine(),
            report.values(),
            report.duplicateKeys(),
            report.scores(),
            report.seconds(),
            report.partitions(),
            List.of(
                ReportedChallenger.leftOut("gone", "there is no such <b>model</b>"),
                ReportedChallenger.compared("next", comparison)));
    Files.write(run.resolve(StateDirectory.REPORT), with.toJson());
  }

  private static Partition partition(String path, Optional<Hold> hold) {
    return new Partition(
        path,
        "identity",
        11,
        10,
        1,
        hold,
        Optional.empty(),
        List.of(new DataFile("part-0.parquet", 100, 10, Optional.empty())));
  }

  private static RunReport report(
      String run,
      String startedAt,
      RunReport.Ending ending,
      List<Partition> partitions,
      int published) {
    return new RunReport(
        new RunReport.Start(
            run,
            startedAt,
            Optional.of(
                new RunReport.Model(
                    "parcel-late", "parcel-late/1", "d1", "forest", true, "It stopped.", "")),
            "/in",
            "",
            "/out"),
        ending,
        new RunReport.Rows(11, 10, 1, 0),
        new RunReport.Quarantine(
            "/out/quarantine",
            Map.of("wrong_type", 2L),
            List.of(
                new RunReport.FaultyRows(
                    "zip", "wrong_type", 2, "got \"secret\", expected a number"))),
        new RunReport.Values(
            Map.of("zip", 4L),
            Map.of("zip", 0L),
            List.of(new RunReport.Change("zip", 0.25, 5e-4, 0, 0))),
        OptionalLong.empty(),
        Optional.of(
            new RunReport.Scores(
                2, Double.NaN, 0.1f, Float.POSITIVE_INFINITY, List.of(0.1f, Float.NaN))),
        Map.of("score", 1.5),
        new RunReport.Partitions(published, 0, partitions),
        List.of());
  }
}
