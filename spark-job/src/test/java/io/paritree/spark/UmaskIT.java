package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run writes is open to others as far as the umask of its process says. */
@Tag("clusters")
class UmaskIT {
  @TempDir Path directory;

  @Test
  void filesHaveTheModesOfTheProcesssUmask() throws Exception {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("day=1"), 0, 100, 20, 1);
    Parcels.write(input.resolve("day=2"), 100, 200, 0, 1);
    Path secret = Files.createDirectory(directory.resolve("secret"));
    List<Object> words = new ArrayList<>();
    for (List<Object> output :
        List.<List<Object>>of(
            List.of("--output", secret.resolve("out"), "--lookup-index"),
            List.of("--table", secret.resolve("table"), "--create-table", "--group-by", "day"))) {
      List<Object> arguments = new ArrayList<>(output);
      arguments.addAll(List.of("--model", VersionTrial.MODEL, "--input", input));
      arguments.addAll(List.of("--keys", "parcel_id", "--max-quarantined", 1));
      words.addAll(JobSeries.run(List.of(), arguments));
    }

    Path log = directory.resolve("log");
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "umask 077; exec \"$@\"", "series"));
    command.addAll(series(words));

    assertThat(JobProcess.exitCode(JobProcess.start(command, log)))
        .as(Files.readString(log))
        .isZero();

    try (Stream<Path> all = Files.walk(secret)) {
      assertThat(all.filter(path -> !path.equals(secret)).toList())
          .anyMatch(path -> path.toString().contains("_delta_log/00000000000000000001.checkpoint"))
          .anyMatch(path -> path.toString().contains("/table/day=1/"))
          .anyMatch(path -> path.toString().contains("/quarantine/"))
          .allSatisfy(
              path ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                      .as(path.toString())
                      .endsWith("------"));
    }
  }

  private List<String> series(List<Object> words) throws Exception {
    Path program = directory.resolve("program.jar");
    PackagedJob.write(program, List.of(JobSeries.class.getName().replace('.', '/') + ".class"));
    SparkHome spark = SparkHome.ofTheBuild();
    List<String> jars =
        List.of(
            spark.classPath(), JobProcess.jar().toString(), program.toString(), JobProcess.delta());
    return JobProcess.command(
        JobProcess.javaHome(),
        String.join(File.pathSeparator, jars),
        List.of(
            spark.archived(),
            JobProcess.COLLECTOR,
            "-Dspark.databricks.delta.snapshotPartitions=1",
            "-Dspark.databricks.delta.properties.defaults.checkpointInterval=1",
            "-Dspark.sql.shuffle.partitions=1"),
        JobSeries.class.getName(),
        words.toArray());
  }
}
