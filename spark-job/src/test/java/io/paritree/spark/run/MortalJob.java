package io.paritree.spark.run;

import io.paritree.model.TestPackages;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/** The job whose runs a {@link DeathTrial} kills: its models, its input, and its processes. */
final class MortalJob {
  /** As many partitions as most trials need. */
  static final int FEW = 3;

  /** Of the input, where there are few partitions. */
  private static final int INPUT_FILES = 2;

  /** Of the output, of few partitions. */
  private static final int FILES = 4 * FEW;

  /** On S3, more of each of a few than {@code core-site.xml} lets a client delete at once. */
  private static final int OBJECTS = 24 * FEW;

  /** With one file each, no reader could see a mix of two runs. */
  private static final int LEAST_FILES_OF_ONE = 2;

  private final List<String> partitions;
  private final int rowsPerPartition;
  private final List<String> models;
  private final Location home; // of output and state
  private final Location input;
  private final boolean fileByFile;
  private final List<Object> more;
  private final PackagedJob job;
  private long nanosOfRun;

  /**
   * @param directory for models and logs, on a local disk
   * @param place where input and output are; if it moves files one by one, only the output
   * @param partitions of the input
   * @param rows rows of the input
   * @param locks settings of the output's lock, as in a configuration file; empty for the defaults
   */
  MortalJob(
      Path directory, Location place, int partitions, int rows, String locks, String... javaOptions)
      throws Exception {
    this.partitions =
        IntStream.rangeClosed(1, partitions).mapToObj(number -> "day=" + number).toList();
    this.home = place.resolve("published");
    this.fileByFile = !FileStore.of(home).renamesDirectoriesWhole(home);
    this.rowsPerPartition = rows / partitions;
    int files = Math.max(LEAST_FILES_OF_ONE, (fileByFile ? OBJECTS : FILES) / partitions);
    int rowsPerFile = Math.max(1, rowsPerPartition / files);
    Path conf = directory.resolve("trial.conf");
    Files.writeString(conf, "scoring-job { rows-per-file = %s, %s }".formatted(rowsPerFile, locks));
    this.more = List.of("--conf", conf);
    List<String> options = new ArrayList<>(List.of(javaOptions));
    // One task per file of a few partitions: a run can be killed between two of them.
    options.add("-Dspark.sql.files.minPartitionNum=" + INPUT_FILES * FEW);
    TestPackages packages = new TestPackages(directory.resolve("models"));
    this.models = List.of(packages.binary(1, 5).toString(), packages.binary(2, 6).toString());
    Path local = directory.resolve("in");
    this.input = fileByFile ? Location.of(local) : place.resolve("in");
    int inputFiles = partitions > FEW ? 1 : INPUT_FILES;
    Parcels.writeDays(local.toString(), partitions, rowsPerPartition, inputFiles);
    if (!input.isLocal()) {
      org.apache.hadoop.fs.Path to = HadoopPaths.of(input);
      to.getFileSystem(new Configuration())
          .copyFromLocalFile(new org.apache.hadoop.fs.Path(local.toUri()), to);
    }

    this.job = new PackagedJob(directory.resolve("job"), options.toArray(String[]::new));
  }

  /** Archives the classes of the job, for many processes. */
  void archive() throws Exception {
    job.archive(arguments(0, "warm"));
    forgetOutput();
  }

  /** Measures how long a process takes; nothing may be published. */
  void time() throws Exception {
    long begin = System.nanoTime();
    JobProcess.exitCode(start(ScoreMain.class, arguments(0, "timed")));
    nanosOfRun = System.nanoTime() - begin;
    forgetOutput();
  }

  /** Returns how long a process takes. */
  long nanosOfRun() {
    return nanosOfRun;
  }

  /** Returns the directory of output and state. */
  Location home() {
    return home;
  }

  Location output() {
    return home.resolve("out");
  }

  /** Returns whether the store moves the files of a directory one by one. */
  boolean movesFileByFile() {
    return fileByFile;
  }

  List<String> partitions() {
    return partitions;
  }

  int rowsPerPartition() {
    return rowsPerPartition;
  }

  /** Returns the model of a run: each has another one than the run before. */
  String model(int run) {
    return models.get(run % 2);
  }

  /** Removes the output and its state, so that the next publication is the first one. */
  void forgetOutput() throws IOException {
    FileStore.of(home).delete(home);
  }

  List<Object> arguments(int run, String id) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                model(run),
                "--input",
                input,
                "--output",
                output(),
                "--keys",
                "parcel_id",
                "--lookup-index",
                "--drift",
                "gate",
                "--run-id",
                id));
    arguments.addAll(more);
    if (fileByFile) {
      arguments.add("--accept-non-atomic");
    }

    return arguments;
  }

  /** Starts the recovery of the output in a process. */
  Process startRecovery() throws IOException {
    List<Object> recovery = new ArrayList<>(List.of("--recover", "--output", output()));
    recovery.addAll(more);
    return start(ScoreMain.class, recovery);
  }

  /** Recovers the output, with the settings of the lock. */
  void recover() {
    JobRun.recovery(output(), more);
  }

  Process start(Class<?> program, List<Object> arguments) throws IOException {
    job.clear();
    return job.start("killed", program, arguments);
  }
}
