package io.paritree.spark.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a run, or a group of it, ended. */
public enum Outcome {
  /** All its partitions are published, at least one of them by it. */
  PUBLISHED(0),
  /** All its partitions were published by other runs, with the same identity. */
  ALREADY_PUBLISHED(0),
  /** Everything was checked and a sample was scored; nothing was written. */
  CHECKED(0),
  /** Anything else. */
  FAILED(1),
  /**
   * The command line or the configuration is wrong; such a run has no report, unless its model had
   * to be read first.
   */
  WRONG_USAGE(2),
  /** The input or the output is not what the run needs. */
  REFUSED(3),
  /** Too many rows of some partitions were quarantined; these are held. */
  QUARANTINED(4),
  /** Another run has published one of its partitions meanwhile, or has declared this run dead. */
  OVERTAKEN(5),
  /** The model is corrupt or not supported. */
  MODEL_REFUSED(6),
  /** What was proved differs; of audits and proofs only. */
  DIFFERS(7),
  /** Rules about drift have fired for some partitions; these are held. */
  HELD(8);

  private final int exitCode;

  Outcome(int exitCode) {
    this.exitCode = exitCode;
  }

  /** Returns the exit code of a process that ends with this outcome. */
  public int exitCode() {
    return exitCode;
  }

  /** Returns the outcome with a name as of {@link #word}. */
  public static Optional<Outcome> ofWord(String word) {
    return Arrays.stream(values()).filter(outcome -> outcome.word().equals(word)).findFirst();
  }

  /** Returns the stable name of the outcome in reports, such as {@code already_published}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
