package io.paritree.profile;

import java.io.Serializable;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Counts rows into a {@link SlicedProfile}: all of them, and those of each value of a column by
 * themselves.
 *
 * <p>The first {@link SlicedProfile#MOST} values in the order of their texts have counts of their
 * own. Where there are more, those of the last are added to the others, so that the result is the
 * same in whatever order rows come: a value that is among the first of all rows is among the first
 * of some. Not thread-safe.
 */
public final class SlicedCounts implements Serializable {
  private final transient ProfileForm form; // of slices; not where it was sent to
  private final Sampling sampling;
  private final long rows;
  private final ProfileCounts whole;
  private final TreeMap<String, ProfileCounts> own = new TreeMap<>();
  private ProfileCounts missing; // null without such rows
  private ProfileCounts others; // null without such rows

  /**
   * @param rows how many rows there are; 0 if that is not known
   */
  public SlicedCounts(ProfileForm form, Sampling sampling, long rows) {
    this.form = form.ofSlices();
    this.sampling = sampling;
    this.rows = rows;
    this.whole = new ProfileCounts(form, sampling, rows);
  }

  /** Returns the counts of all rows. What is added to them is added to no slice. */
  public ProfileCounts whole() {
    return whole;
  }

  private ProfileCounts none() {
    // Of as many rows as the whole: a row is in the sample of its slice if it is in that of all.
    return new ProfileCounts(form, sampling, rows);
  }

  /** Makes place for the rows of some values, by their names. */
  public void expect(Collection<String> values) {
    Set<String> names = new HashSet<>(values);
    if (names.remove(SlicedProfile.MISSING) && missing == null) {
      missing = none();
    }

    if (names.remove(SlicedProfile.OTHERS) && others == null) {
      others = none();
    }

    if (own.keySet().containsAll(names)) {
      return;
    }

    TreeSet<String> kept = new TreeSet<>(names);
    kept.addAll(own.keySet());
    while (kept.size() > SlicedProfile.MOST) {
      kept.pollLast();
    }

    if (others == null && !kept.containsAll(names)) {
      others = none();
    }

    for (String name : List.copyOf(own.keySet())) {
      if (!kept.contains(name)) {
        addToOthers(own.remove(name));
      }
    }

    kept.forEach(name -> own.computeIfAbsent(name, value -> none()));
  }

  private void addToOthers(ProfileCounts counts) {
    counts.pack();
    if (others == null) {
      others = counts;
    } else {
      others.pack();
      others.add(counts);
    }
  }

  /** Returns where rows of an expected value are counted, until others are expected. */
  public ProfileCounts of(String value) {
    return switch (value) {
      case SlicedProfile.MISSING -> missing;
      case SlicedProfile.OTHERS -> others;
      default -> own.getOrDefault(value, others);
    };
  }

  /** Packs the counts before they are kept for long or sent; they can be added to afterwards. */
  public void pack() {
    whole.pack();
    slices()
        .values()
        .forEach(
            slice -> {
              slice.keepSampleOf(whole);
              slice.pack();
            });
  }

  /** Adds another's rows, which are counted alike; both must be packed, and are afterwards. */
  public void add(SlicedCounts other) {
    whole.add(other.whole);
    missing = sum(missing, other.missing);
    others = sum(others, other.others);
    other.own.forEach((name, counts) -> own.put(name, sum(own.get(name), counts)));
    while (own.size() > SlicedProfile.MOST) {
      addToOthers(own.pollLastEntry().getValue());
    }

    pack();
  }

  private static ProfileCounts sum(ProfileCounts one, ProfileCounts other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }

    one.add(other);
    return one;
  }

  private Map<String, ProfileCounts> slices() {
    Map<String, ProfileCounts> all = new LinkedHashMap<>(own);
    if (missing != null) {
      all.put(SlicedProfile.MISSING, missing);
    }

    if (others != null) {
      all.put(SlicedProfile.OTHERS, others);
    }

    return all;
  }

  /**
   * Returns the profile of all rows so far; the counts must be packed.
   *
   * @param of the form that was counted
   * @param by the column of the values; empty if no value was expected
   */
  public SlicedProfile profile(ProfileForm of, String by) {
    Map<String, Profile> profiles = new LinkedHashMap<>();
    ProfileForm ofSlices = of.ofSlices();
    slices().forEach((name, counts) -> profiles.put(name, counts.profile(ofSlices)));
    return new SlicedProfile(whole.profile(of), by, profiles);
  }
}
