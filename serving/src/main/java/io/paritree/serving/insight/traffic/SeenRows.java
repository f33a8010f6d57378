package io.paritree.serving.insight.traffic;

import io.paritree.feature.Faults;
import io.paritree.profile.OutputCounts;
import io.paritree.profile.ProfileForm;
import io.paritree.profile.Sampling;
import io.paritree.serving.metrics.FaultTotals;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The rows of one model that one thread has read since they were taken last.
 *
 * <p>All rows are counted, with their missing and unseen values, their faults and their scores. Of
 * the scored rows, a sample is kept: each gets a hash by chance, and those of a level that leaves
 * few enough are in it (see {@link Sampling}), so that samples of threads and times with more or
 * fewer rows can be brought to one rate. Thread-safe; the thread shares its lock with nobody but
 * the one that takes the rows.
 */
public final class SeenRows {
  private static final int MAX_ROWS = 256;
  private static final int MAX_VALUES = 1 << 15;

  private final RowForm form;
  private final ProfileForm profile;
  private final int most;
  private final SplittableRandom random = new SplittableRandom();
  private long[] missing;
  private long[] unseen;
  private long[] hashes; // of the kept rows; null until there is one
  private float[] slots;
  private int kept;
  private int level; // of the kept rows' hashes, at least
  private OutputCounts scores;
  private long read;
  private Map<String, Map<String, Long>> faults = new TreeMap<>();

  /**
   * The rows that were taken; the arrays belong to the caller.
   *
   * @param read rows, faulty ones included
   * @param missing values by slot
   * @param unseen values by slot
   * @param faults rows by field and code
   * @param scores of all scored rows
   * @param level all scored rows whose hashes have it, or a higher one, are kept, and no others
   * @param hashes of the kept rows
   * @param slots of the kept rows, row after row
   */
  record Taken(
      long read,
      long[] missing,
      long[] unseen,
      Map<String, Map<String, Long>> faults,
      OutputCounts scores,
      int level,
      long[] hashes,
      float[] slots) {}

  SeenRows(RowForm form, ProfileForm profile) {
    this.form = form;
    this.profile = profile;
    this.scores = new OutputCounts(profile);
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
    addSpecial(found);
    int width = form.width();
    for (int row = 0; row < rows; row++) {
      int at = row * width;
      for (int slot = 0; slot < width; slot++) {
        missing[slot] += Float.isNaN(of[at + slot]) ? 1 : 0;
      }

      scores.add(scoresOf, row * form.scores());
      long hash = random.nextLong();
      while (Sampling.level(hash) >= level && kept == most) {
        keepHigher();
      }

      if (Sampling.level(hash) >= level) {
        keep(hash, of, at);
      }
    }

    read += rows;
  }

  private void keep(long hash, float[] of, int at) {
    if (slots == null) {
      hashes = new long[most];
      slots = new float[most * form.width()];
    }

    hashes[kept] = hash;
    System.arraycopy(of, at, slots, kept * form.width(), form.width());
    kept++;
  }

  /** Goes to the next level, which leaves about half of the kept rows. */
  private void keepHigher() {
    level++;
    int width = form.width();
    int left = 0;
    for (int row = 0; row < kept; row++) {
      if (Sampling.level(hashes[row]) >= level) {
        hashes[left] = hashes[row];
        System.arraycopy(slots, row * width, slots, left * width, width);
        left++;
      }
    }

    kept = left;
  }

  /**
   * Adds rows that were refused.
   *
   * @param found has their unseen values
   */
  public synchronized void addRefused(UnscoredRows refused, FaultTotals totals, Faults found) {
    addSpecial(found);
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

  private void addSpecial(Faults found) {
    found.takeUnseen((feature, count) -> unseen[form.slot(feature)] += count);
    found.takeFilled((feature, count) -> missing[form.slot(feature)] += count);
  }

  /** Returns the rows so far, and begins anew; null if there are none. */
  synchronized Taken take() {
    if (read == 0) {
      return null;
    }

    Taken taken =
        new Taken(
            read,
            missing,
            unseen,
            faults,
            scores,
            level,
            kept == 0 ? new long[0] : Arrays.copyOf(hashes, kept),
            kept == 0 ? new float[0] : Arrays.copyOf(slots, kept * form.width()));
    missing = new long[form.width()];
    unseen = new long[form.width()];
    faults = new TreeMap<>();
    scores = new OutputCounts(profile);
    read = 0;
    kept = 0;
    level = 0;
    return taken;
  }
}
