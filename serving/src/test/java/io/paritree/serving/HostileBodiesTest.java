package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No body makes the server fail, hang or log an error. */
class HostileBodiesTest {
  private static final int REQUESTS = 10_000;

  @TempDir Path directory;

  @Test
  void mutatedBodiesAreAnsweredByResultsOrProblems() throws Exception {
    long seed = Seed.value();
    List<String> good = new ArrayList<>(TestPackages.records(40));
    good.add("[" + String.join(",", good) + "]");
    BodyMutations bodies = new BodyMutations(Seed.random(seed), good);
    String[] paths = {
      "/v1/models/parcel-late/score",
      "/v1/models/parcel-late/score-batch",
      "/v1/models/parcel-class/score",
      "/v1/models/wide/score-batch"
    };
    TestPackages packages = new TestPackages(directory);
    int[] byStatus = new int[600];
    try (LoggedErrors errors = new LoggedErrors();
        RunningServer serving = RunningServer.start(packages);
        Client client = new Client(serving.port())) {
      for (int request = 0; request < REQUESTS; request++) {
        byte[] body = bodies.next();
        long begin = System.nanoTime();
        Answer answer = client.post(paths[request % paths.length], body);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);

        byStatus[answer.status()]++;
        assertThat(answer.status()).as("request %s of seed %s", request, seed).isIn(200, 400);
        assertThat(millis).as("request %s of seed %s", request, seed).isLessThan(2_000);
        assertThat(answer.body()).doesNotContain("Exception", "io.paritree", "jackson");
        if (answer.status() == 200) {
          JsonTree.parse(answer.body()); // neither NaN nor Infinity is JSON
        }
      }

      assertThat(errors.lines()).isEmpty();
      assertThat(client.get("/health/ready").status()).isEqualTo(200);
    }

    // The mutations give both outcomes.
    assertThat(byStatus[200]).isGreaterThan(REQUESTS / 500);
    assertThat(byStatus[400]).isGreaterThan(REQUESTS / 5);
  }
}
