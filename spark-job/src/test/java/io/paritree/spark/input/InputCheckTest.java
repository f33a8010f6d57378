package io.paritree.spark.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.feature.Schema;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.TestPackages;
import io.paritree.spark.run.JobSessions;
import io.paritree.spark.run.TestSpark;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the check of an input passes on to the tasks. */
class InputCheckTest {
  @TempDir static Path store;
  private static Schema schema;

  @TempDir Path directory;

  @BeforeAll
  static void open() throws Exception {
    String wide = new TestPackages(store).wide(1, 5, 3).toString();
    schema = Opening.open(wide, EngineKind.FOREST).schema();
  }

  @Test
  void settingThatTurnsBatchesOffIsKept() throws Exception {
    SparkSession session = JobSessions.wide(TestSpark.session(), 2);
    Location input = Location.of(directory.resolve("in"));
    session.range(10).selectExpr("id", "float(id) f0").write().parquet(input.toString());

    assertThat(check(session, input).isReadByRows()).isFalse();
    session.conf().set("spark.sql.parquet.enableVectorizedReader", "false");
    assertThat(check(session, input).isReadByRows()).isTrue();
  }

  private static CheckedInput check(SparkSession session, Location input) throws Exception {
    List<String> problems = new ArrayList<>();
    Input listing = DirectoryInput.read(FileStore.of(input), CallsAtOnce.DEFAULT, input, problems);
    CheckedInput checked =
        new InputCheck(
                InputFormat.PARQUET,
                listing,
                schema,
                List.of("id"),
                List.of(),
                CallsAtOnce.DEFAULT,
                problems)
            .check(listing.partitions(), session, () -> {});
    assertThat(problems).isEmpty();
    return checked;
  }
}
