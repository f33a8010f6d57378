package io.paritree.profile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What some rows are like, and the rows of each value of a column by themselves. Immutable and
 * thread-safe.
 *
 * @param whole of all rows
 * @param by the column; empty if the rows are not divided
 * @param slices of the rows of each value, in the order of the values' texts, then {@link #MISSING}
 *     and {@link #OTHERS}, if there are such rows; what they count adds up to the whole
 */
public record SlicedProfile(Profile whole, String by, Map<String, Profile> slices) {
  /** The slice of rows without a value. */
  public static final String MISSING = "(missing)";

  /** The slice of rows whose values have no slice of their own. */
  public static final String OTHERS = "(others)";

  /** The most values with a slice of their own: the first in the order of their texts. */
  public static final int MOST = 50;

  public SlicedProfile {
    slices = Collections.unmodifiableMap(new LinkedHashMap<>(slices));
  }

  /** Returns a profile that is not divided. */
  public static SlicedProfile of(Profile whole) {
    return new SlicedProfile(whole, "", Map.of());
  }

  /** Returns the same without contributions. */
  public SlicedProfile unexplained() {
    Map<String, Profile> others = new LinkedHashMap<>();
    slices.forEach((name, profile) -> others.put(name, profile.unexplained()));
    return new SlicedProfile(whole.unexplained(), by, others);
  }

  /**
   * Returns the profile of a slice; empty if there is none, or if the rows are divided otherwise.
   */
  public Optional<Profile> slice(String column, String name) {
    return by.equals(column) ? Optional.ofNullable(slices.get(name)) : Optional.empty();
  }
}
