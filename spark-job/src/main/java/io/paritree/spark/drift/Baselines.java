package io.paritree.spark.drift;

import io.paritree.drift.Baseline;
import io.paritree.output.PartitionValue;
import io.paritree.output.StoredProfile;
import io.paritree.profile.Profile;
import io.paritree.profile.SlicedProfile;
import io.paritree.spark.output.Published;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** Finds the profiles that a partition is compared with. Not thread-safe. */
final class Baselines {
  private static final int MOST_WEEKS = 8;
  private static final int MOST_WEEKDAYS = 4;
  private static final int MOST_TRIED = 30;

  private final String modelDigest;
  private final Optional<Profile> reference;
  private final Optional<KeptProfiles> kept;
  private final Published published;
  private final Map<String, SlicedProfile> ofGroup = new HashMap<>();
  private final Map<String, Optional<SlicedProfile>> read = new HashMap<>();

  /** A partition before, and what its rows are like. */
  private record Earlier(String partition, SlicedProfile profile) {}

  /**
   * What a partition is compared with.
   *
   * @param previous at most one partition
   * @param weekdays the newest first
   * @param absences why there are no other baselines, by their names
   */
  record Found(
      Optional<Profile> reference,
      List<Earlier> previous,
      List<Earlier> weekdays,
      Map<String, String> absences) {
    /** Returns the baselines of all rows. */
    List<Baseline> baselines() {
      return baselines(profile -> Optional.of(profile.whole()));
    }

    /** Returns the baselines of a slice: the reference, and the same slice of other partitions. */
    List<Baseline> baselines(String by, String slice) {
      return baselines(profile -> profile.slice(by, slice));
    }

    private List<Baseline> baselines(Function<SlicedProfile, Optional<Profile>> part) {
      List<Baseline> baselines = new ArrayList<>();
      reference.ifPresent(
          profile -> baselines.add(new Baseline(Baseline.REFERENCE, List.of(), profile)));
      sum(Baseline.PREVIOUS, previous, part).ifPresent(baselines::add);
      sum(Baseline.WEEKDAY, weekdays, part).ifPresent(baselines::add);
      return baselines;
    }

    private static Optional<Baseline> sum(
        String name, List<Earlier> all, Function<SlicedProfile, Optional<Profile>> part) {
      List<Earlier> some = all.stream().filter(one -> part.apply(one.profile).isPresent()).toList();
      return some.stream()
          .map(one -> part.apply(one.profile).orElseThrow())
          .reduce(Profile::plus)
          .map(sum -> new Baseline(name, some.stream().map(Earlier::partition).toList(), sum));
    }
  }

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
  void publishes(String partition, SlicedProfile profile) {
    ofGroup.put(partition, profile);
  }

  /** Returns what a partition is compared with. */
  Found of(String partition) throws IOException {
    Map<String, String> absences = new LinkedHashMap<>();
    if (reference.isEmpty()) {
      absences.put(Baseline.REFERENCE, "the model's package has no reference");
    }

    if (kept.isEmpty()) {
      String encrypted = "the output is encrypted, so no profile of it is kept";
      absences.put(Baseline.PREVIOUS, encrypted);
      absences.put(Baseline.WEEKDAY, encrypted);
      return new Found(reference, List.of(), List.of(), absences);
    }

    Series series = Series.of(partition);
    List<String> before = before(series);
    List<Earlier> previous = previous(before);
    List<Earlier> weekdays = weekdays(series, before);
    if (previous.isEmpty()) {
      absences.put(Baseline.PREVIOUS, "no partition before it is published with a profile");
    }

    if (weekdays.isEmpty()) {
      absences.put(
          Baseline.WEEKDAY,
          series.dayLevel() < 0
              ? "its partition is not one of a day"
              : "no such day of the %s weeks before is published with a profile"
                  .formatted(MOST_WEEKS));
    }

    return new Found(reference, previous, weekdays, absences);
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

  private List<Earlier> previous(List<String> before) throws IOException {
    for (String partition : before.subList(0, Math.min(MOST_TRIED, before.size()))) {
      Optional<SlicedProfile> profile = profile(partition);
      if (profile.isPresent()) {
        return List.of(new Earlier(partition, profile.get()));
      }
    }

    return List.of();
  }

  private List<Earlier> weekdays(Series series, List<String> before) throws IOException {
    Optional<LocalDate> day = series.day(series.partition());
    List<Earlier> weekdays = new ArrayList<>();
    for (String partition : day.isPresent() ? before : List.<String>of()) {
      long days = day.get().toEpochDay() - series.day(partition).orElseThrow().toEpochDay();
      boolean isWeekday = days % 7 == 0 && days <= 7 * MOST_WEEKS;
      if (isWeekday && weekdays.size() < MOST_WEEKDAYS) {
        profile(partition).ifPresent(profile -> weekdays.add(new Earlier(partition, profile)));
      }
    }

    return weekdays;
  }

  /** Returns the profile that a partition has once the group is published. */
  private Optional<SlicedProfile> profile(String partition) throws IOException {
    SlicedProfile own = ofGroup.get(partition);
    if (own != null) {
      return Optional.of(own);
    }

    Optional<SlicedProfile> known = read.get(partition);
    if (known == null) {
      known = ofPublished(partition);
      read.put(partition, known);
    }

    return known;
  }

  private Optional<SlicedProfile> ofPublished(String partition) throws IOException {
    for (String identity : kept.get().identities(partition)) {
      if (published.has(partition, identity)) {
        return kept.get().read(partition, identity).map(this::comparable);
      }
    }

    return Optional.empty();
  }

  /** Returns a profile without contributions if another model has made them. */
  private SlicedProfile comparable(StoredProfile stored) {
    return stored.modelDigest().equals(modelDigest)
        ? stored.profile()
        : stored.profile().unexplained();
  }
}
