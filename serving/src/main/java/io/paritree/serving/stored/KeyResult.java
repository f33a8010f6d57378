package io.paritree.serving.stored;

import io.paritree.lookup.StoredEntry.Scored;
import java.util.List;
import java.util.Optional;

/** How the look-up of a key ended. */
public sealed interface KeyResult {

  /**
   * Partitions hold something under the key.
   *
   * @param rows of the newest such partitions, newest first; never empty
   * @param stale the newest partition that could not be searched; empty if none was passed
   */
  record Found(List<StoredRow> rows, Optional<UnservedPartition> stale) implements KeyResult {}

  /**
   * No partition that could be searched has the key.
   *
   * @param searched the partitions, for messages
   * @param stale the newest partition that could not be searched; empty if all were
   */
  record Absent(String searched, Optional<UnservedPartition> stale) implements KeyResult {}

  /** A partition that may have the key could not be searched, and nothing older is answered. */
  record Unanswered(UnservedPartition partition) implements KeyResult {}

  /** An index was closed while it was searched, long after its partition was replaced. */
  record Replaced(OpenPartition partition) implements KeyResult {}

  /** Returns the newest row, if there is one, and it is scored. */
  default Optional<StoredRow> scored() {
    return this instanceof Found found
        ? found.rows().stream().limit(1).filter(row -> row.entry() instanceof Scored).findFirst()
        : Optional.empty();
  }

  /** Returns the result for metrics. */
  default LookupResult counted() {
    if (this instanceof Found found) {
      return found.rows().get(0).stale().isEmpty() ? LookupResult.FOUND : LookupResult.STALE;
    }

    return this instanceof Absent ? LookupResult.ABSENT : LookupResult.UNANSWERED;
  }
}
