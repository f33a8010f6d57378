package io.paritree.spark.run;

import io.paritree.store.FileStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Kills a run while it publishes to an object store, and then recoveries, each of which goes on
 * where the one before was killed. Most are killed until one has ended; after others, a run is to
 * find what was killed.
 */
final class PublishingKills {
  /** A recovery changes at most this part of the partitions until it is killed. */
  private static final int PARTS = 4;

  private static final int FEW_RECOVERIES = 3;
  private static final int MILLIS_OF_START = 5_000; // until a recovery moves the first partition
  private static final int MILLIS_OF_A_MOVE = 300;
  private static final int MILLIS_OF_A_LOOK = 150;

  private final MortalJob job;
  private final StoredObjects objects;
  private final Random random;
  private final List<String> how = new ArrayList<>();
  private int runs;
  private int recoveries;

  PublishingKills(MortalJob job, StoredObjects objects, Random random) {
    this.job = job;
    this.objects = objects;
    this.random = random;
  }

  /** Checks what is published after a kill. */
  @FunctionalInterface
  interface Check {
    List<String> wrong() throws IOException;
  }

  /**
   * Kills a run, and recoveries.
   *
   * @param arguments the run's
   * @param most kills
   * @param check is called between two kills
   * @param wrong receives what was wrong
   * @return whether a recovery has ended
   */
  boolean kill(List<Object> arguments, int most, Check check, List<String> wrong) throws Exception {
    wrong.addAll(killRun(arguments));
    int few = random.nextInt(FEW_RECOVERIES + 1);
    int left = Math.min(most - runs, random.nextInt(FEW_RECOVERIES) == 0 ? few : Integer.MAX_VALUE);
    boolean hasEnded = false;
    for (; left > 0 && !hasEnded; left--) {
      wrong.addAll(check.wrong());
      hasEnded = killRecovery(wrong);
    }

    return hasEnded;
  }

  /** Returns how many runs were killed. */
  int runs() {
    return runs;
  }

  /** Returns how many recoveries were killed. */
  int recoveries() {
    return recoveries;
  }

  /** Returns what was killed when, for people. */
  String how() {
    return String.join(", ", how);
  }

  private List<String> killRun(List<Object> arguments) throws Exception {
    boolean replaces = FileStore.of(job.home()).find(job.output()).isPresent();
    DeathMoment moment = DeathMoment.ofPublication(random, job.partitions().size(), replaces);
    List<Object> dying = new ArrayList<>(moment.arguments());
    dying.addAll(arguments);
    int exitCode = JobProcess.exitCode(job.start(ObservedJob.class, dying));
    if (exitCode == ObservedJob.KILLED) {
      runs++;
      how.add("run " + moment);
      return List.of();
    }

    how.add("run ended before " + moment);
    return exitCode == 0
        ? List.of()
        : List.of("the exit code of the run that was to be killed was %s".formatted(exitCode));
  }

  /** Kills a recovery when it has changed some partitions; returns whether it had ended before. */
  private boolean killRecovery(List<String> wrong) throws IOException, InterruptedException {
    boolean isEarly = random.nextInt(2 * PARTS) == 0;
    int changed = isEarly ? 0 : 1 + random.nextInt(Math.max(1, job.partitions().size() / PARTS));
    int millis = random.nextInt(isEarly ? MILLIS_OF_START : MILLIS_OF_A_MOVE);
    Map<String, Map<String, String>> before = output();
    Process process = job.startRecovery();
    boolean hasEnded = false;
    while (!hasEnded && !isEarly && changed(before) < changed) {
      hasEnded = process.waitFor(MILLIS_OF_A_LOOK, TimeUnit.MILLISECONDS);
    }

    hasEnded = process.waitFor(millis, TimeUnit.MILLISECONDS);
    process.destroyForcibly().waitFor();
    if (hasEnded) {
      how.add("a recovery ended");
      if (process.exitValue() != 0) {
        wrong.add("the exit code of a recovery was %s".formatted(process.exitValue()));
      }

      return true;
    }

    recoveries++;
    how.add("a recovery %s ms after %s partitions".formatted(millis, changed));
    return false;
  }

  private Map<String, Map<String, String>> output() throws IOException {
    return objects.list(job.output().name(), job.partitions());
  }

  private long changed(Map<String, Map<String, String>> before) throws IOException {
    Map<String, Map<String, String>> now = output();
    return job.partitions().stream()
        .filter(partition -> !now.get(partition).equals(before.get(partition)))
        .count();
  }
}
