package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.config.ConfigurationException;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A start is refused if the system does not allow what the limits do. */
class SystemLimitsTest {
  private static ServingConfig config(Map<String, String> settings) throws Exception {
    return TestConfig.read(Optional.empty(), settings);
  }

  @Test
  void connectionsNeedFiles() {
    assertThatCode(() -> SystemLimits.checkFiles(1_000, 0, 1_128)).doesNotThrowAnyException();
    assertThatThrownBy(() -> SystemLimits.checkFiles(1_000, 0, 1_127))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("open 1127 files")
        .hasMessageContaining("ulimit -n 1128")
        .hasMessageContaining("server.max-connections to 999 or less");
    assertThatThrownBy(() -> SystemLimits.checkFiles(1_000, 0, 64))
        .hasMessageEndingWith("systemd)");
  }

  @Test
  void indexesOfStoredScoresNeedFilesToo() {
    assertThatCode(() -> SystemLimits.checkFiles(1_000, 64, 1_192)).doesNotThrowAnyException();
    assertThatThrownBy(() -> SystemLimits.checkFiles(1_000, 64, 1_191))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("1000 and the indexes of stored scores, each twice, need 1192")
        .hasMessageContaining("server.max-connections to 999 or less");
  }

  @Test
  void heapHoldsWhatCallersMayOccupyBesideTheModels() throws Exception {
    Map<String, String> settings =
        Map.of(
            "limits.pending-bodies", "10 MiB",
            "limits.pending-answers", "20 MiB",
            "limits.body", "2 MiB",
            "admission.running", "4");
    ServingConfig config = config(settings);

    assertThatCode(() -> SystemLimits.checkHeap(config, 5 << 20, 53 << 20))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> SystemLimits.checkHeap(config, 5 << 20, 52 << 20))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the heap has 52 MiB")
        .hasMessageContaining("models and indexes take 5 MiB and callers may occupy 48 MiB")
        .hasMessageContaining("-Xmx60m");
  }

  @Test
  void heapHoldsTheReportsOfRunsToo() throws Exception {
    ServingConfig config = config(Map.of("scores.loans.output", "/scores"));
    ServingConfig without = config(Map.of());
    int heap = 250 << 20;
    assertThatCode(() -> SystemLimits.checkHeap(without, 5 << 20, heap)).doesNotThrowAnyException();
    assertThatThrownBy(() -> SystemLimits.checkHeap(config, 5 << 20, heap))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageEndingWith("; reports of runs take 112 MiB of it");
  }
}
