package io.paritree.spark.task;

import io.paritree.comparison.ComparisonCounts;
import java.io.Serializable;
import java.util.Optional;

/** What tasks have made of their rows with a challenger. Not thread-safe. */
public final class ChallengerTally implements Serializable {
  private ComparisonCounts counts; // null once it has failed
  private String failure = "";

  /**
   * @param counts of the rows, to which others are added
   */
  public ChallengerTally(ComparisonCounts counts) {
    this.counts = counts;
  }

  /** Returns what was counted; empty if the challenger has failed for any row. */
  public Optional<ComparisonCounts> counts() {
    return Optional.ofNullable(counts);
  }

  /** Returns why the challenger has failed; empty if it has not. */
  public String failure() {
    return failure;
  }

  /** Drops what was counted, since the challenger has failed. */
  public void fail(String why) {
    String reason = why == null || why.isBlank() ? "it has failed" : why;
    failure = failure.isEmpty() ? reason : failure;
    counts = null;
  }

  /** Adds another's rows. */
  void add(ChallengerTally other) {
    if (!other.failure.isEmpty()) {
      fail(other.failure);
    } else if (counts != null) {
      counts.add(other.counts);
    }
  }
}
