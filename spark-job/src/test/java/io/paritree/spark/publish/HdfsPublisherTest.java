package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.spark.run.TestHdfs;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Publishing on a real HDFS, which has no file locks: signs of life decide which run may move
 * partitions.
 */
@Tag("clusters")
class HdfsPublisherTest {
  @Test
  void nextRunTakesOverWhatTheDeadHasLeftAtAnyStep() throws Exception {
    List<Step> steps = new ArrayList<>(EnumSet.range(Step.VERIFIED, Step.UNLOCKED));
    steps.add(Step.STAGING_MADE);
    Trials.ofEach(Forms.some(6, steps), new TakeOver(TestHdfs.directory("takeover"))::after);
  }

  @Test
  void ofFourAtOnceOnePublishes() throws Exception {
    OutputPlace place = StagedRun.place(TestHdfs.directory("race/out"));
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
}
