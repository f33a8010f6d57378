package io.paritree.serving.stored;

import java.util.Locale;

/** How the look-up of a key ended, for metrics. */
enum LookupResult {
  /** All partitions that had to be searched were. */
  FOUND,
  /** A row of an older partition: a newer one that may have the key could not be searched. */
  STALE,
  /** No partition that could be searched has the key. */
  ABSENT,
  /** 503: a published partition could not be searched, and nothing older is answered. */
  UNANSWERED;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
