package io.paritree.spark.report;

import io.paritree.output.RunReport.Change;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.Profile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the features whose values are missing, or in no vocabulary, more or less often than among
 * the rows that the model was sealed with.
 */
final class ChangedValues {
  /** A smaller difference of shares is never shown, however many rows there are. */
  private static final double LEAST_DIFFERENCE = 0.001;

  /**
   * How large the deviance of a difference must be, which chance alone does not reach: with many
   * values that is the square of five standard errors, and with few ones it holds too.
   */
  private static final double LEAST_DEVIANCE = 25;

  private ChangedValues() {}

  /** Returns the features that changed, the largest change first. */
  static List<Change> of(JobReport.Values values) {
    if (values.reference().isEmpty() || values.rows() == 0) {
      return List.of();
    }

    Profile sealed = values.reference().get();
    List<Change> changed = new ArrayList<>();
    for (FeatureProfile feature : sealed.features()) {
      long missing = values.missing().getOrDefault(feature.feature(), 0L);
      long unseen = values.unseen().getOrDefault(feature.feature(), 0L);
      long missingSealed = feature.missing();
      long unseenSealed = feature.unseen();
      if (differ(missing, values.rows(), missingSealed, sealed.rows())
          || differ(unseen, values.rows(), unseenSealed, sealed.rows())) {
        changed.add(
            new Change(
                feature.feature(),
                (double) missing / values.rows(),
                (double) missingSealed / sealed.rows(),
                (double) unseen / values.rows(),
                (double) unseenSealed / sealed.rows()));
      }
    }

    changed.sort(Comparator.comparingDouble(ChangedValues::size).reversed());
    return List.copyOf(changed);
  }

  private static double size(Change change) {
    return Math.max(
        Math.abs(change.missing() - change.missingSealed()),
        Math.abs(change.unseen() - change.unseenSealed()));
  }

  private static boolean differ(long count, long rows, long sealedCount, long sealedRows) {
    double difference = Math.abs((double) count / rows - (double) sealedCount / sealedRows);
    double pooled = (double) (count + sealedCount) / (rows + sealedRows);
    double deviance = deviance(count, rows, pooled) + deviance(sealedCount, sealedRows, pooled);
    return difference >= LEAST_DIFFERENCE && deviance > LEAST_DEVIANCE;
  }

  /** Returns how far a count is from what a share gives: a likelihood ratio's 2 log. */
  private static double deviance(long count, long rows, double share) {
    return 2 * (term(count, rows * share) + term(rows - count, rows * (1 - share)));
  }

  private static double term(long count, double expected) {
    return count == 0 ? 0 : count * Math.log(count / expected);
  }
}
