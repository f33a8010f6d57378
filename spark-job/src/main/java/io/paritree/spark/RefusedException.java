package io.paritree.spark;

import io.paritree.spark.report.Outcome;

/** The input or the output is not what the run needs; nothing of the group was published. */
final class RefusedException extends JobException {
  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(Outcome.REFUSED, message, null);
  }
}
