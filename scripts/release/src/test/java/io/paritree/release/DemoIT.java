package io.paritree.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The demo of a checkout, as built: all that it compares is equal, or it ends with another code.
 * {@code ReleaseIT} runs the same commands, from a seal to a look-up, on each push.
 */
@Tag("nightly")
class DemoIT {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));

  @Test
  void demoRunsFromTheTrainingToTheLookUp() throws Exception {
    Location results = Location.of(ROOT.resolve("target/demo"));
    FileStore.of(results).delete(results); // it would take over those of an earlier one
    ProcessBuilder builder = new ProcessBuilder(ROOT.resolve("scripts/demo").toString(), "--exit");
    builder.environment().put("PARITREE_BUILT", "1");
    // Its programs run too briefly for the JVM's second compiler.
    builder.environment().put("PARITREE_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process demo = builder.redirectErrorStream(true).start();
    List<String> printed = new ArrayList<>();
    try (BufferedReader out = demo.inputReader()) {
      for (String line; (line = out.readLine()) != null; ) {
        System.out.println(line);
        printed.add(line);
      }
    }

    assertThat(demo.waitFor()).isZero();
    assertThat(printed).filteredOn(line -> line.startsWith("== ")).hasSize(7);
    assertThat(printed).contains("Written under target/demo:");
  }
}
