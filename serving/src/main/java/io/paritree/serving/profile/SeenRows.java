package io.paritree.serving.profile;

import io.paritree.feature.Faults;
import io.paritree.serving.metrics.FaultTotals;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The rows of one model that one thread has read since they were taken last.
 *
 * <p>All rows are counted, with their missing and unseen values and their faults. Of the scored
 * rows, a random sample is kept, in which each has the same chance. Thread-safe; the thread shares
 * its lock with nobody but the one that takes the rows.
 */
public final class SeenRows {
  private static final int MAX_ROWS = 64;
  private static final int MAX_VALUES = 1 << 15;

  private final RowForm form;
  private final int most;
  private final SplittableRandom random = new SplittableRandom();
  private long[] missing;
  private long[] unseen;
  private float[] slots; // of the kept rows; null until there is one
  private float[] scores;
  private long read;
  private long scored;
  private Map<String, Map<String, Long>> faults = new TreeMap<>();

  /**
   * The rows that were taken; the arrays belong to the caller.
   *
   * @param read rows, faulty ones included
   * @param missing values by slot
   * @param unseen values by slot
   * @param faults rows by field and code
   * @param kept number of the scored rows that follow
   * @param slots row after row
   * @param scores row after row
   */
  record Taken(
      long read,
      long[] missing,
      long[] unseen,
      Map<String, Map<String, Long>> faults,
      int kept,
      float[] slots,
      float[] scores) {}

  SeenRows(RowForm form) {
    this.form = form;
    this.most = Math.max(1, Math.min(MAX_ROWS, MAX_VALUES / form.width()));
    this.missing = new long[form.width()];
    this.unseen = new long[form.width()];
  }

  /**
   * Adds rows that were scored.
   *
   * @param rows number of rows
   * @param of row after row, as the other arrays
   * @param found has the unseen values of these rows, and of faulty rows beside them
   */
  public synchronized void add(int rows, float[] of, float[] scoresOf, Faults found) {
    addUnseen(found);
    int width = form.width();
    for (int row = 0; row < rows; row++) {
      int at = row * width;
      for (int slot = 0; slot < width; slot++) {
        missing[slot] += Float.isNaN(of[at + slot]) ? 1 : 0;
      }

      long place = scored < most ? scored : random.nextLong(scored + 1);
      scored++;
      if (place < most) {
        keep((int) place, row, of, scoresOf);
      }
    }

    read += rows;
  }

  private void keep(int place, int row, float[] of, float[] scoresOf) {
    if (slots == null) {
      slots = new float[most * form.width()];
      scores = new float[most * form.scores()];
    }

    copy(of, row, slots, place, form.width());
    copy(scoresOf, row, scores, place, form.scores());
  }

  private static void copy(float[] from, int row, float[] to, int place, int each) {
    System.arraycopy(from, row * each, to, place * each, each);
  }

  /**
   * Adds rows that were refused.
   *
   * @param found has their unseen values
   */
  public synchronized void addRefused(UnscoredRows refused, FaultTotals totals, Faults found) {
    addUnseen(found);
    read += refused.rows();
    for (int slot = 0; slot < refused.missing().length; slot++) {
      missing[slot] += refused.missing()[slot];
    }

    totals.forEach(
        (field, code, count) ->
            faults
                .computeIfAbsent(field, name -> new TreeMap<>())
                .merge(code.code(), count, Long::sum));
  }

  private void addUnseen(Faults found) {
    found.takeUnseen((feature, count) -> unseen[form.slot(feature)] += count);
  }

  /** Returns the rows so far, and begins anew; null if there are none. */
  synchronized Taken take() {
    if (read == 0) {
      return null;
    }

    int kept = (int) Math.min(scored, most);
    Taken taken =
        new Taken(
            read,
            missing,
            unseen,
            faults,
            kept,
            first(slots, kept * form.width()),
            first(scores, kept * form.scores()));
    missing = new long[form.width()];
    unseen = new long[form.width()];
    faults = new TreeMap<>();
    read = 0;
    scored = 0;
    return taken;
  }

  private static float[] first(float[] values, int count) {
    return values == null ? new float[0] : Arrays.copyOf(values, count);
  }
}
