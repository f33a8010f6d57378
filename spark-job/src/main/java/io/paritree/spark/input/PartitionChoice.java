package io.paritree.spark.input;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which partitions a run reads.
 *
 * <p>Values of one column are alternatives; of different columns, all must hold. Values are
 * compared as text, after unescaping: {@code store=007} is not {@code store=7}.
 *
 * @param wanted the values, in the order given; none chooses every partition
 */
public record PartitionChoice(List<PartitionValue> wanted) {
  public PartitionChoice {
    wanted = List.copyOf(wanted);
  }

  /**
   * Chooses from a listing.
   *
   * @param problems receives values that no partition has, and columns that are no partition's
   */
  public List<InputPartition> choose(InputListing listing, List<String> problems) {
    Map<String, Set<String>> byColumn = new LinkedHashMap<>();
    for (PartitionValue value : wanted) {
      byColumn.computeIfAbsent(value.column(), column -> new TreeSet<>()).add(value.value());
    }

    for (String column : byColumn.keySet()) {
      if (!listing.partitionColumns().contains(column)) {
        problems.add(
            "the input has no partition column '%s'; it has %s"
                .formatted(column, listing.partitionColumns()));
        return List.of();
      }
    }

    List<InputPartition> chosen = new ArrayList<>();
    for (InputPartition partition : listing.partitions()) {
      if (partition.values().stream()
          .allMatch(
              value ->
                  !byColumn.containsKey(value.column())
                      || byColumn.get(value.column()).contains(value.value()))) {
        chosen.add(partition);
      }
    }

    for (PartitionValue value : wanted) {
      if (chosen.stream().noneMatch(partition -> partition.values().contains(value))) {
        problems.add("there is no partition %s".formatted(value));
      }
    }

    return chosen;
  }
}
