package io.paritree.spark;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The gate compares with nights whose files others have rewritten in a Delta table. */
@Tag("clusters")
class RewrittenNightsTest extends DeltaScores {
  private static final String DELETE = "DELETE FROM TABLE_ WHERE parcel_id = ID";

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
    new RewrittenNights(
            directory.resolve("nights"),
            state(),
            List.of(
                "OPTIMIZE TABLE_",
                DELETE,
                "ALTER TABLE TABLE_ SET TBLPROPERTIES ('delta.autoOptimize.autoCompact' = true);"
                    + DELETE,
                "OPTIMIZE TABLE_ ZORDER BY (parcel_id)"),
            this::sql)
        .check(this::score);
  }
}
