package io.paritree.spark.run;

import io.paritree.model.TestPackages;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Runs the job on a full disk, with a little more free space each time, and as a user who may not
 * read or write. Must run as root, to mount a small disk and to start jobs as the user {@code
 * nobody}.
 */
final class DiskFaults {
  private static final List<String> PARTITIONS = List.of("day=1", "day=2");
  private static final int STEP_BYTES = 64 * 1024;

  private final Path directory;
  private final int rows;
  private final String first;
  private final String second;
  private final Path input;

  private DiskFaults(Path directory, int rows) {
    this.directory = directory;
    this.rows = rows;
    TestPackages packages = new TestPackages(directory.resolve("models"));
    this.first = packages.binary(1, 5).toString();
    this.second = packages.binary(2, 6).toString();
    this.input = directory.resolve("in");
    Parcels.write(input.resolve("day=1"), 0, rows / 2, 0, 1);
    Parcels.write(input.resolve("day=2"), rows / 2, rows, 0, 1);
  }

  /**
   * Runs everything, and prints one line for the full disk and one for the permissions.
   *
   * @return whether nothing was wrong
   */
  static boolean run(Path directory, int rows) throws Exception {
    DiskFaults faults = new DiskFaults(directory, rows);
    List<String> wrong = new ArrayList<>();
    int full = faults.fullDisk(wrong);
    print("B3 must 0 wrong of %s runs on a full disk".formatted(full), wrong);
    List<String> denied = new ArrayList<>();
    int cases = faults.noPermission(denied);
    print("B4 must 0 wrong of %s runs without permission".formatted(cases), denied);
    return wrong.isEmpty() && denied.isEmpty();
  }

  private static void print(String line, List<String> wrong) {
    System.out.println(line + ": " + (wrong.isEmpty() ? "PASS" : "FAIL " + wrong));
  }

  private int fullDisk(List<String> wrong) throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    command("mount", "-t", "tmpfs", "-o", "size=64m", "none", disk.toString());
    try {
      Path output = disk.resolve("out");
      Path filler = disk.resolve("filler");
      check(wrong, "first", score(first, output, "first").exitCode() == 0);
      PublishedOutput published = new PublishedOutput(Location.of(output));
      Map<String, String> old = Scores.files(output);
      int runs = 0;
      for (long left = 0; true; left += STEP_BYTES) {
        fill(filler, Files.getFileStore(disk).getUsableSpace() - left);
        JobRun run = score(second, output, "left-" + left);
        Files.delete(filler);
        runs++;
        String name = "with %s bytes left".formatted(left);
        if (run.exitCode() == 0) {
          Map<Long, Integer> expected = ScoringJobTest.expected(second, 0, rows);
          check(wrong, name + " all rows", Scores.of(output).equals(expected));
          checkGarbage(wrong, name, published);
          return runs;
        }

        String reported = String.join("\n", run.err().lines().limit(6).toList());
        boolean isReported =
            reported.contains(disk.toString()) && reported.contains("No space left on device");
        check(wrong, name + " reported " + reported, run.exitCode() == 1 && isReported);
        check(wrong, name + " the old output", Scores.files(output).equals(old));
        checkGarbage(wrong, name, published);
      }
    } finally {
      command("umount", disk.toString());
    }
  }

  private static void checkGarbage(List<String> wrong, String name, PublishedOutput published)
      throws IOException {
    List<String> garbage = published.garbage(PARTITIONS);
    check(wrong, "%s garbage %s".formatted(name, garbage), garbage.isEmpty());
  }

  private static void fill(Path file, long bytes) throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long written = 0; written + block.length <= bytes; written += block.length) {
        out.write(block);
      }
    }
  }

  private int noPermission(List<String> wrong) throws Exception {
    PackagedJob job = new PackagedJob(directory.resolve("job"));
    permit("rwxr-xr-x", directory);
    Path open = Files.createDirectory(directory.resolve("open"));
    permit(
        "rwxrwxrwx",
        open,
        directory.resolve("job"),
        Files.createDirectory(directory.resolve("job/tmp")));
    Path output = open.resolve("out");
    check(wrong, "first", score(first, output, "first").exitCode() == 0);
    Path state = open.resolve("_paritree/out");
    Map<String, String> old = Scores.files(output);

    denied(wrong, job, output, 1, open.resolve("_paritree"));
    permit(
        "rwxrwxrwx",
        open.resolve("_paritree"),
        state,
        state.resolve("running"),
        state.resolve("runs"));
    denied(wrong, job, output, 1, state.resolve("lock/held"));
    permit("rwxrwxrwx", state.resolve("lock"), state.resolve("lock/held"));
    denied(wrong, job, output, 1, output.resolve("day=1"));
    permit("rwxrwxrwx", output);
    permit("rwx------", input.resolve("day=2"));
    denied(wrong, job, output, 1, input.resolve("day=2"));
    permit("rwxr-xr-x", input.resolve("day=2"));
    permit("rwx------", Path.of(second));
    denied(wrong, job, output, 1, Path.of(second));
    permit("rwxr-xr-x", Path.of(second));
    check(wrong, "the old output", Scores.files(output).equals(old));

    check(wrong, "next run", score(second, output, "next").exitCode() == 0);
    Map<Long, Integer> expected = ScoringJobTest.expected(second, 0, rows);
    check(wrong, "all rows of the next run", Scores.of(output).equals(expected));
    List<String> garbage = new PublishedOutput(Location.of(output)).garbage(PARTITIONS);
    check(wrong, "garbage " + garbage, garbage.isEmpty());
    return 5;
  }

  private static void permit(String permissions, Path... paths) throws IOException {
    for (Path path : paths) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
  }

  /** Runs as the user {@code nobody}, which must fail because of a place. */
  private void denied(List<String> wrong, PackagedJob job, Path output, int exitCode, Path place)
      throws Exception {
    List<Object> arguments = arguments(second, output, "nobody");
    int left = JobProcess.exitCode(job.startAsNobody("nobody", ScoreMain.class, arguments));
    boolean isTold =
        job.log("nobody")
            .lines()
            .anyMatch(
                line ->
                    line.contains(place.toString())
                        && line.matches(".*([Dd]enied|not permitted).*"));
    check(
        wrong,
        "%s denied: exit code %s, %s".formatted(place, left, job.log("nobody")),
        left == exitCode && isTold);
  }

  private static void check(List<String> wrong, String what, boolean holds) {
    if (!holds) {
      wrong.add(what);
    }
  }

  private static void command(String... command) throws Exception {
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IOException("Cannot run %s".formatted(Arrays.toString(command)));
    }
  }

  private JobRun score(String model, Path output, String run) {
    return JobRun.of(arguments(model, output, run).toArray());
  }

  private List<Object> arguments(String model, Path output, String run) {
    return List.of(
        "--model",
        model,
        "--input",
        input,
        "--output",
        output,
        "--keys",
        "parcel_id",
        "--run-id",
        run);
  }
}
