package io.paritree.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Scores that a server answers by a key of one whole number. Thread-safe. */
public final class TriedLookup {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration BETWEEN = Duration.ofMillis(100);

  private final String path;
  private final TriedServer server;
  private final ResultReader results;

  /**
   * @param path of the stored scores
   */
  TriedLookup(String path, TriedServer server, ResultReader results) {
    this.path = path;
    this.server = server;
    this.results = results;
  }

  /**
   * Waits until what a run has published is answered.
   *
   * @throws IOException if it is not after {@link #PATIENCE}
   */
  public void await(String run) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    byte[] served = server.described(path);
    while (!names(served, run)) {
      if (System.nanoTime() > end) {
        throw new IOException(
            "Cannot look scores up: the server does not serve the run %s: GET %s answers %s"
                .formatted(run, path, Fault.printable(new String(served, StandardCharsets.UTF_8))));
      }

      LockSupport.parkNanos(BETWEEN.toNanos());
      served = server.described(path);
    }
  }

  private static boolean names(byte[] served, String run) throws IOException {
    try (JsonParser json = new JsonFactory().createParser(served)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_STRING
            && "run".equals(json.currentName())
            && json.getText().equals(run)) {
          return true;
        }
      }
    }

    return false;
  }

  /**
   * Looks up what is stored of some records of a block.
   *
   * @param records their places in the block
   * @param first the key of the record at the place 0; those of others follow
   * @param to receives the answers
   */
  public void find(TriedBlock block, List<Integer> records, int first, WayAnswers to)
      throws IOException {
    int most = RefusingWay.batch(Math.max(block.schema().fields().size(), results.outputs()));
    for (int from = 0; from < records.size(); from += most) {
      List<Integer> some = records.subList(from, Math.min(records.size(), from + most));
      String keys =
          some.stream()
              .map(record -> String.valueOf(first + record))
              .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
      byte[] body = keys.getBytes(StandardCharsets.UTF_8);
      byte[] answer = server.results(path + "/lookup", "application/json", body);
      results.readAll(answer, some, to);
    }
  }
}
