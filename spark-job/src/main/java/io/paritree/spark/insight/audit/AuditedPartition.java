package io.paritree.spark.insight.audit;

import io.paritree.model.RecordedModels;
import io.paritree.output.PartitionValue;
import io.paritree.output.ScoredInput;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A published partition, as its run describes it.
 *
 * @param partition its path below the output; empty if the output is not partitioned
 * @param token a text that differs for any two publications
 * @param run the name of the directory of the run that has published it
 * @param model what has scored
 * @param rows how many rows there were
 * @param keys the columns of the key in its files
 * @param scores the columns of the scores; empty if they are not known
 * @param input what its rows were made of
 * @param scoredAt when that was read, at the latest
 * @param files that have its rows
 * @param contradictions what the run or the place of the partition says otherwise, each in a
 *     sentence without its full stop
 */
record AuditedPartition(
    String partition,
    String token,
    String run,
    RecordedModels.Recorded model,
    Rows rows,
    List<String> keys,
    List<String> scores,
    Optional<ScoredInput> input,
    Instant scoredAt,
    List<AuditedFile> files,
    List<String> contradictions) {
  AuditedPartition {
    keys = List.copyOf(keys);
    scores = List.copyOf(scores);
    files = List.copyOf(files);
    contradictions = List.copyOf(contradictions);
  }

  /** Returns the names of its partition columns. */
  Set<String> levels() {
    return PartitionValue.texts(partition).keySet();
  }

  /** Numbers of rows. */
  record Rows(long read, long scored, long quarantined) {}
}
