package io.paritree.proof;

import io.paritree.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
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

  private static boolean names(byte[] served, String run) {
    Pattern named = Pattern.compile("\"run\"\\s*:\\s*" + Pattern.quote(TriedRecord.quoted(run)));
    return named.matcher(new String(served, StandardCharsets.UTF_8)).find();
  }

  /**
   * Looks up what is stored of some records of a block, whose places in it are their keys.
   *
   * @param to receives the answers
   */
  public void find(TriedBlock block, List<Integer> records, WayAnswers to) throws IOException {
    int most = RefusingWay.batch(Math.max(block.schema().fields().size(), results.outputs()));
    TriedServer.each(TriedServer.parts(records, most), part -> find(part, to));
  }

  private void find(List<Integer> records, WayAnswers to) throws IOException {
    String keys =
        records.stream().map(String::valueOf).collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    byte[] body = keys.getBytes(StandardCharsets.UTF_8);
    results.readAll(server.results(path + "/lookup", "application/json", body), records, to);
  }
}
