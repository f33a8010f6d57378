package io.paritree.serving.insight.traffic;

import io.paritree.comparison.Comparison;
import io.paritree.comparison.ComparisonCounts;
import io.paritree.comparison.DataComparison;
import io.paritree.comparison.ModelPair;
import io.paritree.comparison.OwnFields;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.record.RecordValues;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a version of a challenger makes of the rows of a version of a champion, since both are what
 * they are. Thread-safe.
 */
final class ShadowComparison {
  /** By what a row is found in the logs: its request, and its place there. */
  private static final List<String> KEYS = List.of("request_id", "row");

  /** An answer may be this old, so that many who ask cost no more than one. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private static final int ENTRY_BYTES = 256;

  private volatile ModelPair models;
  private volatile Engine engine;
  private final OwnFields fields;
  private final Instant since;
  private final int block;
  private final int rowBytes;
  private final ComparisonCounts counts; // guarded by itself
  private Instant newest; // when rows were counted last; guarded by counts
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private Instant madeAt; // guarded by this
  private byte[] document; // null until somebody asks; guarded by this

  /**
   * @param engine scores for the challenger
   * @param movers how many of the rows that move most are kept
   */
  ShadowComparison(ModelPair models, Engine engine, int movers, Instant since) {
    this.models = models;
    this.engine = engine;
    this.fields = new OwnFields(models);
    this.since = since;
    this.newest = since;
    this.block = ShadowBlock.capacity(models);
    Engine champion = models.champion().engine();
    this.rowBytes =
        Long.BYTES + Float.BYTES * (champion.width() + champion.outputs() + champion.scores());
    this.counts = new ComparisonCounts(models.form(KEYS, "", movers));
  }

  /** From now on, uses other objects of the same versions, so that the earlier ones can go. */
  void renew(ModelPair same, Engine scoring) {
    models = same;
    engine = scoring;
  }

  /** Returns whether this has exactly these objects. */
  boolean has(ScoringModel champion, ScoringModel challenger) {
    return models.champion() == champion && models.challenger() == challenger;
  }

  /** Returns what scores for the challenger. */
  Engine engine() {
    return engine;
  }

  /** Returns whether this compares these versions. */
  boolean isOf(ScoringModel champion, ScoringModel challenger) {
    return isOf(champion) && isSame(models.challenger(), challenger);
  }

  /** Returns whether this is about rows of a version. */
  boolean isOf(ScoringModel champion) {
    return isSame(models.champion(), champion);
  }

  private static boolean isSame(ScoringModel one, ScoringModel other) {
    return one == other
        || one.digest().equals(other.digest()) && one.modelVersion().equals(other.modelVersion());
  }

  /** Returns the version of the challenger. */
  String challenger() {
    return models.challenger().modelVersion();
  }

  /** Returns the fields of the champion whose values are needed, as indexes; not to be changed. */
  int[] kept() {
    return fields.kept();
  }

  /** Returns the largest number of rows that wait together. */
  int block() {
    return block;
  }

  /** Returns about how many bytes rows of a request take while they wait. */
  long bytes(int first, int last, String requestId, RecordValues values) {
    int[] kept = fields.kept();
    long ofValues =
        kept.length == 0
            ? 0
            : values.size(first, last, kept) + 2L * Integer.BYTES * (last - first) * kept.length;
    return ENTRY_BYTES + requestId.length() + (long) (last - first) * rowBytes + ofValues;
  }

  /** Returns copies of the rows from {@code first} to before {@code last}. */
  ShadowRows copy(
      String requestId,
      long[] places,
      int first,
      int last,
      float[] slots,
      float[] margins,
      float[] scores,
      RecordValues values) {
    Engine champion = models.champion().engine();
    return new ShadowRows(
        this,
        requestId,
        Arrays.copyOfRange(places, first, last),
        part(slots, first, last, champion.width()),
        part(margins, first, last, champion.outputs()),
        part(scores, first, last, champion.scores()),
        fields.kept().length == 0 ? null : values.part(first, last, fields.kept()));
  }

  private static float[] part(float[] values, int first, int last, int each) {
    return Arrays.copyOfRange(values, first * each, last * each);
  }

  /** Returns where rows are gathered. */
  ShadowBlock newBlock() {
    return new ShadowBlock(models, fields, engine);
  }

  /** Counts rows that both models have scored by now. */
  void add(ShadowBlock scored, Instant now) {
    synchronized (counts) {
      counts.add(scored);
      newest = now;
    }
  }

  void addDropped(long rows) {
    dropped.addAndGet(rows);
  }

  void addFailed(long rows) {
    failed.addAndGet(rows);
  }

  /**
   * Returns the comparison as a document, of now or of the last second. It ends with its newest
   * rows: where nobody sends any, it ages.
   */
  synchronized byte[] document(Instant now) {
    if (document == null || !now.isBefore(madeAt.plus(FRESH)) || now.isBefore(madeAt)) {
      ComparisonCounts copy;
      Instant ended;
      synchronized (counts) {
        copy = counts.snapshot();
        ended = newest;
      }

      copy.addDropped(dropped.get());
      copy.addFailed(failed.get());
      DataComparison rows = copy.result(models.explained(copy.form(), copy.moved()));
      document = models.comparison(Comparison.SHADOW, Optional.of(rows), since, ended).toJson();
      madeAt = now;
    }

    return document.clone();
  }
}
