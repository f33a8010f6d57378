package io.paritree.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prometheus takes the rules and the metrics. Needs promtool (Debian's package prometheus). */
@Tag("clusters")
class PromtoolTest extends ServedLoans {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));

  private void promtool(Path input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectInput(input.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** Returns the files with this name of the server and the job. */
  private static List<Path> ops(String file) throws Exception {
    try (Stream<Path> modules = Files.list(ROOT)) {
      return modules
          .map(module -> module.resolve("ops").resolve(file))
          .filter(Files::exists)
          .toList();
    }
  }

  @Test
  void metricsAreWithoutFault() throws Exception {
    client.get("/v1/scores/loans/4711");
    Path text = Files.writeString(directory.resolve("metrics"), operator.get("/metrics").body());

    promtool(text, "check", "metrics");
  }

  @Test
  void rulesAreWithoutFaultAndFireOnWhatTheyAreFor() throws Exception {
    assertThat(ops("alerts.yml")).isNotEmpty();
    for (Path rules : ops("alerts.yml")) {
      promtool(rules, "check", "rules", "--lint-fatal", rules.toString());
      Path tests = rules.resolveSibling("alerts-test.yml");
      promtool(tests, "test", "rules", tests.toString());
    }
  }
}
