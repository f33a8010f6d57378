package io.paritree.lookup;

import java.io.Serializable;

/**
 * The file of a shard.
 *
 * @param name its name within the index's directory
 * @param bytes its length
 * @param sha256 its digest, 64 hexadecimal digits
 */
public record ShardFile(String name, long bytes, String sha256) implements Serializable {}
