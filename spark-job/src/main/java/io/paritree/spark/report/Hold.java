package io.paritree.spark.report;

import io.paritree.spark.ending.Outcome;

/**
 * Why a partition is held: it was scored, and is not published.
 *
 * @param outcome how a run ends that holds a partition for this reason: {@link Outcome#word}
 * @param reason in a sentence, without the partition's name
 */
public record Hold(String outcome, String reason) {
  public static Hold of(Outcome outcome, String reason) {
    return new Hold(outcome.word(), reason);
  }
}
