package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.model.TestPackages;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The functions for SQL, called by a thin client of Spark Connect; with {@code -Dforms.all=true}
 * also where the server's executors are processes of their own.
 */
@Tag("clusters")
class ConnectIT {
  private static final String SECRET = "0pen-sesame";
  private static final int ROWS = 1_500;
  private static final int BAD_EVERY = 50;

  @TempDir Path directory;

  static List<String> masters() {
    return Forms.areAllTried()
        ? List.of("local[2]", "local-cluster[1,1,1024]")
        : List.of("local[2]");
  }

  @ParameterizedTest
  @MethodSource("masters")
  void clientsGetTheRowsBitsAndFaultsOfTheJobFromTheStoreOfTheirSession(String master)
      throws Exception {
    TestPackages one = new TestPackages(directory.resolve("one"));
    TestPackages two = new TestPackages(directory.resolve("two"));
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, BAD_EVERY, 3);
    String byOne = job(one.binary(), input, directory.resolve("out-one"));
    String byTwo = job(two.binary(1, 5), input, directory.resolve("out-two"));
    Path own = directory.resolve("connect");

    try (ConnectServer server =
        ConnectServer.start(
            Compatibility.LINES.get(Compatibility.LINES.size() - 1),
            own,
            "spark.master=" + master,
            "spark.executor.memory=1g",
            "spark.hadoop.fs.s3a.secret.key=" + SECRET)) {
      List<String> printed =
          server.run(
              input,
              "parcel_id",
              directory.resolve("sink"),
              one.store(),
              TestPackages.BINARY,
              two.store(),
              TestPackages.BINARY);

      assertThat(byOne).startsWith(ROWS + " rows").isNotEqualTo(byTwo);
      assertThat(printed.subList(0, 3)).containsExactly(byOne, byTwo, byOne);
      assertThat(printed.get(3)).contains("'distance', which the model reads, is missing");
      assertThat(server.logged()).contains("parcel_id").doesNotContain(SECRET);
    }
  }

  private static String job(Path model, Path input, Path output) throws Exception {
    JobRun run = JobRun.ofParcels(model, input, output, "--margin");
    assertThat(run.exitCode()).as(run.err()).isZero();
    return ScoredRows.digest(ScoredRows.ofJob(output, "parcel_id").toLocalIterator());
  }
}
