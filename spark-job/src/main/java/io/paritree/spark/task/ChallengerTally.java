package io.paritree.spark.task;

import io.paritree.comparison.ComparisonCounts;
import java.io.Serializable;
import java.util.Optional;

/** What tasks have made of their rows with a challenger. Not thread-safe. */
public final class ChallengerTally implements Serializable {
  private ComparisonCounts counts; // null once it has failed
  private String failure = "";
  private ScoredAlone alone; // null if all of its rows were scored as one with the champion's

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

  /** Returns why it has scored by itself, not as one with the champion; empty if it has not. */
  public Optional<ScoredAlone> alone() {
    return Optional.ofNullable(alone);
  }

  /** Sets why it scores by itself; a fault stays. */
  public void setAlone(ScoredAlone why) {
    alone = alone == null || why.isFault() && !alone.isFault() ? why : alone;
  }

  /** Adds another's rows. */
  void add(ChallengerTally other) {
    other.alone().ifPresent(this::setAlone);
    if (!other.failure.isEmpty()) {
      fail(other.failure);
    } else if (counts != null) {
      counts.add(other.counts);
    }
  }
}
