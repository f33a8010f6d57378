package io.paritree.drift;

import io.paritree.profile.Profile;
import java.util.List;

/**
 * A profile that others are compared with.
 *
 * @param name one of the constants
 * @param partitions whose rows the profile is of; empty for a reference
 */
public record Baseline(String name, List<String> partitions, Profile profile) {
  /** The rows that the package was sealed with. */
  public static final String REFERENCE = "reference";

  /** The partition before. */
  public static final String PREVIOUS = "previous";

  /** The partitions before of the same day of the week. */
  public static final String WEEKDAY = "weekday";

  public static final List<String> NAMES = List.of(REFERENCE, PREVIOUS, WEEKDAY);

  public Baseline {
    partitions = List.copyOf(partitions);
  }

  /** Returns the mean number of rows of its partitions. */
  public double rows() {
    return (double) profile.rows() / Math.max(1, partitions.size());
  }
}
