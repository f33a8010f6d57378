package io.paritree.model.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The scripts pass names to Java as they were typed, in any locale. */
class ScriptsTest {
  private static final Path COMMON =
      Path.of(System.getProperty("paritree.root"), "scripts", "common.sh");

  @Test
  void aLocaleWithoutUtf8IsReplacedByOneThatHasIt() throws Exception {
    assertThat(locale(Map.of())).isEqualTo("C.UTF-8");
    assertThat(locale(Map.of("LANG", "C"))).isEqualTo("C.UTF-8");
    assertThat(locale(Map.of("LANG", "de_DE.UTF-8", "LC_ALL", "POSIX"))).isEqualTo("C.UTF-8");
  }

  @Test
  void aLocaleWithUtf8IsKept() throws Exception {
    assertThat(locale(Map.of("LANG", "de_DE.UTF-8"))).isEmpty();
    assertThat(locale(Map.of("LC_ALL", "C.utf8"))).isEqualTo("C.utf8");
    assertThat(locale(Map.of("LANG", "C", "LC_CTYPE", "en_US.UTF-8"))).isEmpty();
  }

  private static String locale(Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", "source \"$0\"; echo \"${LC_ALL:-}\"", COMMON.toString());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().keySet().removeIf(name -> name.equals("LANG") || name.startsWith("LC_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).isZero();
    return printed;
  }
}
