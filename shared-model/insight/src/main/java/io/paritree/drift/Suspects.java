package io.paritree.drift;

import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where to look first when rules have fired. */
public final class Suspects {
  private Suspects() {}

  /**
   * Returns {@code rows} if a rule about them has fired, then the fields for which a rule has, the
   * furthest beyond their limits first, then the others by the absolute value of their impact.
   *
   * @param profile of the rows that the verdicts are about
   * @param drifts of the profile; the first one with impacts counts
   */
  public static List<String> of(
      Profile profile, List<Drift> drifts, List<Verdict> verdicts, int most) {
    Set<String> scores = Subjects.outputs(profile).keySet();
    List<String> fired =
        verdicts.stream()
            .filter(verdict -> verdict.result() == Verdict.Result.FIRED)
            .flatMap(verdict -> verdict.findings().stream())
            .sorted(
                Comparator.comparing(Suspects::isOfRows)
                    .thenComparingDouble(Verdict.Finding::beyond)
                    .reversed())
            .map(Verdict.Finding::subject)
            .filter(subject -> !scores.contains(subject))
            .toList();
    Set<String> suspects = new LinkedHashSet<>(fired);
    drifts.stream()
        .filter(drift -> !drift.margins().isEmpty())
        .findFirst()
        .ifPresent(drift -> drift.byImpact().forEach(field -> suspects.add(field.name())));
    return suspects.stream().limit(most).toList();
  }

  private static boolean isOfRows(Verdict.Finding finding) {
    return finding.measure().isEmpty();
  }
}
