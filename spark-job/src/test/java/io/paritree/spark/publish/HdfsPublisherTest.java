package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Publishing on a real HDFS, which has no file locks: signs of life decide which run may move
 * partitions.
 */
@Tag("clusters")
class HdfsPublisherTest {
  private static MiniDFSCluster cluster;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    cluster = new MiniDFSCluster.Builder(new Configuration(), directory.toFile()).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stop() {
    cluster.shutdown(true);
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"VERIFIED", "PREPARED", "OLD_MOVED"})
  void nextRunTakesOverWhatTheDeadHasLeft(Step fatal) throws Exception {
    Location output = Location.of(cluster.getURI() + "/takeover/" + fatal + "/out");
    OutputPlace place = StagedRun.place(output);
    publish(place, "old");
    die(output, fatal);
    if (fatal == Step.OLD_MOVED) {
      assertThat(place.manifest("day=1")).isEmpty();
    }

    publish(place, "newer");

    for (String partition : StagedRun.PARTITIONS) {
      assertThat(place.manifest(partition).orElseThrow().identity()).isEqualTo("newer");
      assertThat(place.look().isPublished(partition, "newer")).isTrue();
    }

    new Recovery(place, StagedRun.QUICK).recover();
    assertThat(place.unfinished()).isEmpty();
    assertThat(place.listOrNone(place.running())).isEmpty();
  }

  @Test
  void ofFourAtOnceOnePublishes() throws Exception {
    OutputPlace place = StagedRun.place(Location.of(cluster.getURI() + "/race/out"));
    List<String> before = StagedRun.tokens(place);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<String>> running = new ArrayList<>();
    for (int run = 0; run < 4; run++) {
      String content = "run" + run;
      running.add(
          threads.submit(
              () -> {
                try {
                  StagedRun.publish(place, content, before, StepObserver.NONE);
                  return content;
                } catch (ConflictException e) {
                  return "conflict";
                }
              }));
    }

    List<String> outcomes = new ArrayList<>();
    for (Future<String> run : running) {
      outcomes.add(run.get());
    }

    threads.shutdown();
    outcomes.removeIf("conflict"::equals);
    assertThat(outcomes).hasSize(1);
    for (String partition : StagedRun.PARTITIONS) {
      assertThat(place.look().isPublished(partition, outcomes.get(0))).isTrue();
    }
  }

  private static void publish(OutputPlace place, String content) throws Exception {
    StagedRun.publish(place, content, StagedRun.tokens(place), StepObserver.NONE);
  }

  private static void die(Location output, Step fatal) throws Exception {
    Process process = StagedRun.start(output, "dead", "die", fatal);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("killed at %s", fatal).isEqualTo(137);
  }
}
