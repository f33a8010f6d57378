package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyColumn.Type;
import io.paritree.lookup.KeyForm;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random and hostile paths, queries and bodies of stored scores: each is answered, never by a
 * failure of the server, and on one connection until an answer announces its end. {@code
 * -Dhostile=N} sends N of them.
 */
class HostileLookupTest {
  private static final List<String> SEGMENTS =
      List.of(
          "loans",
          "1",
          "row",
          "lookup",
          "history",
          "compare",
          "..",
          ".",
          "%2e%2e",
          "%2F",
          "%00",
          "a%2Fb",
          "%5c..%5c",
          "%c3%28",
          "%ff",
          "%",
          "%zz",
          "+",
          "~",
          "*",
          "{key}",
          "loans.old",
          "-1",
          "9223372036854775808",
          "1e3",
          "0x10",
          "NaN",
          "null",
          "true",
          "%F0%9F%98%80",
          "_paritree",
          "etc",
          "passwd",
          "x".repeat(3_000),
          ";",
          "a;b=c",
          "@",
          ":",
          "'--",
          "\"");
  private static final List<String> PARAMETERS =
      List.of(
          "day=2026-11-24",
          "day=..%2F..",
          "day=",
          "day",
          "=",
          "&",
          "loan_id=1",
          "loan_id=%00",
          "limit=5",
          "limit=-1",
          "limit=99999999999",
          "loan_id=1&loan_id=2",
          "%zz=1",
          "key=1",
          "day=" + "x".repeat(2_000));
  private static final List<String> BODIES =
      List.of(
          "",
          "{",
          "{\"keys\":[1,2]}",
          "{\"keys\":[[]]}",
          "{\"keys\":[{\"loan_id\":1}]}",
          "{\"keys\":{}}",
          "{\"keys\":[\"\\ud800\"]}",
          "{\"keys\":[1e999999]}",
          "{\"keys\":[" + "[".repeat(500) + "]}",
          "{\"keys\":[null,true,\"\"]}",
          "{\"keys\":[" + "9".repeat(5_000) + "]}",
          "[1]",
          "\u0000",
          "{\"weight\":1}");

  @TempDir Path directory;

  @Test
  void hostileRequestsAreAnsweredAndNeverByAFailure() throws Exception {
    int requests = Integer.getInteger("hostile", 3_000);
    long seed = Seed.next();
    Random random = new Random(seed);
    StoredOutput loans =
        new StoredOutput(
            directory.resolve("data/loans"),
            new KeyForm(List.of(new KeyColumn("loan_id", Type.INTEGER, 0))),
            1);
    StoredOutput names =
        new StoredOutput(
            directory.resolve("data/names"),
            new KeyForm(List.of(new KeyColumn("name", Type.TEXT, 0))),
            1);
    loans.publish("day=2026-11-24", "m/1", rows -> rows.add(List.of("1"), "", 0.5f));
    names.publish("", "m/1", rows -> rows.add(List.of("a+b c"), "", 0.5f));
    String model = new TestPackages(directory.resolve("store")).binary().getParent().toString();
    Map<String, String> settings =
        Map.of(
            "scores.loans.output", '"' + loans.path().toString() + '"',
            "scores.names.output", '"' + names.path().toString() + '"');
    try (RunningServer serving = RunningServer.start(List.of(model), settings);
        Client client = new Client(serving.port())) {
      for (int number = 0; number < requests; number++) {
        String path = path(random);
        boolean post = random.nextInt(3) == 0;
        String body = post ? any(BODIES, random) : "";
        Answer answer =
            client.send(
                post ? "POST" : "GET",
                path,
                body.getBytes(StandardCharsets.UTF_8),
                post ? "Content-Type: application/json\r\n" : "");
        assertThat(answer.status())
            .as("%s %s -Dseed=%s: %s", path, body, seed, answer.body())
            .isBetween(200, 499);
        if (answer.status() >= 400) {
          assertThat(answer.body())
              .as(path)
              .startsWith("{\"type\":\"urn:paritree:problem:")
              .doesNotContain(directory.toString(), "Exception", "java.");
        }
      }

      assertThat(client.get("/v1/scores/loans/1").body()).contains("\"score\":0.5");
      assertThat(client.get("/v1/scores/names/a+b%20c").body()).contains("\"score\":0.5");
    }
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder("/v1/scores");
    int segments = random.nextInt(5);
    for (int segment = 0; segment < segments; segment++) {
      String named = random.nextBoolean() ? "loans" : "names";
      path.append('/')
          .append(segment == 0 && random.nextInt(4) > 0 ? named : any(SEGMENTS, random));
    }

    for (int parameter = 0; parameter < random.nextInt(4); parameter++) {
      path.append(parameter == 0 ? '?' : '&').append(any(PARAMETERS, random));
    }

    return path.toString();
  }

  private static String any(List<String> texts, Random random) {
    return texts.get(random.nextInt(texts.size()));
  }
}
