package io.paritree.lookup.build;

import io.paritree.lookup.IndexManifest;
import io.paritree.output.ScoreHistogram;
import java.io.IOException;
import java.io.OutputStream;

/** Builds one shard of an index from files of {@link RowChunks}. Not thread-safe. */
public final class ShardBuild {
  private final ShardWriter writer;
  private final ScoreHistogram histogram = new ScoreHistogram();
  private final int buckets;
  private final int first;
  private final int end;

  /**
   * @param run the name of the directory of the run that has published the partition
   * @param shard its number
   * @param shards of the index, a power of two
   * @param buckets of the files, a multiple of {@code shards}
   * @param scores number of scores of a row
   * @param bytesPerShard how many bytes of rows a shard was to have; if it has more, a key occurs
   *     in many of them
   */
  public ShardBuild(
      String run,
      String partition,
      int shard,
      int shards,
      int buckets,
      int scores,
      long bytesPerShard) {
    this.buckets = buckets;
    this.first = shard * (buckets / shards);
    this.end = first + buckets / shards;
    this.writer =
        new ShardWriter(
            IndexManifest.seal(run, partition, shard),
            scores,
            bytesPerShard + bytesPerShard / 8,
            histogram::add);
  }

  /** Adds the rows of the shard that a file has. */
  public void add(RowChunks.File file, long length) throws IOException {
    RowChunks.read(file, length, buckets, first, end, writer);
  }

  /**
   * Writes the shard.
   *
   * @param to not closed
   */
  public BuiltShard write(String name, OutputStream to) throws IOException {
    histogram.pack();
    return new BuiltShard(writer.write(name, to), writer.rows(), writer.repeatedKeys(), histogram);
  }
}
