package io.paritree.spark.report;

import java.util.Locale;

/** How a run, or a group of it, ended. */
public enum Outcome {
  /** All its partitions are published by it. */
  PUBLISHED,
  /** All its partitions were published before, with the same identity. */
  ALREADY_PUBLISHED,
  /** Everything was checked and a sample scored; nothing was written. */
  CHECKED,
  /** Too many rows were quarantined. */
  QUARANTINED,
  /** A promise about the input did not hold. */
  REFUSED,
  /** Another run has published meanwhile. */
  OVERTAKEN,
  /** Anything else. */
  FAILED;

  /** Returns the stable word for it, such as {@code already_published}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
