package io.paritree.spark;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.Step;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Kills runs of the job in JVMs of their own, and looks at what readers see, then and after the
 * next run.
 *
 * <p>Not thread-safe.
 */
final class DeathTrial {
  static final List<String> PARTITIONS = List.of("day=1", "day=2", "day=3");

  private final Path directory;
  private final int rowsPerPartition;
  private final List<String> models;
  private final Path input;
  private final Path output;
  private int runs;
  private long looks;

  /**
   * @param rows rows of the input, in three partitions of two files each
   */
  DeathTrial(Path directory, int rows) {
    this.directory = directory;
    this.rowsPerPartition = rows / PARTITIONS.size();
    TestPackages packages = new TestPackages(directory.resolve("models"));
    this.models = List.of(packages.binary(1, 5).toString(), packages.binary(2, 6).toString());
    this.input = directory.resolve("in");
    this.output = directory.resolve("out");
    for (int index = 0; index < PARTITIONS.size(); index++) {
      Path partition = input.resolve(PARTITIONS.get(index));
      if (!Files.exists(partition.resolve("_SUCCESS"))) {
        Parcels.write(partition, index * rowsPerPartition, (index + 1) * rowsPerPartition, 0, 2);
      }
    }
  }

  /** Removes the output and its state, so that the next publication is a first one. */
  void forgetOutput() throws IOException {
    FileStore store = FileStore.of(Location.of(output));
    store.delete(Location.of(output));
    store.delete(Location.of(directory.resolve("_paritree")));
  }

  /**
   * Kills a run at a step, then runs again.
   *
   * @param occurrence at which occurrence of the step
   * @return what was wrong; empty if nothing was
   */
  List<String> killAt(Step fatal, int occurrence) throws Exception {
    List<Object> arguments = arguments(runs + 1);
    List<Object> dying = new ArrayList<>(List.of(fatal.name(), occurrence));
    dying.addAll(arguments);
    return trial(
        arguments,
        () -> {
          Process process = start(DyingJob.class.getName(), dying);
          int exitCode = JobProcess.exitCode(process);
          return exitCode == DyingJob.EXIT_CODE
              ? List.of()
              : List.of("it was to die, but left with %s".formatted(exitCode));
        });
  }

  /** Kills a run after a while, wherever it is then. */
  List<String> killAfter(long millis) throws Exception {
    List<Object> arguments = arguments(runs + 1);
    return trial(
        arguments,
        () -> {
          Process process = start(ScoreMain.class.getName(), arguments);
          process.waitFor(millis, TimeUnit.MILLISECONDS);
          process.destroyForcibly().waitFor();
          return List.of();
        });
  }

  @FunctionalInterface
  private interface Killing {
    List<String> kill() throws Exception;
  }

  private List<String> trial(List<Object> arguments, Killing killing) throws Exception {
    runs++;
    List<String> wrong = new ArrayList<>();
    try (OutputReader reader = new OutputReader(output, PARTITIONS, rowsPerPartition)) {
      wrong.addAll(killing.kill());
      JobRun again = JobRun.of(arguments.toArray());
      if (again.exitCode() != 0) {
        wrong.add("the next run left with %s: %s".formatted(again.exitCode(), again.err()));
      }

      String run = reader.seen(PARTITIONS.get(0));
      for (String partition : PARTITIONS) {
        if (!reader.seen(partition).equals(run)) {
          wrong.add("after the next run %s holds %s".formatted(partition, reader.seen(partition)));
        }
      }

      wrong.addAll(reader.violations());
      looks += reader.looks();
    }

    Map<Long, Integer> scores = Scores.of(output);
    if (scores.size() != rowsPerPartition * PARTITIONS.size()) {
      wrong.add("%s rows came out".formatted(scores.size()));
    }

    Map<Integer, Integer> before = lastScores.computeIfAbsent(runs % 2, key -> hash(scores));
    if (!before.equals(hash(scores))) {
      wrong.add("other scores than another run of the same model");
    }

    Location location = Location.of(output);
    OutputPlace place = new OutputPlace(FileStore.of(location), location);
    if (!place.unfinished().isEmpty()) {
      wrong.add("left over: %s".formatted(place.unfinished()));
    }

    return wrong;
  }

  private final Map<Integer, Map<Integer, Integer>> lastScores = new TreeMap<>();

  private static Map<Integer, Integer> hash(Map<Long, Integer> scores) {
    return Map.of(scores.size(), scores.hashCode());
  }

  private List<Object> arguments(int run) {
    return List.of(
        "--model",
        models.get(run % 2),
        "--input",
        input,
        "--output",
        output,
        "--keys",
        "parcel_id",
        "--run-id",
        "run-" + run);
  }

  private Process start(String main, List<Object> arguments) throws IOException {
    return JobProcess.start(
        System.getProperty("java.class.path"),
        List.of(),
        directory.resolve("killed.log"),
        main,
        arguments.toArray());
  }

  /** Returns how often readers have looked at a partition. */
  long looks() {
    return looks;
  }
}
