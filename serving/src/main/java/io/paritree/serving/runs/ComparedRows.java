package io.paritree.serving.runs;

import io.paritree.drift.Drift;
import io.paritree.output.RunDrift;
import io.paritree.profile.Profile;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a partition, or of one of its slices, as a run has compared them.
 *
 * @param profile empty if nobody may read it
 */
record ComparedRows(Optional<Profile> profile, List<Drift> drifts) {
  /** Without rows: of a slice that a partition does not have. */
  static final ComparedRows NONE = new ComparedRows(Optional.empty(), List.of());

  static ComparedRows of(RunDrift.Partition partition, Optional<String> slice) {
    if (slice.isEmpty()) {
      return new ComparedRows(partition.profile(), partition.drifts());
    }

    return partition.slices().slices().stream()
        .filter(one -> one.name().equals(slice.get()))
        .map(one -> new ComparedRows(Optional.of(one.profile()), one.drifts()))
        .findFirst()
        .orElse(NONE);
  }

  /** Returns the first of some baselines that they were compared with. */
  Optional<Drift> first(List<String> names) {
    return names.stream()
        .flatMap(name -> drifts.stream().filter(one -> one.baseline().equals(name)))
        .findFirst();
  }
}
