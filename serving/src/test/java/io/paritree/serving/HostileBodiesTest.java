package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No body makes the server fail, hang or log an error. */
class HostileBodiesTest {
  private static final int REQUESTS = 10_000;
  private static final int SWEEPS = 3_000;

  @TempDir Path directory;

  @Test
  void mutatedBodiesAreAnsweredByResultsOrProblems() throws Exception {
    List<String> good = new ArrayList<>(TestPackages.records(40));
    good.add("[" + String.join(",", good) + "]");
    check(
        REQUESTS,
        good,
        "/v1/models/parcel-late/score",
        "/v1/models/parcel-late/score-batch",
        "/v1/models/parcel-class/score",
        "/v1/models/wide/score-batch");
  }

  @Test
  void mutatedSweepsAreAnsweredByResultsOrProblems() throws Exception {
    String[] forms = {
      "{\"record\":%s,\"field\":\"weight\",\"values\":[1,\"x\",null,-2.5]}",
      "{\"field\":\"distance\",\"from\":0,\"to\":100,\"steps\":5,\"record\":%s}",
      "{\"record\":%s,\"field\":\"distance\"}",
      "{\"record\":%s,\"field\":\"carrier\"}"
    };
    List<String> good = new ArrayList<>();
    for (String record : TestPackages.records(40)) {
      good.add(forms[good.size() % forms.length].formatted(record));
    }

    check(SWEEPS, good, "/v1/models/parcel-late/sweep", "/v1/models/parcel-class/sweep");
  }

  private void check(int requests, List<String> good, String... paths) throws Exception {
    long seed = Seed.next();
    BodyMutations bodies = new BodyMutations(new Random(seed), good);
    TestPackages packages = new TestPackages(directory);
    int[] byStatus = new int[600];
    try (LoggedErrors errors = new LoggedErrors();
        RunningServer serving = RunningServer.start(packages);
        Client client = new Client(serving.port())) {
      for (int request = 0; request < requests; request++) {
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
    assertThat(byStatus[200]).isGreaterThan(requests / 500);
    assertThat(byStatus[400]).isGreaterThan(requests / 5);
  }
}
