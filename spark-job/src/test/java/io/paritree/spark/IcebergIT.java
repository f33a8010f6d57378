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
}
