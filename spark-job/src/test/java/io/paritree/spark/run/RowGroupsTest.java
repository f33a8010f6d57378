package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.model.TestPackages;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a file is laid out, in row groups and dictionaries, changes no score. */
class RowGroupsTest {
  private static final int ROWS_OF_A_GROUP = 4_096;

  @TempDir static Path store;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    model = new TestPackages(store).wide(2, 5, 3).toString();
  }

  static List<String> types() {
    return Forms.some(
        2, List.of("float", "double", "int", "bigint", "smallint", "tinyint", "decimal(9,2)"));
  }

  @ParameterizedTest
  @MethodSource("types")
  void nullsAmongRowGroupsWhoseDictionariesShrink(String type) {
    // For a null, Spark's vector keeps an id that the next row group's dictionary lacks.
    String value = "cast((id * 37) %% if(id < %s, 120, 30) as %s)".formatted(ROWS_OF_A_GROUP, type);
    Dataset<Row> rows =
        TestSpark.interpreting()
            .range(0, 2 * ROWS_OF_A_GROUP, 1, 1)
            .selectExpr(
                "id parcel_id", "if(id %% 10 = 0, null, %s) f0".formatted(value), "id % 3 f1");
    rows.write()
        .option("parquet.block.row.count.limit", String.valueOf(ROWS_OF_A_GROUP))
        .parquet(directory.resolve("groups").toString());
    rows.write()
        .option("parquet.enable.dictionary", "false")
        .parquet(directory.resolve("plain").toString());

    JobRun groups = score("groups");
    JobRun plain = score("plain");

    assertThat(groups.exitCode()).as(groups.err()).isZero();
    assertThat(plain.exitCode()).as(plain.err()).isZero();
    assertThat(Scores.of(directory.resolve("scored-groups")))
        .hasSize(2 * ROWS_OF_A_GROUP)
        .isEqualTo(Scores.of(directory.resolve("scored-plain")));
  }

  private JobRun score(String input) {
    return JobRun.of(
        "--model",
        model,
        "--input",
        directory.resolve(input),
        "--output",
        directory.resolve("scored-" + input),
        "--keys",
        "parcel_id");
  }
}
