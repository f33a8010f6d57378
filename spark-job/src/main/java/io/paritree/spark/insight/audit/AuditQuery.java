package io.paritree.spark.insight.audit;

import io.paritree.output.PartitionValue;
import io.paritree.spark.tables.formats.AskedScores;
import java.util.List;

/**
 * What is to be proved.
 *
 * @param published where the scores are; without keys, rows are found by those that the output
 *     records
 * @param partitions values of partition columns: those of one column are alternatives; empty for
 *     all
 * @param model in whose store the versions are that have scored, as for scripts/score; empty if
 *     rows are not to be scored again
 * @param input what was scored
 * @param sample share of the keys that are scored again, above 0 to 1
 * @param engine that scores them
 */
public record AuditQuery(
    AskedScores published,
    List<PartitionValue> partitions,
    String model,
    Rows input,
    double sample,
    AuditEngine engine) {
  public AuditQuery {
    partitions = List.copyOf(partitions);
  }

  /** Returns the same of each of some partitions that are examined at the same time. */
  AuditQuery ofEach(int examined) {
    return new AuditQuery(published.ofEach(examined), partitions, model, input, sample, engine);
  }

  /** Returns whether all rows are scored again. */
  boolean isOfAll() {
    return sample >= 1;
  }

  /** Returns whether a partition is asked for. */
  boolean isOf(String partition) {
    List<PartitionValue> values = PartitionValue.ofPath(partition);
    boolean isOfValues =
        partitions.stream()
            .allMatch(
                asked ->
                    partitions.stream()
                        .filter(other -> other.column().equals(asked.column()))
                        .anyMatch(values::contains));
    return isOfValues && published.isOf(PartitionValue.texts(partition).values());
  }

  /**
   * What was scored.
   *
   * @param path a directory or file; empty for the one that the output records
   * @param table instead of it; empty for a directory
   * @param version of the table; empty for the one that the output records
   */
  public record Rows(String path, String table, String version) {}
}
