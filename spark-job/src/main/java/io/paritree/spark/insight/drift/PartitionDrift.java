package io.paritree.spark.insight.drift;

import io.paritree.drift.Drift;
import io.paritree.drift.Suspects;
import io.paritree.output.ReportedDrift;
import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the rows of a partition differ from others.
 *
 * @param profile what its rows are like
 * @param drifts the comparison with each baseline that there is
 */
public record PartitionDrift(Profile profile, List<Drift> drifts, List<Verdict> verdicts) {
  private static final int MOST_SUSPECTS = 5;

  public PartitionDrift {
    drifts = List.copyOf(drifts);
    verdicts = List.copyOf(verdicts);
  }

  /** Returns why a gate holds the partition; empty if it does not. */
  public Optional<String> held() {
    String fired =
        verdicts.stream()
            .filter(Verdict::holds)
            .map(Verdict::text)
            .collect(Collectors.joining("; "));
    return fired.isEmpty()
        ? Optional.empty()
        : Optional.of("%s; look first at %s".formatted(fired, String.join(", ", suspects())));
  }

  /** Returns where to look first if rules have fired. */
  public List<String> suspects() {
    List<String> suspects = Suspects.of(profile(), drifts, verdicts, MOST_SUSPECTS);
    return suspects.isEmpty() ? List.of("the scores") : suspects;
  }

  /**
   * Returns what a report says of it.
   *
   * @param accepted why the partition is published all the same; empty if nobody has said so
   */
  public ReportedDrift reported(String accepted) {
    return ReportedDrift.of(drifts, verdicts, held().isPresent() ? accepted : "");
  }
}
