package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.S3Server;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What publishing on S3 relies on, shown on a real S3 client and a server on loopback. */
@Tag("clusters")
class S3StoreTest {
  @TempDir static Path directory;
  private static S3Server server;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void outputIsRefusedUnlessItIsAcceptedThatItsFilesAreMovedOneByOne() throws Exception {
    String model = new TestPackages(directory.resolve("models")).binary().toString();
    String input = directory.resolve("in").toString();
    Parcels.write(input, 0, 60, 2);
    Location output = server.resolve("scores").resolve("out");
    List<Object> arguments =
        List.of(
            "--model",
            model,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--output-partition",
            "day=1");

    JobRun refused = JobRun.of(arguments.toArray());

    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err()).contains("one by one", "--accept-non-atomic", "HDFS");
    assertThat(FileStore.of(output).find(output)).isEmpty();

    List<Object> accepting = new ArrayList<>(arguments);
    accepting.add("--accept-non-atomic");
    assertThat(JobRun.of(accepting.toArray()).exitCode()).isZero();
    assertThat(new PublishedOutput(output).faults("day=1", runOf(output))).isEmpty();
    assertThat(Scores.of(output.toString())).hasSize(60);
    assertThat(JobRun.of(accepting.toArray()).out()).contains("already published");
  }

  @Test
  void aTableNeedsNoRenames() throws Exception {
    Path home = directory.resolve("tables");
    String model = new TestPackages(home.resolve("models")).binary().toString();
    String input = home.resolve("in").toString();
    Parcels.write(input, 0, 60, 2);
    Location table = server.resolve("tables").resolve("scores");
    Object[] arguments = {
      "--model", model, "--input", input, "--table", table, "--create-table", "--keys", "parcel_id"
    };

    JobRun first = JobRun.of(arguments);

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(TestSpark.session().read().format("delta").load(table.toString()).count())
        .isEqualTo(60);
    assertThat(JobRun.of(arguments).out()).contains("already published");
  }

  @Test
  @Tag("nightly")
  void aProofHasItsTablesThere() throws Exception {
    String model = new TestPackages(directory.resolve("proof")).binary().toString();
    Location scratch = server.resolve("scratch");

    JobRun run =
        JobRun.ofParity(
            "prove",
            "--model",
            model,
            "--adversarial",
            60,
            "--ways",
            "job-parquet,job-delta,sql",
            "--scratch",
            scratch);

    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).containsPattern("job-parquet +[0-9]+  same");
    assertThat(FileStore.of(scratch).listOrNone(scratch)).isEmpty();
  }

  private static String runOf(Location output) throws IOException {
    return new OutputPlace(FileStore.of(output), output).manifest("day=1").orElseThrow().run();
  }

  @Test
  void doesNotRenameDirectoriesInOneStep() throws Exception {
    Location location = server.resolve("out");
    assertThat(FileStore.of(location).renamesDirectoriesWhole(location)).isFalse();
  }

  @Test
  void movesFilesIntoAMadeDirectoryAndRemovesWhatIsLeft() throws Exception {
    Location from = server.resolve("from");
    Location to = server.resolve("to");
    FileStore store = FileStore.of(from);
    store.createDirectories(to.resolve("a"));
    for (int file = 0; file < 30; file++) {
      store.create(from.resolve("a").resolve("part-" + file), new byte[file]);
      store.rename(
          from.resolve("a").resolve("part-" + file), to.resolve("a").resolve("part-" + file));
    }

    store.create(from.resolve("rest"), new byte[1]);
    store.delete(from);

    assertThat(store.list(to.resolve("a"))).hasSize(30);
    assertThat(store.find(from)).isEmpty();
  }

  @Test
  void createsNothingOverAnExistingFile() throws Exception {
    Location file = server.resolve("once");
    FileStore store = FileStore.of(file);
    store.create(file, new byte[] {1});
    assertThatThrownBy(() -> store.create(file, new byte[] {2}))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(store.read(file)).containsExactly(1);
  }
}
