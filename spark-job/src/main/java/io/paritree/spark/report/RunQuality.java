package io.paritree.spark.report;

import io.paritree.drift.Drift;
import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import io.paritree.rule.Verdict.Result;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run has found out about the rows of its partitions, for all that it reports to. Not
 * thread-safe.
 */
public final class RunQuality {
  private static final int MOST_FIRED = 100;

  private final List<Fired> fired = new ArrayList<>();
  private int firedPartitions;

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

  /** Takes note of a partition. */
  public void add(Compared partition) {
    List<Verdict> own =
        partition.verdicts.stream().filter(verdict -> verdict.result() == Result.FIRED).toList();
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
}
