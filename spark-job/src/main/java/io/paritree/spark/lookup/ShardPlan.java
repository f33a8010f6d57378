package io.paritree.spark.lookup;

import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.lookup.ShardWriter;
import io.paritree.spark.task.ScoreHistogram;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a task needs to build one shard from the files of {@link LookupRows}.
 *
 * @param partition the place of its partition in the list of a group's
 * @param name the partition's name
 * @param run the name of the run's directory
 * @param files the partition's files, as Hadoop paths
 * @param to the directory of the index, as a Hadoop path
 * @param shard its number in the index
 * @param shards number of shards of the index, a power of two
 * @param buckets number of buckets in the files, a multiple of {@code shards}
 * @param scores number of scores of a row
 */
record ShardPlan(
    int partition,
    String name,
    String run,
    ArrayList<String> files,
    String to,
    int shard,
    int shards,
    int buckets,
    int scores)
    implements Serializable {

  /**
   * Builds the shard. No other attempt writes the same file.
   *
   * @param attempt a name that no other attempt of a task has
   */
  BuiltShard build(Configuration hadoop, String attempt) throws IOException {
    ScoreHistogram histogram = new ScoreHistogram();
    ShardWriter writer =
        new ShardWriter(IndexManifest.seal(run, name, shard), scores, histogram::add);
    for (String file : files) {
      Path path = new Path(file);
      FileSystem system = LookupRows.fileSystem(path, hadoop);
      try (FSDataInputStream in = system.open(path)) {
        read(in, system.getFileStatus(path).getLen(), writer);
      } catch (IOException e) {
        throw new IOException("Cannot read %s: %s".formatted(file, e.getMessage()), e);
      }
    }

    histogram.pack();
    String fileName = "shard-%s-%s".formatted(shard, attempt);
    Path path = new Path(to, fileName);
    try (OutputStream out = LookupRows.fileSystem(path, hadoop).create(path, false)) {
      ShardFile written = writer.write(fileName, out);
      return new BuiltShard(partition, written, writer.rows(), writer.repeatedKeys(), histogram);
    }
  }

  private void read(FSDataInputStream in, long length, ShardWriter writer) throws IOException {
    ByteBuffer lengths = ByteBuffer.allocate(buckets * Integer.BYTES);
    int first = shard * (buckets / shards);
    int end = first + buckets / shards;
    for (long at = 0; at < length; ) {
      in.readFully(at, lengths.array());
      at += lengths.capacity();
      long begin = at;
      int own = 0;
      for (int bucket = 0; bucket < buckets; bucket++) {
        int bytes = lengths.getInt(bucket * Integer.BYTES);
        begin += bucket < first ? bytes : 0;
        own += bucket >= first && bucket < end ? bytes : 0;
        at += bytes;
      }

      byte[] records = new byte[own];
      in.readFully(begin, records);
      writer.add(records, 0, own);
    }
  }
}
