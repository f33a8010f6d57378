package io.paritree.lookup.build;

import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.lookup.ScoreSpread;
import io.paritree.output.ScoreHistogram;
import java.util.ArrayList;
import java.util.List;

/**
 * All shards of an index.
 *
 * @param rows all rows that went into them
 * @param repeatedKeys keys of several rows
 * @param spread of the first scores
 */
public record BuiltShards(List<ShardFile> files, long rows, long repeatedKeys, ScoreSpread spread) {
  public BuiltShards {
    files = List.copyOf(files);
  }

  /** Adds shards up, which are in their order. */
  public static BuiltShards of(List<BuiltShard> shards) {
    List<ShardFile> files = new ArrayList<>();
    ScoreHistogram histogram = new ScoreHistogram();
    long rows = 0;
    long repeated = 0;
    for (BuiltShard shard : shards) {
      files.add(shard.file());
      histogram.add(shard.histogram());
      rows += shard.rows();
      repeated += shard.repeatedKeys();
    }

    return new BuiltShards(files, rows, repeated, spread(histogram));
  }

  private static ScoreSpread spread(ScoreHistogram histogram) {
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
