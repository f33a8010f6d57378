package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables of Iceberg are read and written with a Spark that it has a runtime for. It has none for
 * the build's own, where they are refused.
 */
@Tag("clusters")
class IcebergIT {
  static final List<Class<?>> TABLES = List.of(IcebergInputTables.class, IcebergOutputTables.class);

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> tables() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (String iceberg : SparkHome.ICEBERG) {
      SparkHome home = SparkHome.withIceberg("4.1.3", iceberg);
      Path own = Files.createDirectories(directory.resolve(iceberg));

      Map<String, String> failures = OtherSpark.run(TABLES, home, JobProcess.javaHome(), own);

      assertThat(failures).hasSizeGreaterThan(20);
      failures.forEach(
          (test, failure) ->
              tests.add(
                  DynamicTest.dynamicTest(
                      test + ", Iceberg " + iceberg, () -> assertThat(failure).isEmpty())));
    }

    return tests.stream();
  }

  @Test
  void withoutIcebergItsTablesAreRefusedWithTheReason() throws Exception {
    assertThat(refusal(JobProcess.packaged(), "--table", directory.resolve("none")))
        .contains("Iceberg is not on Spark's class path; it has no runtime for Spark 4.2");
  }

  @Test
  void theRuntimeForAnotherSparkIsRefusedWithTheReason() throws Exception {
    Path other =
        SparkHome.resolved("4.1.3").jars().stream()
            .filter(jar -> jar.toString().contains("iceberg-spark-runtime"))
            .findFirst()
            .orElseThrow();
    String classPath = JobProcess.packaged() + System.getProperty("path.separator") + other;

    assertThat(refusal(classPath, "--input-table", "lake.parcels"))
        .contains(
            "does not fit Spark 4.2",
            "IncompatibleClassChangeError",
            "Iceberg has runtimes for Spark 3.5, 4.0 and 4.1 only");
  }

  /** Returns what a run prints that is refused. */
  private String refusal(String classPath, String option, Object table) throws Exception {
    Path parcels = Parcels.write(directory.resolve("parcels"), 0, 10, 0, 1);
    Path log = directory.resolve("refused.log");
    boolean isInput = option.equals("--input-table");
    Process job =
        JobProcess.start(
            classPath,
            List.of(
                "-Dspark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog",
                "-Dspark.sql.catalog.lake.type=hadoop",
                "-Dspark.sql.catalog.lake.warehouse=" + directory.resolve("lake")),
            log,
            ScoreMain.class.getName(),
            "--model",
            VersionTrial.MODEL,
            "--keys",
            "parcel_id",
            "--table-format",
            "iceberg",
            option,
            table,
            isInput ? "--output" : "--input",
            isInput ? directory.resolve("out") : parcels);
    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isEqualTo(3);
    return Files.readString(log);
  }
}
