package io.paritree.lookup;

import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.profile.ScoreHistogram;
import java.io.Serializable;

/**
 * A shard that has been built.
 *
 * @param rows all rows that went into it
 * @param repeatedKeys keys of several rows
 * @param histogram of the first scores
 */
public record BuiltShard(ShardFile file, long rows, long repeatedKeys, ScoreHistogram histogram)
    implements Serializable {}
