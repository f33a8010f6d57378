package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.output.PartitionManifest;
import io.paritree.spark.publish.Death.Killed;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Kills runs at changes of a store that moves files one by one, and the recoveries that follow as
 * well; at the end, each partition must hold the rows of one run, all of them.
 *
 * @param home a directory of the store
 */
record SwapDeaths(Location home, LockTimes times, Places places) {

  /** Makes the place of an output on a store in which operations fail. */
  @FunctionalInterface
  interface Places {
    OutputPlace of(Location output, FaultyStore.Fault fault) throws IOException;
  }

  private static final class Dying implements FaultyStore.Fault {
    private final AtomicInteger left;

    Dying(int changes) {
      this.left = new AtomicInteger(changes);
    }

    /** Beats end with the run, but how many there are before depends on the machine's load. */
    @Override
    public void before(String operation, boolean change) {
      boolean isBeat = Thread.currentThread().getName().equals("paritree-heartbeat");
      int changes = change && !isBeat ? left.getAndDecrement() : left.get();
      if (change && (isBeat ? changes < 0 : changes <= 0)) {
        throw new Killed();
      }
    }
  }

  private OutputPlace place(String name) throws IOException {
    return places.of(home.resolve(name).resolve("out"), (operation, change) -> {});
  }

  /** Returns how often a run that replaces rows, some under another spelling, changes the store. */
  int changesOfAReplacement() throws Exception {
    OutputPlace place = place("counted");
    publish(place, "old");
    StagedRun.respell(place, "day=1");
    Dying counting = new Dying(Integer.MAX_VALUE);
    publish(places.of(place.output(), counting), "new");
    return Integer.MAX_VALUE - counting.left.get();
  }

  /** Returns whether the run that was to die at a change has published before. */
  boolean dieAt(int change, Random random) throws Exception {
    OutputPlace place = place("died-at-" + change);
    publish(place, "old");
    if (random.nextBoolean()) {
      StagedRun.respell(place, "day=1");
    }

    boolean published = publishAndDie(place.output(), change);
    String expected = published ? "new" : "";
    for (int again = 0; again < 3; again++) {
      recoverAndDie(place.output(), random.nextInt(40));
    }

    recoverAndDie(place.output(), Integer.MAX_VALUE);
    assertWhole(place, change, expected);
    publish(place, "newer");
    assertWhole(place, change, "newer");
    assertThat(StagedRun.leftOver(place)).as("after change %s", change).isEmpty();
    return published;
  }

  private void publish(OutputPlace place, String content) throws IOException, ConflictException {
    StagedRun.publish(place, times, content, StagedRun.tokens(place), StepObserver.NONE);
  }

  private boolean publishAndDie(Location output, int changes)
      throws IOException, ConflictException {
    try {
      publish(places.of(output, new Dying(changes)), "new");
      return true;
    } catch (Killed | IOException e) {
      assertKilled(e);
      return false;
    }
  }

  private void recoverAndDie(Location output, int changes) throws IOException {
    try {
      new Recovery(places.of(output, new Dying(changes)), times).recover();
    } catch (Killed | IOException e) {
      assertKilled(e);
      // The next one finishes what this one has left.
    }
  }

  private static void assertKilled(Throwable end) {
    assertThat(end instanceof Killed || end.getCause() instanceof Killed).as("%s", end).isTrue();
  }

  /** Each partition holds all files of one run, and nothing else; both of the same run. */
  static void assertWhole(OutputPlace place, int change, String expected) throws IOException {
    String content = "";
    for (String partition : StagedRun.PARTITIONS) {
      PartitionManifest manifest =
          place
              .manifest(partition)
              .or(() -> respelled(place, partition))
              .orElseThrow(() -> new AssertionError(partition + " after change " + change));
      assertThat(place.manifest(partition).isEmpty() || isPublished(place, manifest))
          .as("%s after change %s", partition, change)
          .isTrue();
      assertThat(StagedRun.contents(place, partition))
          .as("%s after change %s", partition, change)
          .containsExactly(manifest.identity(), manifest.identity());
      assertThat(List.of("", manifest.identity())).contains(content);
      content = manifest.identity();
    }

    if (!expected.isEmpty()) {
      assertThat(content).isEqualTo(expected);
    }
  }

  private static Optional<PartitionManifest> respelled(OutputPlace place, String partition) {
    try {
      return place.manifest(StagedRun.respelled(partition));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isPublished(OutputPlace place, PartitionManifest manifest)
      throws IOException {
    return place.look().isPublished(manifest.partition(), manifest.identity());
  }
}
