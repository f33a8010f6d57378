package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.publish.Step;
import io.paritree.store.Location;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole job with input and output on HDFS is killed; the next run takes over its lock. */
@Tag("clusters")
class HdfsDeathIT {
  @TempDir static Path directory;
  private static MiniDFSCluster cluster;
  private static DeathTrial trial;

  @BeforeAll
  static void prepare() throws Exception {
    cluster =
        new MiniDFSCluster.Builder(new Configuration(), directory.resolve("hdfs").toFile()).build();
    cluster.waitActive();
    trial = onHdfs(directory, cluster, 3_000);
  }

  /** Returns a trial on HDFS, where a run counts as dead after three seconds. */
  static DeathTrial onHdfs(Path directory, MiniDFSCluster cluster, int rows) throws Exception {
    Location home = Location.of(cluster.getURI() + "/trial");
    return new DeathTrial(directory, home, rows, "lock-beat-seconds = 0.3, lock-stale-seconds = 3");
  }

  @AfterAll
  static void stop() {
    cluster.shutdown(true);
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"STAGED", "PREPARED", "SWAP_BEGUN", "OLD_MOVED", "NEW_MOVED", "REPORT_MOVED"})
  void readersSeeOldOrNewAndTheNextRunSucceeds(Step fatal) throws Exception {
    trial.ensureOutput();
    assertThat(trial.killAt(fatal, 1)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"SWAP_BEGUN", "NEW_MOVED"})
  void readersSeeAFirstPublicationAtOnceOrNotAtAll(Step fatal) throws Exception {
    trial.forgetOutput();
    assertThat(trial.killAt(fatal, 1)).isEmpty();
  }
}
