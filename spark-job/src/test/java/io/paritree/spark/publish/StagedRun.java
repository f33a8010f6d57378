package io.paritree.spark.publish;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A run without Spark: it stages partitions of two text files each, and publishes them.
 *
 * <p>As a program it dies at a step, as by {@code kill -9}: {@code StagedRun OUTPUT CONTENT STEP}.
 */
final class StagedRun {
  static final List<String> PARTITIONS = List.of("day=1", "day=2");

  /** Signs of life that tests can wait for. */
  static final LockTimes QUICK = new LockTimes(Duration.ofMillis(100), Duration.ofMillis(2_000));

  private static final Map<String, String> IMPATIENT =
      Map.of("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "5");

  private StagedRun() {}

  public static void main(String[] arguments) throws Exception {
    Step fatal = Step.valueOf(arguments[2]);
    OutputPlace place = place(Location.of(arguments[0]));
    publish(
        place,
        arguments[1],
        tokens(place),
        step -> {
          if (step == fatal) {
            Runtime.getRuntime().halt(137);
          }
        });
  }

  static OutputPlace place(Path output) throws IOException {
    return place(Location.of(output));
  }

  static OutputPlace place(Location output) throws IOException {
    return new OutputPlace(FileStore.of(output, IMPATIENT), output);
  }

  /** Returns what stands in each partition's place. */
  static List<String> tokens(OutputPlace place) throws IOException {
    List<String> tokens = new ArrayList<>();
    for (String partition : PARTITIONS) {
      tokens.add(place.token(partition));
    }

    return tokens;
  }

  /**
   * Stages and publishes.
   *
   * @param content tells runs apart; it is also their identity
   * @param before what stood in each partition's place when the run began
   */
  static List<String> publish(
      OutputPlace place, String content, List<String> before, StepObserver observer)
      throws IOException, ConflictException {
    Publisher publisher = new Publisher(place, QUICK, observer);
    try (Publisher.Run run = publisher.begin("run-" + content)) {
      observer.reached(Step.STAGING_MADE);
      List<PreparedPartition> prepared = stage(place, run.directory(), content, before);
      observer.reached(Step.VERIFIED);
      return publisher.publish(
          run,
          prepared,
          () -> place.store().replace(run.directory().kept().resolve("report.json"), utf8("{}")));
    }
  }

  static List<PreparedPartition> stage(
      OutputPlace place, RunDirectory directory, String content, List<String> before)
      throws IOException {
    List<PreparedPartition> prepared = new ArrayList<>();
    for (int index = 0; index < PARTITIONS.size(); index++) {
      String partition = PARTITIONS.get(index);
      Location to = directory.fresh(partition);
      List<DataFile> files = new ArrayList<>();
      for (String part : List.of("a", "b")) {
        String name = "part-" + part + "-" + content;
        place.store().create(to.resolve(name), utf8(content));
        files.add(new DataFile(name, content.length(), 1));
      }

      PartitionManifest manifest =
          new PartitionManifest(
              partition,
              content,
              "run",
              directory.name(),
              "m",
              "m/1",
              "d",
              "forest",
              "",
              2,
              2,
              0,
              files);
      place
          .store()
          .create(to.resolve(PartitionManifest.FILE), PartitionManifestParser.toJson(manifest));
      prepared.add(new PreparedPartition(partition, content, before.get(index)));
    }

    return prepared;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
