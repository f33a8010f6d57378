package io.paritree;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The class path of what a POM depends on, which is no module, with the files that Maven has. */
public final class MavenClassPath {
  private static final Path WORK =
      Path.of(System.getProperty("paritree.root"), "spark-job", "target", "compat");

  private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private MavenClassPath() {}

  /**
   * Resolves a class path; the first time may take minutes.
   *
   * @param options more options of Maven
   */
  public static String of(Path pom, String... options) throws IOException, InterruptedException {
    Files.createDirectories(WORK);
    Path classPath = Files.createTempFile(WORK, "resolved", ".classpath");
    Path log = Files.createTempFile(WORK, "maven", ".log");
    List<String> command = new ArrayList<>(List.of("mvn", "-B", "-q"));
    if (Boolean.getBoolean("maven.offline")) {
      command.add("-o");
    }

    command.addAll(List.of("-f", pom.toString(), "-Dmdep.includeScope=runtime"));
    command.addAll(List.of("-Dmdep.outputFile=" + classPath, "dependency:build-classpath"));
    command.addAll(List.of(options));
    try (FileChannel turn = FileChannel.open(WORK.resolve("turn"), CREATE, WRITE)) {
      turn.lock(); // Maven's repository is not made for two that write
      ProcessBuilder builder = new ProcessBuilder(command);
      // It runs too briefly for the JVM's second compiler, which would take half of its CPU time.
      builder.environment().putIfAbsent("MAVEN_OPTS", FIRST_COMPILER);
      Process maven = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
      if (maven.waitFor() != 0) {
        throw new IOException(
            "Cannot resolve what %s depends on: %s".formatted(pom, Files.readString(log)));
      }
    }

    return Files.readString(classPath).strip();
  }
}
