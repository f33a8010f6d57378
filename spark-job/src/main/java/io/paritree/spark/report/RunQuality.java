package io.paritree.spark.report;

import io.paritree.drift.Drift;
import io.paritree.output.PartitionValue;
import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import io.paritree.rule.Verdict.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a run has found out about the rows of its partitions, for all that it reports to. Not
 * thread-safe.
 */
public final class RunQuality {
  private static final int MOST_FIRED = 100;

  private final List<Fired> fired = new ArrayList<>();
  private int firedPartitions;
  private int firedRules;
  private List<String> ranking = List.of();
  private Optional<Compared> newest = Optional.empty();

  /**
   * The rows of a partition, and how they differ from others.
   *
   * @param path its directory below the output; empty if the output is not partitioned
   * @param drifts the comparison with each baseline that there is
   * @param suspects where to look first, if rules have fired
   */
  public record Compared(
      String path,
      Profile profile,
      List<Drift> drifts,
      List<Verdict> verdicts,
      List<String> suspects) {
    public Compared {
      drifts = List.copyOf(drifts);
      verdicts = List.copyOf(verdicts);
      suspects = List.copyOf(suspects);
    }
  }

  /** The rules that have fired for a partition, and where to look first. */
  record Fired(String path, List<Verdict> verdicts, List<String> suspects) {}

  /** Sets the fields of the model, the most important first. */
  public void rank(List<String> byImportance) {
    ranking = List.copyOf(byImportance);
  }

  /** Takes note of a partition. */
  public void add(Compared partition) {
    if (newest.isEmpty() || PartitionValue.ORDER.compare(partition.path, newest.get().path) >= 0) {
      newest = Optional.of(partition);
    }

    List<Verdict> own =
        partition.verdicts.stream().filter(verdict -> verdict.result() == Result.FIRED).toList();
    firedRules += own.size();
    if (!own.isEmpty()) {
      firedPartitions++;
      if (fired.size() < MOST_FIRED) {
        fired.add(new Fired(partition.path, own, partition.suspects));
      }
    }
  }

  /** Returns the first partitions for which rules have fired. */
  List<Fired> fired() {
    return List.copyOf(fired);
  }

  /** Returns for how many partitions rules have fired. */
  int firedPartitions() {
    return firedPartitions;
  }

  /** Returns how often a rule has fired, for any partition. */
  int firedRules() {
    return firedRules;
  }

  /** Returns the newest of the partitions; empty if none was compared. */
  Optional<Compared> newest() {
    return newest;
  }

  /** Returns the fields of the model, the most important first. */
  List<String> ranking() {
    return ranking;
  }
}
