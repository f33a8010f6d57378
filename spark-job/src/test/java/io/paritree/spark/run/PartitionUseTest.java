package io.paritree.spark.run;

import io.paritree.model.TestPackages;
import io.paritree.spark.run.PartitionUse.Use;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Partition columns of an input may be read by the model, be keys, be passed, or be left; {@link
 * IcebergInputTables} tries the same with Iceberg.
 */
class PartitionUseTest {
  private static final SparkSession SPARK = TestSpark.interpreting();
  private static final PartitionUse READ = new PartitionUse(List.of(Use.READ), true);
  private static final PartitionUse READ_AND_PASSED =
      new PartitionUse(List.of(Use.READ_AND_PASSED, Use.PASSED), true);

  @TempDir static Path directory;
  private static String model;
  private static Map<Long, Integer> scores;

  @BeforeAll
  static void makeModel() throws Exception {
    model = new TestPackages(directory.resolve("models")).binary().toString();
    scores = PartitionUse.scores(model);
  }

  private static DynamicTest of(PartitionUse use, String kind, String... properties) {
    return DynamicTest.dynamicTest(
        "%s %s".formatted(kind, use),
        () -> {
          Path place = directory.resolve(kind).resolve(use.toString().replaceAll("\\W+", "-"));
          Path input = place.resolve("in");
          if (kind.equals("directory")) {
            use.rows()
                .write()
                .partitionBy(use.names().toArray(String[]::new))
                .parquet(input.toString());
            use.check(model, place.resolve("out"), scores, "--input", input);
            return;
          }

          SPARK.sql(
              "CREATE TABLE delta.`%s` (%s) USING delta%s TBLPROPERTIES (%s)"
                  .formatted(
                      input,
                      use.rows().schema().toDDL(),
                      use.names().isEmpty()
                          ? ""
                          : " PARTITIONED BY (%s)".formatted(String.join(", ", use.names())),
                      properties[0]));
          use.rows().write().format("delta").mode("append").save(input.toString());
          Map<Long, Integer> left = scores;
          if (kind.equals("deleted")) {
            SPARK.sql("DELETE FROM delta.`%s` WHERE parcel_id %% 4 = 1".formatted(input));
            left = Scores.where(scores, key -> key % 4 != 1);
          }

          use.check(model, place.resolve("out"), left, "--input-table", input);
        });
  }

  @TestFactory
  Stream<DynamicTest> columnsOfDirectories() {
    return PartitionUse.some(3, READ, READ_AND_PASSED).stream().map(use -> of(use, "directory"));
  }

  @TestFactory
  Stream<DynamicTest> columnsOfDeltaTables() {
    return PartitionUse.some(0, READ).stream()
        .map(use -> of(use, "delta", "'delta.enableDeletionVectors' = false"));
  }

  @TestFactory
  Stream<DynamicTest> columnsOfDeltaTablesWithMappedNamesAndDeletedRows() {
    return PartitionUse.some(1).stream()
        .map(
            use ->
                of(
                    use,
                    "deleted",
                    "'delta.enableDeletionVectors' = true, 'delta.columnMapping.mode' = '%s'"
                        .formatted(use.isKept() ? "name" : "none")));
  }
}
