package io.paritree.spark.input;

import java.io.Serializable;
import java.util.HashMap;

/**
 * The input that files belong to, and how the partition of a file is known.
 *
 * @param path the input as a qualified Hadoop path; file names are taken below it
 * @param kind how the partition of a file is known
 * @param partitions the partition of each file of a table that is read, by the file's path as the
 *     table's reader reports it
 */
public record SourceRoot(String path, Kind kind, HashMap<String, String> partitions)
    implements Serializable {

  /** What says to which partition a file belongs. */
  public enum Kind {
    /** The names of its directories. */
    DIRECTORIES,
    /** The log of a table, whose reader reports the URIs of files. */
    LOG,
    /** The same; the reader reports paths. */
    LOG_OF_PATHS,
    /** Nothing: the files of a table are not known, and all rows belong to one partition. */
    NOTHING
  }

  /** Returns an input whose directories are its partitions. */
  public static SourceRoot ofDirectories(String path) {
    return new SourceRoot(path, Kind.DIRECTORIES, new HashMap<>());
  }
}
