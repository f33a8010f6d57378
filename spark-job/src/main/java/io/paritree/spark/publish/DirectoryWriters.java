package io.paritree.spark.publish;

import io.paritree.output.PartitionManifest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Whose rows the partitions of a directory have, as their manifests say. */
public record DirectoryWriters(OutputPlace place) implements Published {
  @Override
  public Writer writer(String partition, List<String> identities) throws IOException {
    Optional<PartitionManifest> manifest = place.manifest(partition);
    if (manifest.isPresent()) {
      return Writer.first(identities, manifest.get().identity()::equals);
    }

    return place.listOrNone(place.partition(partition)).isEmpty() ? Writer.GONE : Writer.UNKNOWN;
  }
}
