package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables of Iceberg are read and written with a Spark that it has a runtime for, and the oldest
 * Iceberg that the job can use. It has no runtime for the build's own Spark. {@code scripts/compat}
 * tries all with each Spark, and with the newest Iceberg.
 */
@Tag("clusters")
class IcebergIT {
  static final List<String> TABLES =
      List.of(
          IcebergInputTables.class.getName(),
          IcebergOutputTables.class.getName(),
          IcebergLostAnswers.class.getName());

  private static final String SPARK = "4.1.3";

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> tables() throws Exception {
    return run("!nightly");
  }

  /** Delta's tests claim the same of the code that all formats have. */
  @TestFactory
  @Tag("nightly")
  Stream<DynamicTest> tablesOfWhichTheFormatMattersLess() throws Exception {
    return run("nightly");
  }

  private Stream<DynamicTest> run(String tags) throws Exception {
    SparkHome home = SparkHome.resolved(SPARK);
    Map<String, String> failures =
        OtherSpark.run(TABLES, tags, home, JobProcess.javaHome(), directory, JobProcess.UNVERIFIED);

    assertThat(failures).hasSizeGreaterThan(15);
    return failures.entrySet().stream()
        .map(
            test ->
                DynamicTest.dynamicTest(
                    test.getKey(), () -> assertThat(test.getValue()).isEmpty()));
  }
}
