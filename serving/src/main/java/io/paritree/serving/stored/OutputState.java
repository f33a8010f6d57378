package io.paritree.serving.stored;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What is known of one output, as a request sees it.
 *
 * @param partitions the partitions that answer, newest first
 * @param unserved the partitions that do not answer as they are published now, newest first
 * @param failure why nothing more is known; empty if the last look has ended
 * @param readAt when the output was last read to its end
 */
public record OutputState(
    List<OpenPartition> partitions,
    List<UnservedPartition> unserved,
    String failure,
    Instant readAt) {
  public OutputState {
    partitions = List.copyOf(partitions);
    unserved = List.copyOf(unserved);
  }

  /** Returns what is known before the first look. */
  static OutputState unread(String failure) {
    return new OutputState(List.of(), List.of(), failure, Instant.EPOCH);
  }

  OutputState with(List<OpenPartition> answering, List<UnservedPartition> others) {
    return new OutputState(answering, others, failure, readAt);
  }

  OutputState failed(String why) {
    return new OutputState(partitions, unserved, why, readAt);
  }

  /** Returns whether no partition is published that could be read. */
  boolean isEmpty() {
    return partitions.isEmpty() && unserved.isEmpty();
  }

  /** Returns what is known of the partitions whose values are wanted. */
  public OutputState only(Predicate<Map<String, String>> wanted) {
    return with(
        partitions.stream().filter(one -> wanted.test(one.values())).toList(),
        unserved.stream().filter(one -> one.isTable() || wanted.test(one.values())).toList());
  }

  /** Returns why partitions are not served as they are published now, by their paths. */
  public Map<String, String> problems() {
    Map<String, String> all = new TreeMap<>();
    unserved.forEach(one -> all.put(one.path(), one.why()));
    if (!failure.isEmpty()) {
      all.put("", failure);
    }

    for (OpenPartition partition : partitions) {
      if (!partition.damage().isEmpty()) {
        all.putIfAbsent(partition.path(), partition.damage());
      }
    }

    return all;
  }
}
