package io.paritree.store;

/**
 * A file or directory as its store lists it.
 *
 * @param location where it is
 * @param isDirectory whether it is a directory
 * @param bytes length of a file; 0 for a directory
 * @param modifiedMillis time of the last change, in milliseconds since 1970
 */
public record FileEntry(Location location, boolean isDirectory, long bytes, long modifiedMillis) {}
