package io.paritree.spark.input;

import io.paritree.output.PartitionValue;
import java.util.List;

/**
 * One partition of the input.
 *
 * @param path its directory below the input, byte for byte; empty if the input is not partitioned
 * @param values the columns and values in the directory names, outermost first
 * @param files its data files, by name
 */
public record InputPartition(String path, List<PartitionValue> values, List<InputFile> files) {
  public InputPartition {
    values = List.copyOf(values);
    files = List.copyOf(files);
  }
}
