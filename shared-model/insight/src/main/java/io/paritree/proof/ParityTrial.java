package io.paritree.proof;

import io.paritree.Sha256;
import io.paritree.feature.Schema;
import io.paritree.proof.WayAnswers.Parting;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Scores records in every way, block by block, and compares each answer with the one of the first
 * way, the reference. Not thread-safe.
 */
public final class ParityTrial {
  /** A block has so many records at most, and so many values: memory and Spark's tasks hold it. */
  private static final int MOST_RECORDS = 100_000;

  private static final int MOST_VALUES = 2_000_000;

  private final Schema schema;
  private final List<Tally> tallies;
  private final MessageDigest digest = Sha256.digest();
  private long count;

  /**
   * What was tried.
   *
   * @param natural how many records are rows of an input
   * @param generated how many are not
   * @param sha256 of all of them: the same records have the same
   * @param ways one result per way, in their order
   */
  public record Tried(long natural, long generated, String sha256, List<WayResult> ways) {}

  /**
   * @param schema of the records
   * @param ways the reference and those that are compared with it
   */
  public ParityTrial(Schema schema, List<Way> ways) {
    this.schema = schema;
    this.tallies = ways.stream().map(Tally::new).toList();
  }

  /**
   * Scores and compares. A way that throws is not tried any more, and the others are; nor is one
   * that has no memory, or misses a class.
   *
   * @param natural rows of an input, which are tried first
   * @param generated other records; read after the rows
   * @throws Exception what the reference throws, which may be an error
   */
  public Tried run(Iterator<TriedRecord> natural, Iterator<TriedRecord> generated)
      throws Exception {
    long rows = score(natural, true);
    long others = score(generated, false);
    List<WayResult> results = tallies.stream().map(Tally::result).toList();
    return new Tried(rows, others, Sha256.hex(digest), results);
  }

  private long score(Iterator<TriedRecord> records, boolean areRows) throws Exception {
    int most = Math.max(1, Math.min(MOST_RECORDS, MOST_VALUES / schema.fields().size()));
    long before = count;
    while (records.hasNext()) {
      List<TriedRecord> some = new ArrayList<>();
      while (some.size() < most && records.hasNext()) {
        TriedRecord record = records.next();
        digest.update(record.json(schema.fields()).getBytes(StandardCharsets.UTF_8));
        some.add(record);
      }

      score(new TriedBlock(schema, some), areRows);
      count += some.size();
    }

    return count - before;
  }

  private void score(TriedBlock block, boolean areRows) throws Exception {
    block.encoded(); // so that no way is charged with it
    WayAnswers expected = null;
    for (Tally tally : tallies) {
      if (tally.failure != null) {
        continue;
      }

      long start = System.nanoTime();
      try {
        WayAnswers got = tally.way.score(block);
        tally.nanos += System.nanoTime() - start;
        expected = expected == null ? got : expected;
        tally.compare(expected, got, block, areRows);
      } catch (Throwable e) { // also Spark's undeclared ones, and errors: memory, a missing class
        if (tally == tallies.get(0)) {
          throw e;
        }

        tally.failure = why(e);
      }
    }
  }

  private static String why(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    return failure.getClass().getSimpleName() + ": " + message;
  }

  /** What is counted of a way. */
  private final class Tally {
    private final Way way;
    private final Map<String, Long> inexpressible = new TreeMap<>();
    private long compared;
    private long different;
    private long untriedRows;
    private long nanos;
    private WayResult.First first; // null if nothing differs
    private String failure; // null without

    Tally(Way way) {
      this.way = way;
    }

    void compare(WayAnswers expected, WayAnswers got, TriedBlock block, boolean areRows) {
      for (int index = 0; index < block.records().size(); index++) {
        Optional<String> reason = got.inexpressible(index);
        if (reason.isPresent() && expected.bearsOut(reason.get(), index)) {
          inexpressible.merge(reason.get(), 1L, Long::sum);
          untriedRows += areRows ? 1 : 0;
          continue;
        }

        compared++;
        Optional<Parting> parting = expected.parting(index, got);
        if (parting.isPresent()) {
          different++;
          if (first == null) {
            String json = block.records().get(index).json(schema.fields());
            first = new WayResult.First(count + index, json, parting.get());
          }
        }
      }
    }

    WayResult result() {
      return new WayResult(
          way.name(),
          compared,
          different,
          inexpressible,
          untriedRows,
          TimeUnit.NANOSECONDS.toMillis(nanos),
          Optional.ofNullable(first),
          Optional.ofNullable(failure));
    }
  }
}
