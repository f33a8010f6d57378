package io.paritree.spark.lookup;

import io.paritree.lookup.build.BuiltShard;
import io.paritree.lookup.build.ShardBuild;
import io.paritree.lookup.build.ShardSizes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
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
    ShardBuild build =
        new ShardBuild(run, name, shard, shards, buckets, scores, ShardSizes.BYTES_PER_SHARD);
    for (String file : files) {
      Path path = new Path(file);
      FileSystem system = LookupRows.fileSystem(path, hadoop);
      try (FSDataInputStream in = system.open(path)) {
        build.add(in::readFully, system.getFileStatus(path).getLen());
      } catch (IOException e) {
        throw new IOException("Cannot read %s: %s".formatted(file, e.getMessage()), e);
      }
    }

    String fileName = "shard-%s-%s".formatted(shard, attempt);
    Path path = new Path(to, fileName);
    try (OutputStream out = LookupRows.fileSystem(path, hadoop).create(path, false)) {
      return build.write(fileName, out);
    }
  }
}
