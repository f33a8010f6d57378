package io.paritree.spark.publish;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.TestManifest;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A run without Spark: it stages partitions of two text files each, and publishes them.
 *
 * <p>As a program, it dies or waits at a step: {@code StagedRun OUTPUT CONTENT die|wait STEP}. To
 * die is to end as by {@code kill -9}; waiting ends with a line on standard input. The exit code is
 * 0 if the run has published, 5 if another run was faster.
 */
final class StagedRun {
  static final List<String> PARTITIONS = List.of("day=1", "day=2");

  /** Times of signs of life that are short enough for tests to wait for. */
  static final LockTimes QUICK = new LockTimes(Duration.ofMillis(100), Duration.ofMillis(2_000));

  /** Shorter ones, where a run that is late in a busy machine may count as dead. */
  static final LockTimes IMPATIENT = new LockTimes(Duration.ofMillis(60), Duration.ofMillis(200));

  private StagedRun() {}

  public static void main(String[] arguments) throws Exception {
    Step last = Step.valueOf(arguments[3]);
    OutputPlace place = place(Location.of(arguments[0]));
    StepObserver observer =
        step -> {
          if (step == last && arguments[2].equals("die")) {
            Runtime.getRuntime().halt(137);
          } else if (step == last) {
            System.out.println("at " + step);
            readLine();
          }
        };
    try {
      publish(place, arguments[1], tokens(place), observer);
    } catch (ConflictException e) {
      System.exit(5);
    }

    System.exit(0);
  }

  private static void readLine() {
    try {
      System.in.read();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts a run in its own process. */
  static Process start(Location output, String content, String what, Step step) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-classpath",
            System.getProperty("java.class.path"),
            StagedRun.class.getName(),
            output.toString(),
            content,
            what,
            step.name())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  static OutputPlace place(Path output) throws IOException {
    return place(Location.of(output));
  }

  /** Returns a place where partitions are moved one after the other, in their order. */
  static OutputPlace place(Location output) throws IOException {
    return new OutputPlace(FileStore.of(output), output).with(new CallsAtOnce(1));
  }

  /** Gives a published partition another name for the same value. */
  static void respell(OutputPlace place, String partition) throws IOException {
    FileMoves moves = new FileMoves(place.store(), CallsAtOnce.DEFAULT);
    Location from = place.partition(partition);
    moves.moveAll(from, place.partition(respelled(partition)), moves.below(from).keySet());
    place.store().delete(from);
  }

  /** Returns a name as another writer would spell it: {@code day=%31} for {@code day=1}. */
  static String respelled(String partition) {
    return partition.replaceFirst("=(.)$", "=%3$1");
  }

  /**
   * Returns the content of each file that readers take for one of a partition, under any of its
   * names; none if the partition is absent.
   */
  static List<String> contents(OutputPlace place, String partition) throws IOException {
    List<String> contents = new ArrayList<>();
    for (String name : List.of(partition, respelled(partition))) {
      for (FileEntry entry : place.listOrNone(place.partition(name))) {
        if (entry.location().name().startsWith("part-")) {
          contents.add(new String(place.store().read(entry.location()), StandardCharsets.UTF_8));
        }
      }
    }

    return contents;
  }

  /**
   * Returns the paths of all files and directories in the output's state, except kept reports, the
   * lock's files, and the directories of these and of the signs of life.
   */
  static List<String> leftOver(OutputPlace place) throws IOException {
    List<String> paths = new ArrayList<>();
    walk(place, place.state(), "", paths);
    paths.removeIf(
        path -> path.matches("(runs|runs/.*|running|lock|lock/(held|[0-9]+(\\.(beat|free))?))"));
    return paths;
  }

  private static void walk(OutputPlace place, Location directory, String path, List<String> paths)
      throws IOException {
    for (FileEntry entry : place.listOrNone(directory)) {
      String below = path + entry.location().name();
      paths.add(below);
      if (entry.isDirectory()) {
        walk(place, entry.location(), below + "/", paths);
      }
    }
  }

  /** Returns the token of each partition's place. */
  static List<String> tokens(OutputPlace place) throws IOException {
    List<String> tokens = new ArrayList<>();
    for (String partition : PARTITIONS) {
      tokens.add(place.look().token(partition));
    }

    return tokens;
  }

  /**
   * Stages and publishes.
   *
   * @param content distinguishes runs; it is also their identity
   * @param before the token of each partition's place when the run began
   */
  static List<String> publish(
      OutputPlace place, String content, List<String> before, StepObserver observer)
      throws IOException, ConflictException {
    return publish(place, QUICK, content, before, observer);
  }

  static List<String> publish(
      OutputPlace place,
      LockTimes times,
      String content,
      List<String> before,
      StepObserver observer)
      throws IOException, ConflictException {
    Publisher publisher = new Publisher(place, times, observer);
    try (Publisher.Run run = publisher.begin("run-" + content)) {
      observer.reached(Step.STAGING_MADE);
      List<PreparedPartition> prepared = stage(place, run.directory(), content, before);
      observer.reached(Step.VERIFIED);
      return run.publish(
          prepared,
          moving ->
              place.store().replace(run.directory().kept().resolve("report.json"), utf8("{}")));
    }
  }

  static List<PreparedPartition> stage(
      OutputPlace place, RunDirectory directory, String content, List<String> before)
      throws IOException {
    return stage(place, PARTITIONS, directory, content, before);
  }

  static List<PreparedPartition> stage(
      OutputPlace place,
      List<String> partitions,
      RunDirectory directory,
      String content,
      List<String> before)
      throws IOException {
    List<PreparedPartition> prepared = new ArrayList<>();
    for (int index = 0; index < partitions.size(); index++) {
      String partition = partitions.get(index);
      Location to = directory.fresh(partition);
      List<DataFile> files = new ArrayList<>();
      for (String part : List.of("a", "b")) {
        String name = "part-" + part + "-" + content;
        place.store().create(to.resolve(name), utf8(content));
        files.add(new DataFile(name, content.length(), 1, Optional.empty()));
      }

      PartitionManifest manifest = TestManifest.of(partition, content, directory.name(), files);
      place.store().create(to.resolve(PartitionManifest.FILE), manifest.toJson());
      prepared.add(new PreparedPartition(partition, content, before.get(index)));
    }

    return prepared;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
