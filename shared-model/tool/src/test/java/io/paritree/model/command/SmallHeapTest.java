package io.paritree.model.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.LargeModels;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model that is too large for the heap is refused in one sentence with the need and the option.
 */
class SmallHeapTest {
  private static final int MODEL_REFUSED = 6;

  @TempDir private static Path directory;
  private static Path large;
  private static Path medium;

  @BeforeAll
  static void makeModels() throws IOException {
    large = LargeModels.write(directory.resolve("large.json"), 32_000);
    medium = LargeModels.write(directory.resolve("medium.json"), 16_000);
    assertThat(Files.size(large)).isBetween(10L << 20, 20L << 20);
    assertThat(Files.size(medium)).isBetween(6L << 20, 8L << 20);
    Files.writeString(directory.resolve("rows.csv"), "a\n1\n");
  }

  /** The estimate is checked before the heap is touched: a server exits when it is exhausted. */
  @Test
  void theNeedIsSaidBeforeTheFileIsRead() throws Exception {
    for (String command : List.of("predict", "inspect", "verify", "seal")) {
      String said = refused("-Xmx20m", "-XX:+ExitOnOutOfMemoryError", command, large);

      assertThat(said)
          .as(command)
          .matches(
              "Model refused: Cannot open \\S*large.json: with 1\\d MB of files it needs about \\d\\d"
                  + " MB of heap, but of the \\d+ MB of this JVM \\d+ MB are free; start it with"
                  + " -Xmx\\d+m or more \\(.*PARITREE_JAVA_OPTS.*\\)\n");
    }
  }

  @Test
  void anExhaustedHeapIsSaidInOneSentence() throws Exception {
    String said = refused("-Xmx12m", "-XX:+UseSerialGC", "inspect", medium);

    assertThat(said).startsWith("Model refused: Cannot open ").contains("medium.json", "-Xmx");
    assertThat(said.lines()).hasSize(1);
  }

  @Test
  void theSameModelIsScoredWithTheHeapThatWasSaid() throws Exception {
    String said = refused("-Xmx20m", "-XX:+UseG1GC", "predict", large);
    String option = said.replaceFirst("(?s).*start it with (-Xmx\\d+m) or more.*", "$1");

    assertThat(run(option, "-XX:+UseG1GC", "predict", large).exitCode()).isZero();
    assertThat(Files.readAllLines(directory.resolve("scores.csv"))).hasSize(2);
  }

  private record Ended(int exitCode, String said) {}

  private String refused(String heap, String flag, String command, Path model) throws Exception {
    Ended ended = run(heap, flag, command, model);
    assertThat(ended.exitCode()).as(ended.said()).isEqualTo(MODEL_REFUSED);
    return ended.said();
  }

  /** As that of {@code scripts/model}: what the JVM keeps of a jar's names is on the heap. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("parquet") && !entry.contains("minicluster"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Ended run(String heap, String flag, String command, Path model) throws Exception {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                flag,
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                classPath(),
                ModelMain.class.getName(),
                command,
                "--model",
                model.toString()));
    switch (command) {
      case "predict" ->
          line.addAll(
              List.of(
                  "--input",
                  directory.resolve("rows.csv").toString(),
                  "--output",
                  directory.resolve("scores.csv").toString()));
      case "seal" ->
          line.addAll(List.of("--name", "m", "--output", directory.resolve("sealed").toString()));
      default -> {}
    }

    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), said);
  }
}
