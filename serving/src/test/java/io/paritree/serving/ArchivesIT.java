package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of classes that the real script makes of the packaged server and uses. */
class ArchivesIT {
  private static final String MAKING = "Making an archive of classes";
  private static final String OTHER = "-XX:+UseStringDeduplication";
  private static final String CLASSES = "-Xlog:class+load:file=";

  @TempDir private static Path shared;
  private static Path model;
  private static Path made; // a directory of archives that a first start has filled

  @TempDir Path directory;
  private Path archives;

  /** What a check that has succeeded says of its archive. */
  private enum Archive {
    USED,
    NOT_USED
  }

  @BeforeAll
  static void makeOne() throws Exception {
    model = new TestPackages(shared.resolve("store")).binary();
    made = Files.createDirectory(shared.resolve("archives"));

    // One archive for the same options, also of two starts at once.
    Map<String, String> environment = Map.of("PARITREE_ARCHIVES", made.toString());
    try (ServeRun first = new ServeRun(shared, environment, "--model", model.toString());
        ServeRun second = new ServeRun(shared, environment, "--model", model.toString())) {
      assertThat(first.port()).isNotEqualTo(second.port());
      assertThat(List.of(first.output(), second.output()))
          .anyMatch(said -> said.startsWith(MAKING))
          .allMatch(said -> said.indexOf(MAKING) == said.lastIndexOf(MAKING));
    }

    assertThat(archives(made)).hasSize(1);
  }

  @BeforeEach
  void copy() throws IOException {
    archives = Files.createDirectory(directory.resolve("archives"));
    Path archive = archives(made).get(0);
    Files.copy(archive, archives.resolve(archive.getFileName()));
  }

  @Test
  void laterStartsHaveTheirClassesFromTheArchiveAndSayNothingOfIt() throws Exception {
    FileTime time = Files.getLastModifiedTime(archives(made).get(0));
    try (ServeRun again =
        new ServeRun(
            shared, Map.of("PARITREE_ARCHIVES", made.toString()), "--model", model.toString())) {
      again.port();
      assertThat(again.output()).doesNotContain("archive");
    }

    assertThat(archives(made)).hasSize(1);
    assertThat(Files.getLastModifiedTime(archives(made).get(0))).isEqualTo(time);
    assertThat(checked(made.toString(), "")).isEqualTo(Archive.USED);
    assertThat(checked("off", "")).isEqualTo(Archive.NOT_USED);
  }

  @Test
  @Tag("nightly")
  void sizesAndPropertiesNeedNoOtherArchiveAndOtherOptionsDo() throws Exception {
    assertThat(checked(archives.toString(), "-Xmx300m -Da=b")).isEqualTo(Archive.USED);
    assertThat(archives(archives)).hasSize(1);

    assertThat(started(archives, Map.of("PARITREE_JAVA_OPTS", OTHER))).startsWith(MAKING);

    assertThat(archives(archives)).hasSize(2);
  }

  @Test
  void whatOthersCanWriteIsNeitherUsedNorMade() throws Exception {
    for (String open : Forms.some(1, List.of("rwxrwxr-x", "rwxr-xrwx"))) {
      Files.setPosixFilePermissions(archives, PosixFilePermissions.fromString(open));

      assertThat(checked(archives.toString(), "")).isEqualTo(Archive.NOT_USED);
    }

    assertThat(started(archives, Map.of("PARITREE_JAVA_OPTS", OTHER))).doesNotContain(MAKING);
    assertThat(archives(archives)).hasSize(1);
  }

  @Test
  @Tag("nightly")
  void damagedArchivesChangeNothing() throws Exception {
    Path archive = archives(archives).get(0);
    archive.toFile().setWritable(true);
    byte[] whole = Files.readAllBytes(archive);
    for (int missing : new int[] {4_096, whole.length}) {
      Arrays.fill(whole, 0, missing, (byte) 0); // a JVM writes the beginning last
      Files.write(archive, whole);

      checked(archives.toString(), "");
    }

    Files.write(archive, new byte[] {1});
    checked(archives.toString(), "");
  }

  @Test
  @Tag("nightly")
  void placeThatTakesNoArchiveChangesNothing() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThat(started(file, Map.of())).doesNotContain(MAKING);
    assertThat(started(file.resolve("below"), Map.of())).doesNotContain(MAKING);
    assertThat(file).isEmptyFile();
  }

  @Test
  @Tag("nightly")
  void aStartWhoseArchiveCannotBeMadeServes() throws Exception {
    Path empty = directory.resolve("limited");
    // A file of 4 MB is as a full disk.
    Path script =
        Files.writeString(
            directory.resolve("limited.sh"),
            "#!/usr/bin/env bash\nulimit -f 4000\nexec %s \"$@\"\n".formatted(ServeRun.SCRIPT));
    assertThat(script.toFile().setExecutable(true)).isTrue();

    assertThat(started(script, empty, Map.of())).startsWith(MAKING);

    assertThat(archives(empty)).isEmpty();
  }

  @Test
  void killedMakingLeavesNothingAndTheNextStartMakesIt() throws Exception {
    Path empty = directory.resolve("interrupted");
    Map<String, String> environment = Map.of("PARITREE_ARCHIVES", empty.toString());
    try (ServeRun run = new ServeRun(directory, environment, "--model", model.toString())) {
      run.awaitOutput(MAKING);
      run.process().destroy(); // SIGTERM

      assertThat(run.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(run.process().exitValue()).isZero();
    }

    try (Stream<Path> files = Files.list(empty)) {
      assertThat(files).noneMatch(file -> file.toString().matches(".*archive(\\.[0-9]+)?"));
    }

    assertThat(started(empty, Map.of())).startsWith(MAKING);
  }

  /** Starts a server, which may make an archive, and returns what it has said until it is ready. */
  private static String started(Path archives, Map<String, String> more) throws Exception {
    return started(ServeRun.SCRIPT, archives, more);
  }

  private static String started(Path script, Path archives, Map<String, String> more)
      throws Exception {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("PARITREE_ARCHIVES", archives.toString());
    try (ServeRun run = new ServeRun(script, shared, environment, "--model", model.toString())) {
      run.port();
      return run.output();
    }
  }

  /** Starts a server that checks itself and stops, which makes no archive. */
  private static Archive checked(String archives, String options) throws Exception {
    Path classes = Files.createTempFile(shared, "classes", ".log");
    Map<String, String> environment =
        Map.of(
            "PARITREE_ARCHIVES", archives, "PARITREE_JAVA_OPTS", options + " " + CLASSES + classes);
    try (ServeRun run = new ServeRun(shared, environment, "--model", model.toString(), "--check")) {
      assertThat(run.process().waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(run.process().exitValue()).as(run.output()).isZero();
      assertThat(run.output()).doesNotContain(MAKING, "[cds]", "[aot]", "[warning]");
    }

    String main = ServingMain.class.getName() + " source: shared objects";
    return Files.readString(classes).contains(main) ? Archive.USED : Archive.NOT_USED;
  }

  private static List<Path> archives(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".archive")).toList();
    }
  }
}
