package io.paritree.spark.lookup;

import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.spark.task.ScoreHistogram;
import java.io.Serializable;

/**
 * A shard that a task has built.
 *
 * @param partition the place of its partition in the list of a group's
 * @param rows all rows that went into it
 * @param repeatedKeys keys of several rows
 * @param histogram of the first scores
 */
record BuiltShard(
    int partition, ShardFile file, long rows, long repeatedKeys, ScoreHistogram histogram)
    implements Serializable {}
