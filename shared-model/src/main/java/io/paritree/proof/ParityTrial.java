package io.paritree.proof;

import io.paritree.proof.WayAnswers.Parting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Scores records in every way, and compares each answer with the one of the first way, the
 * reference.
 *
 * @param natural how many of the records are rows of an input; these are the first ones
 * @param ways the reference and those that are compared with it
 * @param threads how many blocks are scored at the same time
 */
public record ParityTrial(TriedRecords records, int natural, List<Way> ways, int threads) {
  public ParityTrial {
    ways = List.copyOf(ways);
  }

  /** What differs of a record. */
  private record Different(int number, Parting parting) {}

  /** What a thread has counted of a way. */
  private static final class Tally {
    private long compared;
    private long different;
    private long untriedRows;
    private long nanos;
    private final Map<String, Long> inexpressible = new TreeMap<>();
    private Different first; // null if nothing differs

    void compare(WayAnswers expected, WayAnswers got, TriedBlock block, int natural) {
      for (int index = 0; index < block.records().size(); index++) {
        Optional<String> reason = got.inexpressible(index);
        if (reason.isPresent() && expected.bearsOut(reason.get(), index)) {
          inexpressible.merge(reason.get(), 1L, Long::sum);
          untriedRows += block.first() + index < natural ? 1 : 0;
          continue;
        }

        compared++;
        Optional<Parting> parting = expected.parting(index, got, index);
        if (parting.isPresent()) {
          different++;
          add(new Different(block.first() + index, parting.get()));
        }
      }
    }

    private void add(Different found) {
      first = first == null || found.number < first.number ? found : first;
    }

    void add(Tally other) {
      compared += other.compared;
      different += other.different;
      untriedRows += other.untriedRows;
      nanos += other.nanos;
      other.inexpressible.forEach((reason, count) -> inexpressible.merge(reason, count, Long::sum));
      if (other.first != null) {
        add(other.first);
      }
    }
  }

  /**
   * Scores and compares; returns one result per way, in their order. A way that throws is not tried
   * any more, and the others are; nor is one that has no memory, or misses a class.
   *
   * @throws Exception what the reference throws, which may be an error
   */
  public List<WayResult> run() throws Exception {
    Map<Way, String> failed = new ConcurrentHashMap<>();
    Map<Way, Tally> all = new HashMap<>();
    ways.forEach(way -> all.put(way, new Tally()));
    List<Way> alone = ways.stream().filter(Way::isOfAllAtOnce).toList();
    WayAnswers[] expected = new WayAnswers[records.blocks()]; // what the reference has answered
    List<Way> together = ways.stream().filter(way -> !alone.contains(way)).toList();
    inBlocks(at -> part(at, together, alone.isEmpty() ? null : expected, failed), all);
    for (Way way : alone) {
      try {
        long start = System.nanoTime();
        way.begin(records);
        all.get(way).nanos += System.nanoTime() - start;
        inBlocks(at -> part(at, way, expected[at]), all);
      } catch (Throwable e) { // also Spark's undeclared ones, and errors: memory, a missing class
        failed.put(way, why(e));
      } finally {
        way.end();
      }
    }

    List<WayResult> results = new ArrayList<>();
    for (Way way : ways) {
      results.add(result(way, all.get(way), failed));
    }

    return results;
  }

  /** Compares a block. */
  @FunctionalInterface
  private interface Part {
    Map<Way, Tally> of(int block) throws Exception;
  }

  private void inBlocks(Part part, Map<Way, Tally> all) throws Exception {
    AtomicInteger next = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads, ParityTrial::daemon);
    try {
      List<Future<Map<Way, Tally>>> running = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        running.add(pool.submit(() -> inBlocks(part, next)));
      }

      for (Future<Map<Way, Tally>> ended : running) {
        ended.get().forEach((way, tally) -> all.get(way).add(tally));
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }

      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      next.set(records.blocks()); // if one has failed, the others end with their block
      pool.shutdown();
    }
  }

  private Map<Way, Tally> inBlocks(Part part, AtomicInteger next) throws Exception {
    Map<Way, Tally> tallies = new HashMap<>();
    for (int at = next.getAndIncrement(); at < records.blocks(); at = next.getAndIncrement()) {
      part.of(at)
          .forEach((way, tally) -> tallies.computeIfAbsent(way, any -> new Tally()).add(tally));
    }

    return tallies;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "prove");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Scores a block in some ways, the reference among them.
   *
   * @param kept receives what the reference has answered; null if nobody needs it
   * @param failed receives why a way has thrown, which is not asked again
   */
  private Map<Way, Tally> part(int at, List<Way> some, WayAnswers[] kept, Map<Way, String> failed)
      throws Exception {
    TriedBlock block = records.block(at);
    block.encoded(); // so that no way is charged with it
    Map<Way, Tally> tallies = new HashMap<>();
    WayAnswers expected = null;
    for (Way way : some) {
      if (failed.containsKey(way)) {
        continue;
      }

      Tally tally = new Tally();
      long start = System.nanoTime();
      try {
        WayAnswers got = way.score(block);
        tally.nanos = System.nanoTime() - start;
        expected = expected == null ? got : expected;
        tally.compare(expected, got, block, natural);
        tallies.put(way, tally);
      } catch (Throwable e) {
        if (way == ways.get(0)) {
          throw e;
        }

        failed.putIfAbsent(way, why(e));
      }
    }

    if (kept != null) {
      kept[at] = expected;
    }

    return tallies;
  }

  private Map<Way, Tally> part(int at, Way way, WayAnswers expected) throws Exception {
    TriedBlock block = records.block(at);
    Tally tally = new Tally();
    long start = System.nanoTime();
    WayAnswers got = way.score(block);
    tally.nanos = System.nanoTime() - start;
    tally.compare(expected, got, block, natural);
    return Map.of(way, tally);
  }

  private static String why(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    return failure.getClass().getSimpleName() + ": " + message;
  }

  private WayResult result(Way way, Tally tally, Map<Way, String> failed) throws IOException {
    Optional<WayResult.First> first = Optional.empty();
    if (tally.first != null) {
      int number = tally.first.number;
      String json = records.record(number).json(records.schema().fields());
      first = Optional.of(new WayResult.First(number, json, tally.first.parting));
    }

    return new WayResult(
        way.name(),
        tally.compared,
        tally.different,
        tally.inexpressible,
        tally.untriedRows,
        TimeUnit.NANOSECONDS.toMillis(tally.nanos),
        first,
        Optional.ofNullable(failed.get(way)));
  }
}
