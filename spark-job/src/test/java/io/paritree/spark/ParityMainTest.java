package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.ParityMain.Ended;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What was found decides the exit code, wherever it can be kept. */
class ParityMainTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Ended afterKeepingNothing(Ended found) {
    return found.withKept(
        "The evidence was not written",
        () -> {
          throw new FileNotFoundException("/none/evidence.json");
        },
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @Test
  void evidenceThatCannotBeWrittenIsAReasonOnlyIfThereIsNoOther() {
    Ended differs = new Ended(Ended.DIFFERS, "Differs: sql");
    Ended refused = new Ended(3, "Not proved: day=2026-01-01");

    assertThat(afterKeepingNothing(differs)).isEqualTo(differs);
    assertThat(afterKeepingNothing(refused)).isEqualTo(refused);
    Ended same = afterKeepingNothing(new Ended(0, ""));
    assertThat(same.exitCode()).isEqualTo(1);
    assertThat(same.reason()).contains("not written", "/none/evidence.json");
    assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(3).containsOnly(same.reason());
  }
}
