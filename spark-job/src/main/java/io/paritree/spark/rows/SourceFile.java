package io.paritree.spark.rows;

import io.paritree.spark.input.PartitionValue;
import java.net.URI;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The file that a block comes from, and the partition that its directory stands for.
 *
 * @param name its path below the input
 * @param partition its directory below the input, byte for byte; empty if there is none
 * @param values the partition's values by level
 */
record SourceFile(String name, String partition, List<PartitionValue> values) {

  /**
   * Returns the file behind the URI that Spark tells.
   *
   * @param root the input as a Hadoop path
   */
  static SourceFile of(String uri, String root) {
    String path = new Path(URI.create(uri)).toString();
    String below =
        path.startsWith(root + "/") ? path.substring(root.length() + 1) : new Path(path).getName();
    int slash = below.lastIndexOf('/');
    String partition = slash < 0 ? "" : below.substring(0, slash);
    return new SourceFile(below, partition, PartitionValue.ofPath(partition));
  }

  /** Returns the value of a partition column; null where the directory stands for null. */
  UTF8String value(int level) {
    PartitionValue value = values.get(level);
    return value.isNull() ? null : UTF8String.fromString(value.value());
  }
}
