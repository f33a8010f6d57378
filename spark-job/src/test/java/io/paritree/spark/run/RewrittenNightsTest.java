package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The gate compares with nights whose files others have rewritten in a Delta table. */
@Tag("clusters")
class RewrittenNightsTest extends DeltaScores {
  private static final String DELETE = "DELETE FROM TABLE_ WHERE parcel_id = ID";
  private static final String COMPACTED_BY_ITSELF =
      "ALTER TABLE TABLE_ SET TBLPROPERTIES ('delta.autoOptimize.autoCompact' = true);"
          + "DELETE FROM TABLE_ WHERE parcel_id = LAST";

  @BeforeAll
  static void compactSoon() {
    SPARK.conf().set("spark.databricks.delta.autoCompact.minNumFiles", 2);
  }

  @AfterAll
  static void compactLate() {
    SPARK.conf().unset("spark.databricks.delta.autoCompact.minNumFiles");
  }

  @Test
  void brokenNightsAreHeldWhateverOthersDoToTheFilesOfTheNightsBefore() throws Exception {
    Files.createDirectories(table);
    Path twoFiles = // of a night, which are compacted when one of them has changed
        Files.writeString(directory.resolve("files.conf"), "scoring-job.rows-per-file = 50");
    List<String> statements =
        new ArrayList<>(
            Forms.some(
                1, List.of("OPTIMIZE TABLE_", DELETE, "OPTIMIZE TABLE_ ZORDER BY (parcel_id)")));
    statements.add(1, COMPACTED_BY_ITSELF); // after a night that is never broken
    new RewrittenNights(directory.resolve("nights"), state(), statements, this::sql)
        .check(
            options ->
                score(
                    Stream.concat(Stream.of("--conf", twoFiles), Arrays.stream(options))
                        .toArray()));
    assertThat(
            SPARK
                .sql("DESCRIBE HISTORY delta.`%s`".formatted(table))
                .where("operation = 'OPTIMIZE' AND operationParameters['auto'] = 'true'")
                .count())
        .as("auto compactions")
        .isPositive();
  }
}
