package io.paritree.lookup;

import io.paritree.output.PartitionManifest;
import io.paritree.profile.ScoreHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All shards of an index, in their order. */
public record BuiltShards(List<BuiltShard> shards) {
  public BuiltShards {
    shards = List.copyOf(shards);
  }

  /**
   * Returns the manifest of the index.
   *
   * @param published the known facts of the partition's rows
   * @param withoutKey how many of them are not in the shards
   * @throws IOException if the shards do not hold the others
   */
  public IndexManifest manifest(
      String partition, PartitionManifest published, KeyForm keys, long withoutKey)
      throws IOException {
    long held = shards.stream().mapToLong(BuiltShard::rows).sum();
    if (held + withoutKey != published.scored() + published.quarantined()) {
      throw new IOException(
          "Cannot index '%s': its shards have %s rows and %s have no key, but %s were read"
              .formatted(
                  partition, held, withoutKey, published.scored() + published.quarantined()));
    }

    return new IndexManifest(
        partition,
        published.identity(),
        published.directory(),
        published.run(),
        published.modelVersion(),
        published.stagedAt(),
        keys,
        published.scores(),
        published.reasons(),
        published.scored(),
        published.quarantined(),
        shards.stream().mapToLong(BuiltShard::repeatedKeys).sum(),
        withoutKey,
        spread(),
        shards.stream().map(BuiltShard::file).toList());
  }

  private ScoreSpread spread() {
    ScoreHistogram histogram = new ScoreHistogram();
    shards.forEach(shard -> histogram.add(shard.histogram()));
    if (histogram.count() == 0) {
      return ScoreSpread.NONE;
    }

    List<Float> quantiles = new ArrayList<>();
    for (int quantile = 0; quantile < ScoreSpread.QUANTILES; quantile++) {
      quantiles.add(histogram.quantile(ScoreSpread.share(quantile)));
    }

    return new ScoreSpread(histogram.mean(), histogram.min(), histogram.max(), quantiles);
  }
}
