package io.paritree.profile;

import java.io.Serializable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts rows into a {@link SlicedProfile}: all of them, and those of each value of a column by
 * themselves, in {@link CountsByValue}. Not thread-safe.
 */
public final class SlicedCounts implements Serializable {
  private final transient ProfileForm form; // of slices; not where it was sent to
  private final Sampling sampling;
  private final long rows;
  private final ProfileCounts whole;
  private final CountsByValue<ProfileCounts> slices = new CountsByValue<>();

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

  /** Makes place for the rows of some slices. */
  public void expect(Collection<String> names) {
    // Of as many rows as the whole: a row is in the sample of its slice if it is in that of all.
    slices.expect(names, () -> new ProfileCounts(form, sampling, rows));
  }

  /** Returns where rows of an expected slice are counted, until others are expected. */
  public ProfileCounts of(String name) {
    return slices.of(name);
  }

  /** Packs the counts before they are kept for long or sent; they can be added to afterwards. */
  public void pack() {
    whole.pack();
    slices
        .all()
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
    slices.add(other.slices);
    pack();
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
    slices.all().forEach((name, counts) -> profiles.put(name, counts.profile(ofSlices)));
    return new SlicedProfile(whole.profile(of), by, profiles);
  }
}
