package io.paritree.spark.task;

import io.paritree.output.PartitionValue;
import io.paritree.spark.input.SourceRoot;
import java.net.URI;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The file that a block comes from, and the partition that its directory represents.
 *
 * @param name its path below the input
 * @param partition its directory below the input, byte for byte; empty if there is none
 * @param values the partition's values by level
 */
public record SourceFile(String name, String partition, List<PartitionValue> values) {

  /** The problem that nothing says to which partition rows belong. */
  public static final String UNNAMED =
      "Spark has not said from which file rows come, so that their partition is unknown; scans of"
          + " accelerators (Comet, Gluten, RAPIDS, and vendors' own) leave that out: switch it off"
          + " for this job, for instance by --conf spark.comet.enabled=false, and run again";

  /** Returns whether it is unknown from which file rows come, and needs to be known. */
  public static boolean isUnnamed(UTF8String reported, SourceRoot input) {
    return reported.numBytes() == 0 && input.kind() != SourceRoot.Kind.NOTHING;
  }

  /**
   * Returns whether the run reads a file: the reader of a table may give rows of others too.
   *
   * @param reported the file as Spark reports it
   */
  public static boolean isRead(String reported, SourceRoot input) {
    return switch (input.kind()) {
      case NOTHING, DIRECTORIES -> true;
      case LOG, LOG_OF_PATHS -> input.partitions().containsKey(logged(reported, input));
    };
  }

  /** Returns a file as the log of a table has it. */
  private static String logged(String reported, SourceRoot input) {
    return input.kind() == SourceRoot.Kind.LOG_OF_PATHS
        ? reported
        : new Path(URI.create(reported)).toString();
  }

  /**
   * Returns the file that Spark reports.
   *
   * @param uri its URI; of some tables, its path
   * @param input a directory, the file itself, or a table
   * @throws IllegalStateException if the file is not in the input, so that its partition is unknown
   */
  public static SourceFile of(String uri, SourceRoot input) {
    if (input.kind() == SourceRoot.Kind.NOTHING) {
      return new SourceFile(input.path(), "", List.of());
    }

    String root = input.path();
    boolean isPath = input.kind() == SourceRoot.Kind.LOG_OF_PATHS;
    String path =
        (isPath ? new Path(new Path(root), new Path(uri)) : new Path(URI.create(uri))).toString();
    String directory = root.endsWith("/") ? root : root + "/";
    boolean isInput = path.equals(root);
    String logged = input.partitions().get(logged(uri, input));
    boolean isLogged = logged != null;
    if (!isInput && !isLogged && !path.startsWith(directory)) {
      throw new IllegalStateException(
          "Cannot determine the partition of %s: it is not in the input %s".formatted(path, root));
    }

    String below = path.startsWith(directory) ? path.substring(directory.length()) : path;
    if (isInput) {
      below = path.substring(path.lastIndexOf('/') + 1);
    }

    if (isLogged) {
      return new SourceFile(below, logged, PartitionValue.ofPath(logged));
    }

    int slash = below.lastIndexOf('/');
    String partition = slash < 0 ? "" : below.substring(0, slash);
    return new SourceFile(below, partition, PartitionValue.ofPath(partition));
  }

  /**
   * Returns the exception for a file that cannot be read.
   *
   * @param place the place in it
   * @param cause its root is named in the message
   */
  public RuntimeException unreadable(String place, Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }

    return new IllegalStateException(
        "Cannot read %s %s: %s (%s)"
            .formatted(
                name,
                place,
                String.valueOf(root.getMessage()).lines().findFirst().orElse(""),
                root.getClass().getSimpleName()),
        cause);
  }

  /**
   * Returns the exception for a column of a block that cannot be read. Spark decodes dictionaries
   * only when a value is asked for.
   */
  public RuntimeException unreadable(String column, InputBlock block, RuntimeException cause) {
    long first = block.indexInFile(0);
    return unreadable(
        "in column '%s'%s"
            .formatted(
                column,
                first < 0 ? "" : " of rows %s to %s".formatted(first, first + block.rows() - 1)),
        cause);
  }

  /** Returns the value of a partition column; null where the directory represents null. */
  public UTF8String value(int level) {
    PartitionValue value = values.get(level);
    return value.isNull() ? null : UTF8String.fromString(value.value());
  }
}
