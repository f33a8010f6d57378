package io.paritree.spark.report;

import io.paritree.drift.Noise;
import io.paritree.output.RunReport.Change;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.Profile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Finds the features whose values are missing, or in no vocabulary, more or less often than among
 * the rows that the model was sealed with.
 */
final class ChangedValues {
  /** A smaller difference of shares is never shown, however many rows there are. */
  private static final double LEAST_DIFFERENCE = 0.001;

  /** Missing and unseen values, each more or less often. */
  private static final int COMPARISONS = 4;

  private ChangedValues() {}

  /** Returns the features that changed, the largest change first. */
  static List<Change> of(JobReport.Values values) {
    if (values.reference().isEmpty() || values.rows() == 0) {
      return List.of();
    }

    Profile sealed = values.reference().get();
    Noise noise = new Noise(COMPARISONS * sealed.features().size());
    List<Change> changed = new ArrayList<>();
    for (FeatureProfile feature : sealed.features()) {
      Change change =
          new Change(
              feature.feature(),
              share(values.missing(), feature, values.rows()),
              (double) feature.missing() / sealed.rows(),
              share(values.unseen(), feature, values.rows()),
              (double) feature.unseen() / sealed.rows());
      if (differ(change.missing(), values.rows(), change.missingSealed(), sealed.rows(), noise)
          || differ(change.unseen(), values.rows(), change.unseenSealed(), sealed.rows(), noise)) {
        changed.add(change);
      }
    }

    changed.sort(Comparator.comparingDouble(ChangedValues::size).reversed());
    return List.copyOf(changed);
  }

  private static double share(Map<String, Long> counts, FeatureProfile feature, long rows) {
    return (double) counts.getOrDefault(feature.feature(), 0L) / rows;
  }

  private static double size(Change change) {
    return Math.max(
        Math.abs(change.missing() - change.missingSealed()),
        Math.abs(change.unseen() - change.unseenSealed()));
  }

  private static boolean differ(
      double share, long rows, double shareSealed, long rowsSealed, Noise noise) {
    return Math.abs(share - shareSealed) >= LEAST_DIFFERENCE
        && noise.differ(share, rows, shareSealed, rowsSealed);
  }
}
