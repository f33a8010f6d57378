package io.paritree.serving.insight.traffic;

import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import java.util.BitSet;

/**
 * Rows of one request that are refused, and how many of their values are missing.
 *
 * <p>A value that cannot be read is a fault and not missing, and a malformed record has no values:
 * so the job counts them. Not thread-safe.
 */
public final class UnscoredRows {
  private final RowForm form; // null unless rows are counted
  private long[] missing = {}; // until there is a row: most requests have none
  private final BitSet malformed = new BitSet(); // by row
  private long rows;

  UnscoredRows(RowForm form) {
    this.form = form;
  }

  /** Returns what counts no rows. */
  public static UnscoredRows uncounted() {
    return new UnscoredRows(null);
  }

  /**
   * Adds a row.
   *
   * @param slots has the row from {@code at} on
   * @param found its faults
   */
  public void add(float[] slots, int at, Faults found) {
    rows++;
    if (form != null && !isMalformed(found)) {
      addEmpty(slots, at);
      exceptUnread(found);
    }
  }

  /** Takes note of faults of a row before all rows are added; each value's once. */
  public void note(int row, Faults found) {
    if (form != null) {
      malformed.set(row, malformed.get(row) || isMalformed(found));
      exceptUnread(found);
    }
  }

  /**
   * Adds rows whose faults are noted.
   *
   * @param slots row after row
   */
  public void addAll(float[] slots, int count) {
    rows += count;
    for (int row = 0; form != null && row < count; row++) {
      if (!malformed.get(row)) {
        addEmpty(slots, row * form.width());
      }
    }
  }

  private static boolean isMalformed(Faults found) {
    boolean[] isMalformed = new boolean[1];
    found.forEach((code, field) -> isMalformed[0] |= code == FaultCode.MALFORMED_RECORD);
    return isMalformed[0];
  }

  private void addEmpty(float[] slots, int at) {
    open();
    for (int slot = 0; slot < missing.length; slot++) {
      missing[slot] += Float.isNaN(slots[at + slot]) ? 1 : 0;
    }
  }

  /** The slots of values that cannot be read are empty, too. */
  private void exceptUnread(Faults found) {
    open();
    found.forEachUnread(feature -> missing[form.slot(feature)]--);
  }

  private void open() {
    if (missing.length == 0) {
      missing = new long[form.width()];
    }
  }

  long rows() {
    return rows;
  }

  /** Returns the number of missing values of the rows, by slot; empty if there are none. */
  long[] missing() {
    return missing;
  }
}
