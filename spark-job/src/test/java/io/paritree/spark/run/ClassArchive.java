package io.paritree.spark.run;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The classes of Spark that a run of the job loads, archived: a JVM that reads them from there is
 * ready in half the time. The first test that needs the archive makes it, for all others and for
 * later builds.
 *
 * <p>A JVM uses it if its class path begins with the one of that run, and reads the jars otherwise.
 */
final class ClassArchive {
  private ClassArchive() {}

  /** Starts the job in a JVM with one more option. */
  interface Run {
    Process start(Path log, String option, List<Object> arguments) throws IOException;
  }

  /**
   * Returns the option of {@code java} that makes it read an archive.
   *
   * @param directory has the archive
   * @param run is archived, unless this Java's archive is there
   */
  static synchronized String option(Path directory, Run run)
      throws IOException, InterruptedException {
    String java = System.getProperty("java.vm.version").replaceAll("[^0-9.]", "-");
    Path archive = directory.resolve("classes-" + java);
    if (!Files.exists(archive)) {
      try (FileChannel turn = FileChannel.open(directory.resolve("turn"), CREATE, WRITE)) {
        turn.lock(); // another JVM may be making it
        if (!Files.exists(archive)) {
          make(archive, run);
        }
      }
    }

    return "-XX:SharedArchiveFile=" + archive;
  }

  private static void make(Path archive, Run run) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(archive.getParent(), "archiving");
    Path input = work.resolve("in");
    for (int day = 1; day <= 2; day++) {
      Parcels.write(input.resolve("day=" + day), day * 100, day * 100 + 100, 50, 2);
    }

    List<Object> arguments =
        List.of(
            "--model",
            VersionTrial.MODEL,
            "--input",
            input,
            "--output",
            work.resolve("out"),
            "--keys",
            "parcel_id",
            "--lookup-index");
    Path made = work.resolve("made");
    Path log = work.resolve("log");
    Process process = run.start(log, "-XX:ArchiveClassesAtExit=" + made, arguments);
    if (JobProcess.exitCode(process) != 0 || !Files.exists(made)) {
      throw new IOException("Cannot archive classes: " + Files.readString(log));
    }

    Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
    FileStore.of(Location.of(work)).delete(Location.of(work));
  }
}
