package io.paritree.spark;

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
 * Iceberg that the job can use; with the newest, one of each kind. It has no runtime for the
 * build's own Spark. {@code scripts/compat} tries all with each Spark, and with each Iceberg.
 */
@Tag("clusters")
class IcebergIT {
  static final List<String> TABLES =
      List.of(IcebergInputTables.class.getName(), IcebergOutputTables.class.getName());

  private static final String SPARK = "4.1.3";

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> tables() throws Exception {
    Map<String, String> failures = run(TABLES, 0, JobProcess.UNVERIFIED);

    assertThat(failures).hasSizeGreaterThan(20);
    return tests(failures);
  }

  /**
   * A read, what deletes and branches leave, marks, a conflict, and what the versions differ in.
   */
  @TestFactory
  Stream<DynamicTest> tablesOfTheNewestIceberg() throws Exception {
    String input = IcebergInputTables.class.getName();
    String output = IcebergOutputTables.class.getName();
    List<String> some =
        List.of(
            input + "#masksAndConditionsOfExtensionsHold",
            input + "#aViewThatOneIcebergCannotFilterNamesTheOneThatCan",
            output + "#whatAnotherWriterDidToAPartitionIsReplaced",
            output + "#writersToOtherPartitionsAndCompactionAreNone",
            output + "#aNamedBranchIsWrittenAndMainIsNot");

    Map<String, String> failures = run(some, SparkHome.ICEBERG.size() - 1);

    assertThat(failures).hasSameSizeAs(some);
    return tests(failures);
  }

  private Map<String, String> run(List<String> tests, int iceberg, String... javaOptions)
      throws Exception {
    SparkHome home = SparkHome.withIceberg(SPARK, SparkHome.ICEBERG.get(iceberg));
    return OtherSpark.run(tests, home, JobProcess.javaHome(), directory, javaOptions);
  }

  private static Stream<DynamicTest> tests(Map<String, String> failures) {
    return failures.entrySet().stream()
        .map(
            test ->
                DynamicTest.dynamicTest(
                    test.getKey(), () -> assertThat(test.getValue()).isEmpty()));
  }
}
