package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.MemoryDisk;
import io.paritree.Seed;
import io.paritree.store.S3Server;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job with input and output on S3 is killed while it publishes more files than one
 * request deletes; no row is lost or doubled, and a reader that waits for {@code _SUCCESS} sees old
 * rows or new ones. {@code S3PublisherTest} kills publishing at each step, and {@code
 * scripts/faults job --s3} kills many processes.
 */
@Tag("clusters")
class S3DeathIT {
  @TempDir(factory = MemoryDisk.class)
  static Path directory;

  private static S3Server server;
  private static DeathTrial trial;

  @BeforeAll
  static void prepare() throws Exception {
    server = S3Server.start(directory.resolve("s3"));
    trial = DeathTrial.onS3(directory, server, 600);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void nothingIsLostWhereverPublishingAndRecoveryAreKilled() throws Exception {
    long seed = Seed.next();
    System.out.println("seed " + seed);
    trial.ensureOutput();
    assertThat(trial.killInPublishing(new Random(seed))).isEmpty();
    assertThat(trial.looks()).isPositive();
  }
}
