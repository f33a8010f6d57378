package io.paritree.spark.report;

import io.paritree.spark.rows.ScoreHistogram;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run did.
 *
 * @param run the run's id
 * @param outcome how it ended
 * @param exitCode the exit code that stands for it
 * @param message why it ended so; empty if it published
 * @param startedAt when it began, in UTC
 * @param model what scored
 * @param input what was read
 * @param output where it was published
 * @param partitions what became of each partition that was scored
 * @param alreadyPublished how many partitions had nothing to do
 * @param codes quarantined rows by fault code
 * @param missing missing values by feature
 * @param scores the distribution of the first score
 * @param seconds how long each part took
 * @param quarantine where quarantined rows lie; empty if there is none
 */
public record JobReport(
    String run,
    Outcome outcome,
    int exitCode,
    String message,
    String startedAt,
    Model model,
    String input,
    String output,
    List<PartitionReport> partitions,
    int alreadyPublished,
    Map<String, Long> codes,
    Map<String, Long> missing,
    ScoreHistogram scores,
    Map<String, Double> seconds,
    String quarantine) {

  /**
   * The model that scored.
   *
   * @param name its name
   * @param version what the column {@code model_version} holds
   * @param digest its SHA-256
   * @param engine which engine
   * @param sealed whether it is a sealed package
   */
  public record Model(String name, String version, String digest, String engine, boolean sealed) {}

  public JobReport {
    partitions = List.copyOf(partitions);
    codes = new TreeMap<>(codes);
  }

  /** Returns how many rows were read. */
  public long read() {
    return partitions.stream().mapToLong(PartitionReport::read).sum();
  }

  /** Returns how many rows were scored. */
  public long scored() {
    return partitions.stream().mapToLong(PartitionReport::scored).sum();
  }

  /** Returns how many rows could not be scored. */
  public long quarantined() {
    return partitions.stream().mapToLong(PartitionReport::quarantined).sum();
  }

  /** Returns rows per second of scoring; 0 if nothing was scored. */
  public double rowsPerSecond() {
    double scoring = seconds.getOrDefault("score", 0.0);
    return scoring > 0 ? read() / scoring : 0;
  }
}
