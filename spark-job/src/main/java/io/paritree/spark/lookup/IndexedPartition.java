package io.paritree.spark.lookup;

import io.paritree.output.PartitionManifest;
import io.paritree.store.Location;
import java.util.List;

/**
 * A partition that is indexed.
 *
 * @param published what will be known of it
 * @param files its files, where they are now
 * @param bytes the length of their values before they were compressed
 */
public record IndexedPartition(
    String partition, PartitionManifest published, List<Location> files, long bytes) {
  public IndexedPartition {
    files = List.copyOf(files);
  }

  long rows() {
    return published.scored() + published.quarantined();
  }
}
