package io.paritree.spark.drift;

import io.paritree.drift.Baseline;
import io.paritree.output.PartitionValue;
import io.paritree.output.StoredProfile;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.Profile;
import io.paritree.spark.output.Published;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Finds the profiles that a partition is compared with. Not thread-safe. */
final class Baselines {
  private static final int MOST_WEEKS = 8;
  private static final int MOST_WEEKDAYS = 4;
  private static final int MOST_TRIED = 30;

  private final String modelDigest;
  private final Optional<Profile> reference;
  private final Optional<KeptProfiles> kept;
  private final Published published;
  private final Map<String, Profile> ofGroup = new HashMap<>();
  private final Map<String, Optional<Profile>> read = new HashMap<>();

  /** The baselines of a partition, and why there are no others, by their names. */
  record Found(List<Baseline> baselines, Map<String, String> absences) {}

  /**
   * @param modelDigest of the model that scores now
   * @param kept the profiles of published partitions; empty if none are kept
   */
  Baselines(
      String modelDigest,
      Optional<Profile> reference,
      Optional<KeptProfiles> kept,
      Published published) {
    this.modelDigest = modelDigest;
    this.reference = reference;
    this.kept = kept;
    this.published = published;
  }

  /** Takes note that the group publishes a partition. */
  void publishes(String partition, Profile profile) {
    ofGroup.put(partition, profile);
  }

  /** Returns the baselines of a partition. */
  Found of(String partition) throws IOException {
    List<Baseline> found = new ArrayList<>();
    Map<String, String> absences = new LinkedHashMap<>();
    reference.ifPresentOrElse(
        profile -> found.add(new Baseline(Baseline.REFERENCE, List.of(), profile)),
        () -> absences.put(Baseline.REFERENCE, "the model's package has no reference"));
    if (kept.isEmpty()) {
      String encrypted = "the output is encrypted, so no profile of it is kept";
      absences.put(Baseline.PREVIOUS, encrypted);
      absences.put(Baseline.WEEKDAY, encrypted);
      return new Found(found, absences);
    }

    Series series = Series.of(partition);
    List<String> before = before(series);
    previous(before)
        .ifPresentOrElse(
            found::add,
            () ->
                absences.put(
                    Baseline.PREVIOUS, "no partition before it is published with a profile"));
    weekday(series, before)
        .ifPresentOrElse(
            found::add,
            () ->
                absences.put(
                    Baseline.WEEKDAY,
                    series.dayLevel() < 0
                        ? "its partition is not one of a day"
                        : "no such day of the %s weeks before is published with a profile"
                            .formatted(MOST_WEEKS)));
    return new Found(found, absences);
  }

  /** Returns the partitions before one, the newest first. */
  private List<String> before(Series series) throws IOException {
    TreeSet<String> before = new TreeSet<>(PartitionValue.ORDER.reversed());
    before.addAll(kept.get().before(series));
    ofGroup.keySet().stream()
        .filter(partition -> !series.values().isEmpty() && series.precedes(partition))
        .forEach(before::add);
    return List.copyOf(before);
  }

  private Optional<Baseline> previous(Collection<String> before) throws IOException {
    int tried = 0;
    for (String partition : before) {
      Optional<Profile> profile = profile(partition);
      if (profile.isPresent()) {
        return Optional.of(new Baseline(Baseline.PREVIOUS, List.of(partition), profile.get()));
      }

      if (++tried == MOST_TRIED) {
        break;
      }
    }

    return Optional.empty();
  }

  private Optional<Baseline> weekday(Series series, List<String> before) throws IOException {
    Optional<LocalDate> day = series.day(series.partition());
    List<String> partitions = new ArrayList<>();
    Optional<Profile> sum = Optional.empty();
    for (String partition : day.isPresent() ? before : List.<String>of()) {
      long days = day.get().toEpochDay() - series.day(partition).orElseThrow().toEpochDay();
      boolean isWeekday = days % 7 == 0 && days <= 7 * MOST_WEEKS;
      Optional<Profile> profile = isWeekday ? profile(partition) : Optional.empty();
      if (profile.isPresent() && partitions.size() < MOST_WEEKDAYS) {
        partitions.add(partition);
        Profile own = profile.get();
        sum = Optional.of(sum.map(others -> others.plus(own)).orElse(own));
      }
    }

    return sum.map(profile -> new Baseline(Baseline.WEEKDAY, partitions, profile));
  }

  /** Returns the profile that a partition has once the group is published. */
  private Optional<Profile> profile(String partition) throws IOException {
    Profile own = ofGroup.get(partition);
    if (own != null) {
      return Optional.of(own);
    }

    Optional<Profile> known = read.get(partition);
    if (known == null) {
      known = ofPublished(partition);
      read.put(partition, known);
    }

    return known;
  }

  private Optional<Profile> ofPublished(String partition) throws IOException {
    for (String identity : kept.get().identities(partition)) {
      if (published.has(partition, identity)) {
        return kept.get().read(partition, identity).map(this::comparable);
      }
    }

    return Optional.empty();
  }

  /** Returns a profile without contributions if another model has made them. */
  private Profile comparable(StoredProfile stored) {
    Profile profile = stored.profile();
    return stored.modelDigest().equals(modelDigest)
        ? profile
        : new Profile(
            profile.rows(),
            profile.scored(),
            profile.sampled(),
            0,
            profile.features().stream().map(Baselines::withoutContributions).toList(),
            profile.outputs(),
            List.of(),
            profile.faults());
  }

  private static FeatureProfile withoutContributions(FeatureProfile feature) {
    return new FeatureProfile(
        feature.feature(),
        feature.field(),
        feature.missing(),
        feature.unseen(),
        feature.bins(),
        List.of());
  }
}
