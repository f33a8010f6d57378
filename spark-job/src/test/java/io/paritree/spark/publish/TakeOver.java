package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.store.Location;
import java.util.List;

/**
 * A run on a store without file locks is killed, and the next one takes over what it has left.
 *
 * @param home a directory of the store
 */
record TakeOver(Location home) {
  private static final LockTimes TIMES = StagedRun.IMPATIENT;

  void after(Step fatal) throws Exception {
    OutputPlace place = StagedRun.place(home.resolve(fatal.name()).resolve("out"));
    publish(place, "old");

    Death.at(fatal, place, TIMES, "dead");

    for (String partition : StagedRun.PARTITIONS) {
      List<String> seen = StagedRun.contents(place, partition);
      assertThat(seen)
          .as("%s after %s", partition, fatal)
          .isEqualTo(seenAfter(fatal, StagedRun.PARTITIONS.indexOf(partition)));
      assertThat(place.manifest(partition).isPresent()).isEqualTo(!seen.isEmpty());
    }

    publish(place, "newer");

    for (String partition : StagedRun.PARTITIONS) {
      assertThat(place.manifest(partition).orElseThrow().identity()).isEqualTo("newer");
      assertThat(place.look().isPublished(partition, "newer")).as("after %s", fatal).isTrue();
    }

    new Recovery(place, TIMES).recover();
    assertThat(StagedRun.leftOver(place)).as("after %s", fatal).isEmpty();
    assertThat(place.listOrNone(place.running())).as("after %s", fatal).isEmpty();
  }

  /** Returns what a partition must hold: old rows, new ones, or between the two moves none. */
  private static List<String> seenAfter(Step fatal, int partition) {
    boolean isFirst = partition == 0;
    if (fatal == Step.OLD_MOVED && isFirst) {
      return List.of();
    }

    boolean isNew = fatal.compareTo(Step.NEW_MOVED) > 0 || fatal == Step.NEW_MOVED && isFirst;
    String content = isNew ? "dead" : "old";
    return List.of(content, content);
  }

  private static void publish(OutputPlace place, String content) throws Exception {
    StagedRun.publish(place, TIMES, content, StagedRun.tokens(place), StepObserver.NONE);
  }
}
