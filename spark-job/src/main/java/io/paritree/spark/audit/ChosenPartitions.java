package io.paritree.spark.audit;

import io.paritree.output.PartitionValue;
import io.paritree.output.ScoredInput;
import io.paritree.spark.input.Input;
import io.paritree.spark.input.InputDigest;
import io.paritree.spark.input.InputPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The partitions of an input that a run has chosen, where it has published all as one: nothing says
 * which they were, but the digest of their files.
 *
 * @param digest of files
 * @param scored what is recorded of them
 */
record ChosenPartitions(InputDigest digest, ScoredInput scored) {
  /**
   * Finds them, if they are one after the other in the order of their paths, or of the values of
   * one column, as those of a day or of some days are.
   */
  static Optional<List<InputPartition>> of(Input listing, ScoredInput scored) {
    ChosenPartitions chosen = new ChosenPartitions(new InputDigest(listing), scored);
    Optional<List<InputPartition>> found =
        chosen.among(listing, partition -> PartitionValue.canonical(partition.path()));
    for (int level = 0; level < listing.partitionColumns().size() && found.isEmpty(); level++) {
      int at = level;
      found = chosen.among(listing, partition -> partition.values().get(at).directoryName());
    }

    return found;
  }

  /**
   * @param name of the group that a partition is in; groups are in the order of their names
   */
  private Optional<List<InputPartition>> among(
      Input listing, Function<InputPartition, String> name) {
    TreeMap<String, List<InputPartition>> groups = new TreeMap<>(PartitionValue.ORDER);
    for (InputPartition partition : listing.partitions()) {
      groups.computeIfAbsent(name.apply(partition), any -> new ArrayList<>()).add(partition);
    }

    List<List<InputPartition>> ordered = List.copyOf(groups.values());
    long files = 0;
    int to = 0;
    for (int from = 0; from < ordered.size(); from++) {
      while (to < ordered.size() && files < scored.files()) {
        files += files(ordered.get(to++));
      }

      List<InputPartition> some =
          ordered.subList(from, to).stream().flatMap(Collection::stream).toList();
      if (files == scored.files() && isScored(some)) {
        return Optional.of(some);
      }

      files -= files(ordered.get(from));
    }

    return Optional.empty();
  }

  private static long files(List<InputPartition> partitions) {
    return partitions.stream().mapToLong(partition -> partition.files().size()).sum();
  }

  private boolean isScored(List<InputPartition> partitions) {
    return digest
        .of(partitions.stream().flatMap(partition -> partition.files().stream()).toList())
        .digest()
        .equals(scored.digest());
  }
}
