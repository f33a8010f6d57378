package io.paritree;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The class path of what a POM depends on, which is no module, with the files that Maven has. */
public final class MavenClassPath {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final Path WORK = ROOT.resolve("spark-job/target/compat");

  /** A Maven runs too briefly for the JVM's second compiler, which would take half of its time. */
  static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private MavenClassPath() {}

  /**
   * Resolves a class path; the first time may take minutes. One that this build has resolved before
   * is taken, also by another JVM, if all its files are there.
   *
   * @param pom has the root's as its parent, or none
   * @param options more options of Maven
   */
  public static String of(Path pom, String... options) throws IOException, InterruptedException {
    String parent = Files.readString(ROOT.resolve("pom.xml"));
    String asked = parent + Files.readString(pom) + String.join("\n", options);
    String digest = Sha256.hex(asked.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    Path classPath = Files.createDirectories(WORK).resolve("resolved-" + digest + ".classpath");
    try (FileChannel turn = FileChannel.open(WORK.resolve("turn"), CREATE, WRITE)) {
      turn.lock(); // Maven's repository is not made for two that write
      if (!isThere(classPath)) {
        resolve(pom, classPath, options);
      }
    }

    return Files.readString(classPath).strip();
  }

  private static boolean isThere(Path classPath) throws IOException {
    return Files.exists(classPath)
        && Stream.of(Files.readString(classPath).strip().split(File.pathSeparator))
            .allMatch(file -> Files.exists(Path.of(file)));
  }

  private static void resolve(Path pom, Path classPath, String... options)
      throws IOException, InterruptedException {
    Path made = Files.createTempFile(WORK, "resolved", ".classpath");
    Path log = Files.createTempFile(WORK, "maven", ".log");
    List<String> command = new ArrayList<>(List.of("mvn", "-B", "-q"));
    if (Boolean.getBoolean("maven.offline")) {
      command.add("-o");
    }

    command.addAll(List.of("-f", pom.toString(), "-Dmdep.includeScope=runtime"));
    command.addAll(List.of("-Dmdep.outputFile=" + made, "dependency:build-classpath"));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putIfAbsent("MAVEN_OPTS", FIRST_COMPILER);
    Process maven = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (maven.waitFor() != 0) {
      throw new IOException(
          "Cannot resolve what %s depends on: %s".formatted(pom, Files.readString(log)));
    }

    Files.move(made, classPath, StandardCopyOption.ATOMIC_MOVE);
  }
}
