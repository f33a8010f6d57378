package io.paritree.serving.insight.runs;

import io.paritree.drift.Baseline;
import io.paritree.drift.Drift;
import io.paritree.profile.Profile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The profiles that partitions were compared with.
 *
 * @param references returns the reference of the served model with a digest, if it has one
 * @param fields says of which fields a profile is needed
 */
record BaselineProfiles(ReportedRuns runs, Function<String, Optional<Profile>> references) {
  private static final double ROUNDING = 1e-9;

  /**
   * A profile, or why it is not known.
   *
   * @param absence empty if it is known
   */
  record Found(Optional<Profile> profile, String absence) {
    static Found absent(String reason) {
      return new Found(Optional.empty(), reason);
    }
  }

  /** Returns the profile that a partition was compared with. */
  Found of(Reported one, Drift drift) {
    if (drift.baseline().equals(Baseline.REFERENCE)) {
      Optional<Profile> reference = one.run().modelDigest().flatMap(references);
      return reference.isPresent()
          ? new Found(reference, "")
          : Found.absent("this server does not serve the model of the run");
    }

    List<Reported> published = new ArrayList<>();
    for (String partition : new LinkedHashSet<>(drift.partitions())) {
      Optional<Reported> before = published(partition, one);
      if (before.isEmpty()) {
        return Found.absent("no report of a run has the rows of " + partition);
      }

      published.add(before.get());
    }

    return sum(published, drift);
  }

  /** Returns the newest run, at the time of another one, that has published a partition. */
  private Optional<Reported> published(String partition, Reported later) {
    return runs.list().runs().stream()
        .filter(run -> !run.began().isAfter(later.run().began()))
        .flatMap(run -> run.nights().stream().map(night -> new Reported(run, night)))
        .filter(one -> one.night().partition().equals(partition) && one.night().isPublished())
        .findFirst();
  }

  private Found sum(List<Reported> published, Drift drift) {
    List<Optional<Optional<Profile>>> profiles =
        runs.drifts(published, (one, partition) -> partition.profile());
    Optional<Profile> sum =
        profiles.stream().flatMap(Optional::stream).flatMap(Optional::stream).reduce(Profile::plus);
    // A partition whose profile is not among the reports any more makes another number of rows.
    boolean isWhole =
        sum.filter(
                rows ->
                    Math.abs((double) rows.rows() / Math.max(1, published.size()) - drift.rows())
                        <= ROUNDING * drift.rows())
            .isPresent();
    return isWhole
        ? new Found(sum, "")
        : Found.absent("the rows of %s are not known any more".formatted(drift.baseline()));
  }
}
