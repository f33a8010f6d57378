package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.report.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What was found decides the exit code, wherever it can be kept. */
class EndingTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Ending afterKeepingNothing(Ending found, Exception why) {
    return found.withKept(
        "Writing the evidence",
        () -> {
          if (why instanceof IOException unwritten) {
            throw unwritten;
          }

          throw (RuntimeException) why;
        },
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @Test
  void evidenceThatCannotBeWrittenIsAReasonOnlyIfThereIsNoOther() {
    Exception why = new FileNotFoundException("/none/evidence.json");
    Ending differs = new Ending(Outcome.DIFFERS, "Differs: sql");
    Ending refused = new Ending(Outcome.REFUSED, "Not proved: day=2026-01-01");

    assertThat(afterKeepingNothing(differs, why)).isEqualTo(differs);
    assertThat(afterKeepingNothing(refused, why)).isEqualTo(refused);
    Ending same = afterKeepingNothing(Ending.SUCCESS, why);
    assertThat(same.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(same.reason()).isEqualTo("FileNotFoundException: /none/evidence.json");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .containsPattern("(?s)(Writing the evidence failed: FileNotFoundException: .*\\tat .*){3}");
  }

  @Test
  void whatNobodyHasExpectedIsShownWithItsPlace() {
    afterKeepingNothing(Ending.SUCCESS, new IllegalStateException("no such state"));

    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("Writing the evidence failed: IllegalStateException: no such state")
        .contains("\tat io.paritree.spark.run.EndingTest.");
  }
}
