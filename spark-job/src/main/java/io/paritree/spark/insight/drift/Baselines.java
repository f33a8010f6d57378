package io.paritree.spark.insight.drift;

import io.paritree.drift.Baseline;
import io.paritree.output.PartitionValue;
import io.paritree.profile.Profile;
import io.paritree.spark.publish.Published;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the profiles that a partition is compared with. Not thread-safe. */
final class Baselines {
  private static final int MOST_WEEKS = 8;
  private static final int MOST_WEEKDAYS = 4;
  private static final int MOST_TRIED = 30;

  private final String modelDigest;
  private final Optional<Profile> reference;
  private final KeptProfiles kept;
  private final Published published;
  private final Map<String, Profile> ofGroup = new HashMap<>();
  private final Map<String, Optional<Profile>> read = new HashMap<>();
  private final Map<String, List<Level>> listed = new HashMap<>(); // by the path above
  private final Map<String, Past> pasts = new HashMap<>(); // by the keys of series

  /** A name in the path of a partition, read once. */
  private record Level(String name, PartitionValue value) {}

  /** A partition before, and what its rows are like. */
  private record Earlier(String partition, Profile profile) {}

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
    /** Returns the baselines that there are. */
    List<Baseline> baselines() {
      List<Baseline> baselines = new ArrayList<>();
      reference.ifPresent(
          profile -> baselines.add(new Baseline(Baseline.REFERENCE, List.of(), profile)));
      sum(Baseline.PREVIOUS, previous).ifPresent(baselines::add);
      sum(Baseline.WEEKDAY, weekdays).ifPresent(baselines::add);
      return baselines;
    }

    private static Optional<Baseline> sum(String name, List<Earlier> all) {
      return all.stream()
          .map(Earlier::profile)
          .reduce(Profile::plus)
          .map(sum -> new Baseline(name, all.stream().map(Earlier::partition).toList(), sum));
    }
  }

  /**
   * @param modelDigest of the model that scores now
   * @param kept the profiles of published partitions
   */
  Baselines(
      String modelDigest, Optional<Profile> reference, KeptProfiles kept, Published published) {
    this.modelDigest = modelDigest;
    this.reference = reference;
    this.kept = kept;
    this.published = published;
  }

  /** Takes note that the group publishes a partition. */
  void publishes(String partition, Profile profile) {
    ofGroup.put(partition, profile);
    List<PartitionValue> values = PartitionValue.ofPath(partition);
    pasts.values().forEach(past -> past.add(partition, values));
  }

  /**
   * Reads the profiles with which the partitions of a group will be compared unless others of the
   * group take their places: many at once, since each takes several calls of the store.
   */
  void read(Collection<String> group) throws IOException {
    Set<String> wanted = new LinkedHashSet<>();
    for (String partition : group) {
      Series series = Series.of(partition);
      before(series).stream().limit(1).forEach(wanted::add);
      past(series).weekdays(partition, MOST_WEEKS).stream()
          .limit(MOST_WEEKDAYS)
          .forEach(wanted::add);
    }

    wanted.removeAll(group);
    List<String> all = List.copyOf(wanted);
    List<Optional<Profile>> profiles = kept.place().calls().answers(all, this::ofPublished);
    for (int at = 0; at < all.size(); at++) {
      read.put(all.get(at), profiles.get(at));
    }
  }

  /** Returns what a partition is compared with. */
  Found of(String partition) throws IOException {
    Map<String, String> absences = new LinkedHashMap<>();
    if (reference.isEmpty()) {
      absences.put(Baseline.REFERENCE, "the model's package has no reference");
    }

    Series series = Series.of(partition);
    List<Earlier> previous = previous(before(series));
    List<Earlier> weekdays = weekdays(series);
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
  private Collection<String> before(Series series) throws IOException {
    return series.values().isEmpty()
        ? List.of("") // what its rows replace
        : past(series).before(series.partition()).keySet();
  }

  private Past past(Series series) throws IOException {
    Past known = pasts.get(series.key());
    if (known == null) {
      known = new Past(series);
      List<String> all = new ArrayList<>(found(series));
      all.addAll(ofGroup.keySet());
      for (String partition : all) {
        known.add(partition, PartitionValue.ofPath(partition));
      }

      pasts.put(series.key(), known);
    }

    return known;
  }

  /** Returns the partitions of a series that have profiles. */
  private List<String> found(Series series) throws IOException {
    List<String> found = List.of("");
    for (int level = 0; level < series.values().size(); level++) {
      List<String> deeper = new ArrayList<>();
      for (String above : found) {
        for (Level below : below(above)) {
          if (series.mayHave(level, below.value())) {
            deeper.add(above.isEmpty() ? below.name() : above + "/" + below.name());
          }
        }
      }

      found = deeper;
    }

    return found;
  }

  private List<Level> below(String path) throws IOException {
    List<Level> known = listed.get(path);
    if (known == null) {
      known =
          kept.below(path).stream()
              .map(name -> new Level(name, PartitionValue.ofPath(name).get(0)))
              .toList();
      listed.put(path, known);
    }

    return known;
  }

  private List<Earlier> previous(Collection<String> before) throws IOException {
    for (String partition : before.stream().limit(MOST_TRIED).toList()) {
      Optional<Profile> profile = profile(partition);
      if (profile.isPresent()) {
        return List.of(new Earlier(partition, profile.get()));
      }
    }

    return List.of();
  }

  private List<Earlier> weekdays(Series series) throws IOException {
    List<Earlier> weekdays = new ArrayList<>();
    for (String partition : past(series).weekdays(series.partition(), MOST_WEEKS)) {
      if (weekdays.size() < MOST_WEEKDAYS) {
        profile(partition).ifPresent(profile -> weekdays.add(new Earlier(partition, profile)));
      }
    }

    return weekdays;
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
    List<String> identities = kept.identities(partition);
    Optional<String> identity =
        identities.isEmpty()
            ? Optional.empty()
            : published.writer(partition, identities).identity();
    return identity.isEmpty()
        ? Optional.empty()
        : kept.read(partition, identity.get()).map(one -> one.comparable(modelDigest));
  }
}
