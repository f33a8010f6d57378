package io.paritree.serving.indexes;

import java.util.List;

/**
 * The partitions of one output as a request sees them.
 *
 * @param partitions the partitions that answer, newest first
 * @param unserved the partitions that do not answer as they are published now, newest first
 */
public record OutputState(List<OpenPartition> partitions, List<UnservedPartition> unserved) {
  static final OutputState EMPTY = new OutputState(List.of(), List.of());

  public OutputState {
    partitions = List.copyOf(partitions);
    unserved = List.copyOf(unserved);
  }
}
