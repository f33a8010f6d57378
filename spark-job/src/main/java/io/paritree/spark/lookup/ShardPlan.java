package io.paritree.spark.lookup;

import io.paritree.lookup.BuiltShard;
import io.paritree.lookup.ShardSizes;
import io.paritree.lookup.ShardWriter;
import io.paritree.spark.input.HadoopPaths;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What a task needs to build one shard.
 *
 * @param partition the number of its partition in the group
 * @param to the directory of the index, as a Hadoop path
 * @param shard its number in the index
 * @param seal of the shard
 * @param first the first bucket of its rows
 * @param end the bucket after the last one
 */
record ShardPlan(int partition, String to, int shard, long seal, int first, int end)
    implements Serializable {

  /**
   * Builds the shard. No other attempt writes the same file.
   *
   * @param rows batches of its rows, as {@link RowBatches} has made them
   * @param attempt a name that no other attempt of a task has
   */
  BuiltShard build(Iterator<Object> rows, int scores, Configuration hadoop, long attempt)
      throws IOException {
    ShardWriter writer = new ShardWriter(seal, scores, ShardSizes.BYTES_PER_SHARD);
    while (rows.hasNext()) {
      byte[] batch = (byte[]) rows.next();
      writer.add(batch, 0, batch.length);
    }

    String name = "shard-%s-%s".formatted(shard, attempt);
    Path path = new Path(to, name);
    try (OutputStream out = HadoopPaths.withoutChecksums(path, hadoop).create(path, false)) {
      return writer.write(name, out);
    }
  }
}
