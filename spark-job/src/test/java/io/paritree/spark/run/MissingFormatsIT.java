package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where Spark has no Delta, no Iceberg, or that of another Spark, the job says so, and runs. */
@Tag("clusters")
class MissingFormatsIT {
  @TempDir static Path directory;
  private static Path parcels;
  private static Path programs;

  @BeforeAll
  static void writeParcels() throws IOException {
    parcels = Parcels.write(directory.resolve("parcels"), 0, 100, 0, 1);
    programs = directory.resolve("programs.jar");
    PackagedJob.write(programs, List.of(JobRuns.class.getName().replace('.', '/') + ".class"));
  }

  @Test
  void withoutDeltaAndIcebergTheJobRunsAndRefusesTheirTablesWithTheReason() throws Exception {
    Path none = directory.resolve("none");

    String log =
        printed(
            programs.toString(),
            List.of("--input", parcels, "--output", directory.resolve("plain")),
            List.of("--input", parcels, "--table", none),
            List.of("--input-table", none, "--output", directory.resolve("o")),
            List.of("--input", parcels, "--table", none, "--table-format", "iceberg"));

    assertThat(Scores.of(directory.resolve("plain"))).hasSize(100);
    String delta = "Delta is not on Spark's class path";
    assertThat(log.split("exit code "))
        .satisfiesExactly(
            plain -> assertThat(plain).doesNotContain("Cannot"),
            output ->
                assertThat(output)
                    .startsWith("0")
                    .contains(delta, "--packages io.delta:delta-spark_4.2_2.13"),
            input ->
                assertThat(input)
                    .startsWith("3")
                    .contains(delta, "--packages io.delta:delta-spark_4.2_2.13"),
            iceberg ->
                assertThat(iceberg)
                    .startsWith("3")
                    .contains(
                        "Iceberg is not on Spark's class path; it has no runtime for Spark 4.2"),
            last -> assertThat(last).isEqualTo("3\n"));
  }

  @Test
  @Tag("nightly")
  void theIcebergOfAnotherSparkIsRefusedWithTheReason() throws Exception {
    Path other =
        SparkHome.resolved("4.1.3").jars().stream()
            .filter(jar -> jar.toString().contains("iceberg-spark-runtime"))
            .findFirst()
            .orElseThrow();

    String log =
        printed(
            programs + System.getProperty("path.separator") + other,
            List.of(
                "--input-table",
                "lake.parcels",
                "--table-format",
                "iceberg",
                "--output",
                directory.resolve("of another")));

    assertThat(log)
        .contains(
            "does not fit Spark 4.2",
            "IncompatibleClassChangeError",
            "Iceberg has runtimes for Spark 3.5, 4.0 and 4.1 only")
        .endsWith("exit code 3\n");
  }

  /**
   * Returns what several runs print, each with its exit code.
   *
   * @param classPath after Spark's and the job's
   */
  @SafeVarargs
  private static String printed(String classPath, List<Object>... runs) throws Exception {
    List<Object> arguments = new ArrayList<>();
    for (List<Object> run : runs) {
      arguments.addAll(arguments.isEmpty() ? List.of() : List.of(JobRuns.THEN));
      arguments.addAll(List.of("--model", VersionTrial.MODEL, "--keys", "parcel_id"));
      arguments.addAll(run);
    }

    Path log = directory.resolve("runs.log");
    Process job =
        JobProcess.startPackaged(
            classPath,
            List.of(
                "-Dspark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog",
                "-Dspark.sql.catalog.lake.type=hadoop",
                "-Dspark.sql.catalog.lake.warehouse=" + directory.resolve("lake")),
            log,
            JobRuns.class.getName(),
            arguments.toArray());
    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isZero();
    return Files.readString(log);
  }
}
