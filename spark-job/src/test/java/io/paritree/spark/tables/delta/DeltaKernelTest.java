package io.paritree.spark.tables.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.spark.run.TestSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Delta Kernel finds the files that Delta itself finds. */
class DeltaKernelTest {
  private static final SparkSession SPARK = TestSpark.interpreting();

  @TempDir Path directory;
  private String table;

  @BeforeEach
  void makeTable() {
    table = directory.resolve("a table").toString();
    sql(
        "CREATE TABLE TABLE_ (id BIGINT, `a day` DATE, region STRING) USING delta"
            + " PARTITIONED BY (`a day`, region)"
            + " TBLPROPERTIES ('delta.enableDeletionVectors' = true, 'delta.columnMapping.mode' = 'name')");
  }

  private void sql(String statement) {
    SPARK.sql(statement.replace("TABLE_", "delta.`%s`".formatted(table)));
  }

  private void append(int from, int to) {
    sql(
        "INSERT INTO TABLE_ SELECT /*+ REPARTITION(1) */ id, date_add(DATE'2024-01-01', int(mod(id, 3))),"
            + " CASE WHEN mod(id, 2) = 0 THEN 'a b/c=1' END FROM range(%s, %s)"
                .formatted(from, to));
  }

  private DeltaSnapshot snapshot() {
    return DeltaTransaction.begin(SPARK, table).snapshot();
  }

  private static List<DeltaFile> filesByKernel(DeltaSnapshot snapshot) throws IOException {
    return DeltaKernel.files(
        SPARK.sessionState().newHadoopConf(), snapshot.location().toString(), snapshot.version());
  }

  /** Takes long: Spark reads the whole log again. */
  private void assertSameFiles(int files) throws IOException {
    DeltaSnapshot snapshot = snapshot();

    assertThat(filesByKernel(snapshot))
        .hasSize(files)
        .containsExactlyInAnyOrderElementsOf(snapshot.filesBySpark());
  }

  /** The first files are those of another table. */
  @Test
  void filesOfAShallowCloneThatOthersHaveChangedAreTheSame() throws IOException {
    assertThat(filesByKernel(snapshot())).isEmpty();
    append(0, 60);
    String source = table;
    table = directory.resolve("clone").toString();
    sql("CREATE TABLE TABLE_ SHALLOW CLONE delta.`%s`".formatted(source));
    assertThat(filesByKernel(snapshot())).hasSize(6);
    sql("DELETE FROM TABLE_ WHERE id IN (3, 4, 5)");
    assertSameFiles(6);
    assertThat(snapshot().files())
        .anyMatch(
            file -> file.deletionVector().filter(vector -> vector.cardinality() == 1).isPresent());
    append(60, 120);
    assertThat(filesByKernel(snapshot())).hasSize(12);
    sql("DELETE FROM TABLE_ WHERE `a day` = '2024-01-01'");
    assertThat(filesByKernel(snapshot())).hasSize(8);
    sql("OPTIMIZE TABLE_");
    assertSameFiles(4);
  }

  /** If Kernel were not found, Spark would read the log: the files would be the same. */
  @Test
  void filesAreFoundWithoutAJobOfSpark() {
    append(0, 6);
    DeltaSnapshot snapshot = snapshot();
    SPARK.sparkContext().setJobGroup("files", "", false);

    assertThat(snapshot.files()).hasSize(6);

    assertThat(SPARK.sparkContext().statusTracker().getJobIdsForGroup("files")).isEmpty();
    snapshot.filesBySpark();
    assertThat(SPARK.sparkContext().statusTracker().getJobIdsForGroup("files")).isNotEmpty();
    SPARK.sparkContext().clearJobGroup();
  }

  static List<String> checkpoints() {
    return Forms.some(
        1,
        List.of(
            "'delta.checkpointPolicy' = 'classic', 'delta.enableInCommitTimestamps' = true",
            "'delta.checkpointPolicy' = 'v2'"));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void filesAfterACheckpointAreTheSame(String properties) throws IOException {
    sql(
        "ALTER TABLE TABLE_ SET TBLPROPERTIES ('delta.checkpointInterval' = 2, %s)"
            .formatted(properties));
    for (int commit = 0; commit < 3; commit++) {
      append(10 * commit, 10 * commit + 6);
    }

    assertSameFiles(18);
    assertThat(Path.of(table, "_delta_log", "_last_checkpoint")).exists();
  }
}
