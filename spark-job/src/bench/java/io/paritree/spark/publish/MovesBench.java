package io.paritree.spark.publish;

import io.paritree.spark.input.DirectoryInput;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.S3Server;
import io.paritree.store.SlowRelay;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Shows how long it takes to move many staged partitions into place, for the first time and again,
 * and to list them, on S3 (a real client, and a server on loopback) where each request takes longer
 * by as much as a network takes; and on the store of the tests that moves files one by one, where
 * each call does. Staging is not measured.
 *
 * <p>Run: {@code scripts/bench job --moves N}
 */
final class MovesBench {
  private static final String USAGE =
      """
      Usage: scripts/bench job --moves N [--millis N] [--calls N]
        --moves   partitions, of two files each
        --millis  how much longer each request to S3, or call of the other store, takes (default: 30)
        --calls   calls at the same time, as the job's store-calls (default: 16)
      """;

  private final List<String> partitions;
  private final CallsAtOnce calls;
  private final LongSupplier counted;

  private MovesBench(int partitions, CallsAtOnce calls, LongSupplier counted) {
    this.partitions = IntStream.range(0, partitions).mapToObj("part=%06d"::formatted).toList();
    this.calls = calls;
    this.counted = counted;
  }

  /** Sets by how much requests or calls are late from now on. */
  private interface Delay {
    void of(Duration each);
  }

  public static void main(String[] arguments) throws Exception {
    int partitions = 0;
    long millis = 30;
    CallsAtOnce calls = CallsAtOnce.DEFAULT;
    try {
      Iterator<String> given = List.of(arguments).iterator();
      while (given.hasNext()) {
        switch (given.next()) {
          case "--directory" -> given.next();
          case "--moves" -> partitions = Integer.parseInt(given.next());
          case "--millis" -> millis = Integer.parseInt(given.next());
          case "--calls" -> calls = new CallsAtOnce(Integer.parseInt(given.next()));
          default -> throw new IllegalArgumentException();
        }
      }

      if (partitions < 1 || millis < 0) {
        throw new IllegalArgumentException();
      }
    } catch (IllegalArgumentException | NoSuchElementException e) {
      System.err.print(USAGE);
      System.exit(2);
    }

    Path directory = Files.createTempDirectory("paritree-moves");
    Duration late = Duration.ofMillis(millis);
    onTestStore(directory, partitions, calls, late);
    try (S3Server server = S3Server.start(directory.resolve("s3"));
        SlowRelay relay = SlowRelay.before(URI.create(server.endpoint()))) {
      S3Server.use(relay);
      Location output = server.resolve("bench/out");
      new MovesBench(partitions, calls, relay::requests)
          .run("S3", "requests", new OutputPlace(FileStore.of(output), output), relay::delay, late);
    }

    FileStore.of(Location.of(directory)).delete(Location.of(directory));
    System.exit(0);
  }

  private static void onTestStore(Path directory, int partitions, CallsAtOnce calls, Duration late)
      throws Exception {
    Location output = Location.of(directory.resolve("local/out"));
    AtomicLong counted = new AtomicLong();
    AtomicLong nanos = new AtomicLong();
    FileStore store =
        FaultyStore.ofObjects(
            FileStore.of(output),
            (operation, change) -> {
              counted.incrementAndGet();
              LockSupport.parkNanos(nanos.get());
            });
    new MovesBench(partitions, calls, counted::get)
        .run(
            "the tests' store",
            "calls",
            new OutputPlace(store, output),
            each -> nanos.set(each.toNanos()),
            late);
  }

  private void run(String store, String unit, OutputPlace given, Delay delay, Duration late)
      throws Exception {
    OutputPlace place = given.with(calls);
    delay.of(Duration.ZERO);
    List<String> absent = Collections.nCopies(partitions.size(), "absent");
    Measured first = published(place, "first", absent, delay, late);
    OutputLook look = place.look();
    look.at(partitions);
    List<String> tokens = new ArrayList<>();
    for (String partition : partitions) {
      tokens.add(look.token(partition));
    }

    Measured again = published(place, "again", tokens, delay, late);
    delay.of(late);
    Measured listed =
        measured(
            () -> {
              List<String> problems = new ArrayList<>();
              DirectoryInput input =
                  DirectoryInput.read(place.store(), calls, place.output(), problems);
              if (input.partitions().size() != partitions.size() || !problems.isEmpty()) {
                throw new IOException("Cannot list the output: %s".formatted(problems));
              }
            });
    System.out.println(
        "%s partitions on %s, %s ms more for each of %s %s at once: moved %s, replaced %s, listed %s"
            .formatted(
                partitions.size(),
                store,
                late.toMillis(),
                calls.most(),
                unit,
                first.shown(unit),
                again.shown(unit),
                listed.shown(unit)));
  }

  private Measured published(
      OutputPlace place, String content, List<String> before, Delay delay, Duration late)
      throws Exception {
    Publisher publisher = new Publisher(place, LockTimes.DEFAULT, StepObserver.NONE);
    try (Publisher.Run run = publisher.begin("run-" + content)) {
      List<PreparedPartition> staged =
          StagedRun.stage(place, partitions, run.directory(), content, before);
      delay.of(late);
      Measured moved =
          measured(
              () -> {
                List<String> done =
                    run.publish(
                        staged,
                        moving ->
                            place
                                .store()
                                .replace(
                                    run.directory().kept().resolve("report.json"), new byte[2]));
                if (done.size() != partitions.size()) {
                  throw new IOException("Only %s were moved".formatted(done.size()));
                }
              });
      delay.of(Duration.ZERO);
      return moved;
    }
  }

  private record Measured(double seconds, long calls, int partitions) {
    String shown(String unit) {
      return String.format(
          Locale.ROOT, "in %.1f s (%.1f %s each)", seconds, (double) calls / partitions, unit);
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private Measured measured(Work work) throws Exception {
    long before = counted.getAsLong();
    long begin = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Measured(seconds, counted.getAsLong() - before, partitions.size());
  }
}
