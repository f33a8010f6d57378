package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.Seed;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publishing on S3, a real client and a server on loopback, where a run is killed; {@link
 * FileSwapTest} kills it at every change of a store on a local disk.
 */
@Tag("clusters")
class S3PublisherTest {
  private static final int DEATHS = 1;

  private static S3Server server;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    server = S3Server.start(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void nextRunTakesOverWhatTheDeadHasLeft() throws Exception {
    // Before these, nothing depends on how files are moved.
    List<Step> steps = Forms.some(2, EnumSet.range(Step.COMPARED, Step.REPORT_MOVED));
    Trials.ofEach(steps, new TakeOver(server.resolve("takeover"))::after);
  }

  @Test
  void nothingIsLostWhereverPublishingAndRecoveryAreKilled() throws Exception {
    long seed = Seed.next();
    System.out.println("seed " + seed);
    SwapDeaths deaths =
        new SwapDeaths(server.resolve("deaths"), StagedRun.IMPATIENT, S3PublisherTest::place);
    int changes = deaths.changesOfAReplacement();
    assertThat(changes).isGreaterThan(30);

    List<Integer> last =
        new Random(seed).ints(1, changes).distinct().limit(DEATHS).boxed().toList();
    Trials.ofEach(last, change -> deaths.dieAt(change, new Random(seed + change)));
  }

  private static OutputPlace place(Location output, FaultyStore.Fault fault) throws IOException {
    return new OutputPlace(new FaultyStore(FileStore.of(output), fault), output);
  }
}
