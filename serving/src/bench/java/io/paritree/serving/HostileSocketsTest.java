package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.model.TestPackages;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code scripts/faults http hostile}. */
class HostileSocketsTest {
  private static final int REQUESTS = 2_500;

  @TempDir Path directory;

  @Test
  void hostileRequestsOverSocketsAreAnsweredOrClosed() throws Exception {
    long seed = Seed.next();
    try (LoggedErrors errors = new LoggedErrors();
        RunningServer serving = RunningServer.start(new TestPackages(directory));
        Client client = new Client(serving.port())) {
      String answer = client.post(Trial.SCORE, Trial.RECORD).body();
      HostileRun run =
          new HostileRun(serving.port(), new HostileRequests(seed, answer), 0, REQUESTS);
      run.run(4, 120);

      assertThat(run.failures()).as("seed %s", seed).isEmpty();
      assertThat(run.sent()).isEqualTo(REQUESTS);
      assertThat(run.counts()).containsKeys("200", "400", "404", "415", "505");
      assertThat(errors.lines()).as("seed %s", seed).isEmpty();
      assertThat(client.post(Trial.SCORE, Trial.RECORD).body()).isEqualTo(answer);
    }
  }

  @Test
  void wrongAnswersAreFound() throws Exception {
    try (RunningServer serving = RunningServer.start(new TestPackages(directory))) {
      HostileRun run =
          new HostileRun(serving.port(), new HostileRequests(1, "another answer"), 0, 100);
      run.run(2, 60);

      assertThat(run.failed()).isPositive();
      assertThat(run.failures()).anyMatch(failure -> failure.contains("status 200"));
    }
  }
}
