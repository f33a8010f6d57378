package io.paritree.serving.insight.runs;

import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.output.ReportedDrift;
import io.paritree.output.RunReport.Partition;

/**
 * A partition of a run whose rows were compared with others.
 *
 * @param isPublished whether the run has published it
 * @param ending what became of it, as an object of JSON
 * @param drift what the report says of its drift, as another one
 */
record Night(String partition, boolean isPublished, byte[] ending, byte[] drift) {
  private static final int BYTES_BESIDE = 200;

  /** Returns a partition of a report. */
  static Night of(Partition reported, boolean isPublished, ReportedDrift drift) {
    return new Night(
        reported.path(),
        isPublished,
        JsonText.compact(
            JsonText.object(json -> DriftJson.ending(reported, isPublished, drift, json))),
        JsonText.compact(Documents.value(drift)));
  }

  /** Returns how many bytes of the heap it takes. */
  long bytes() {
    return BYTES_BESIDE + 2L * partition.length() + ending.length + drift.length;
  }
}
