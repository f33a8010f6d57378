package io.paritree.serving.runs;

import io.paritree.output.ReportedDrift;
import io.paritree.output.RunReport.Hold;
import io.paritree.output.RunReport.Partition;
import java.util.Optional;

/**
 * A partition of a run whose rows were compared with others.
 *
 * @param rows how many were read
 * @param isPublished whether the run has published it
 * @param hold why it is held; empty if it is not
 */
record Night(
    String partition, long rows, boolean isPublished, Optional<Hold> hold, ReportedDrift drift) {

  /** Returns a partition of a report. */
  static Night of(Partition reported, boolean isPublished, ReportedDrift drift) {
    return new Night(reported.path(), reported.read(), isPublished, reported.hold(), drift);
  }
}
