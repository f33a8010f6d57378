package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.publish.Step;
import io.paritree.store.S3Server;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole job with input and output on S3 is killed while it publishes more files than one
 * request deletes; no row is lost or doubled.
 */
@Tag("clusters")
class S3DeathIT {
  @TempDir static Path directory;
  private static S3Server server;
  private static DeathTrial trial;

  @BeforeAll
  static void prepare() throws Exception {
    server = S3Server.start(directory.resolve("s3"));
    trial = onS3(directory, server, 3_000);
  }

  /** Returns a trial on S3, where a run counts as dead after three seconds. */
  static DeathTrial onS3(Path directory, S3Server server, int rows) throws Exception {
    return new DeathTrial(
        directory,
        server.resolve("trial"),
        rows,
        "lock-beat-seconds = 0.3, lock-stale-seconds = 3",
        server.javaOption());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"OLD_MOVED", "NEW_MOVED"})
  void readersThatWaitForSuccessSeeOldOrNewAndTheNextRunSucceeds(Step fatal) throws Exception {
    trial.ensureOutput();
    assertThat(trial.killAt(fatal, 2)).isEmpty();
  }

  @Test
  void nothingIsLostWhereverPublishingAndRecoveryAreKilled() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    trial.forgetOutput();
    assertThat(trial.killInPublishing(random)).isEmpty();
    assertThat(trial.killInPublishing(random)).isEmpty();
    assertThat(trial.killInPublishing(random)).isEmpty();
  }
}
