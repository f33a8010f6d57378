package io.paritree.spark.output;

import java.util.List;
import java.util.Optional;

/** What a run says of its partitions before anything is scored, though it is no problem. */
public final class Remarks {
  private static final int MOST_SHOWN = 5;

  private Remarks() {}

  /** Says which partitions of the output the input does not have. */
  public static Optional<String> onBeside(List<String> partitions) {
    boolean isOne = partitions.size() == 1;
    return partitions.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "The output has %s partition%s that the input does not have (%s): %s as before"
                .formatted(
                    partitions.size(),
                    isOne ? "" : "s",
                    shown(partitions),
                    isOne ? "it stays" : "they stay"));
  }

  /** Returns the names of partitions for a message; of many, the first ones and the last. */
  static String shown(List<String> partitions) {
    int last = partitions.size() - 1;
    return partitions.size() <= MOST_SHOWN
        ? String.join(", ", partitions)
        : "%s, %s, ... %s".formatted(partitions.get(0), partitions.get(1), partitions.get(last));
  }
}
