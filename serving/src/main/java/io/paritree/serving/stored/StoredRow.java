package io.paritree.serving.stored;

import io.paritree.lookup.StoredEntry;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import java.util.Optional;

/**
 * What a partition holds under a key.
 *
 * @param entry as answers have it
 * @param stale the newest partition that may have the key and could not be searched
 * @param numbers how its columns are answered
 */
public record StoredRow(
    OpenPartition partition,
    StoredEntry entry,
    Optional<UnservedPartition> stale,
    Numbers numbers) {
  /** Returns the entity tag of the answer. */
  public String tag() {
    return stale.isEmpty() && numbers == Numbers.MIXED
        ? partition.tag()
        : OpenPartition.tag(
            partition.tag() + numbers + stale.map(UnservedPartition::member).orElse(""));
  }
}
