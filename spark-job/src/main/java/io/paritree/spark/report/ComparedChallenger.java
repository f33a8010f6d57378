package io.paritree.spark.report;

import io.paritree.comparison.Comparison;
import io.paritree.comparison.LabelFlips;
import io.paritree.comparison.OutputComparison;
import io.paritree.comparison.RowComparison;
import io.paritree.output.ReportedChallenger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a challenger compares with the model that scored, or why it was left out.
 *
 * @param name by which the run calls it
 * @param leftOut why it was not compared; empty if it was
 * @param comparison empty if it was left out
 */
public record ComparedChallenger(String name, String leftOut, Optional<Comparison> comparison) {
  /** Returns that a challenger was not compared. */
  public static ComparedChallenger leftOut(String name, String why) {
    return new ComparedChallenger(name, why, Optional.empty());
  }

  /** Returns how a challenger compares. */
  public static ComparedChallenger compared(String name, Comparison comparison) {
    return new ComparedChallenger(name, "", Optional.of(comparison));
  }

  /**
   * Returns the challengers of a run with several groups: that one was left out of some, or else
   * how it compares in the last group that has rows of both.
   *
   * @param groups the challengers of each group, in order
   */
  static List<ComparedChallenger> ofGroups(List<List<ComparedChallenger>> groups) {
    Map<String, List<ComparedChallenger>> byName = new LinkedHashMap<>();
    groups.forEach(
        group ->
            group.forEach(
                one -> byName.computeIfAbsent(one.name, any -> new ArrayList<>()).add(one)));
    return byName.values().stream().map(ComparedChallenger::ofGroup).toList();
  }

  private static ComparedChallenger ofGroup(List<ComparedChallenger> each) {
    List<ComparedChallenger> without =
        each.stream().filter(one -> one.comparison.isEmpty()).toList();
    if (!without.isEmpty() && without.size() < each.size()) {
      ComparedChallenger first = without.get(0);
      String some = "in %s of %s groups: %s";
      return leftOut(first.name, some.formatted(without.size(), each.size(), first.leftOut));
    }

    return each.stream()
        .filter(one -> one.rows().getOrDefault("both", 0L) > 0)
        .reduce((one, later) -> later)
        .orElse(each.get(each.size() - 1));
  }

  /** Returns what the report says of it. */
  public ReportedChallenger reported() {
    return comparison
        .map(own -> ReportedChallenger.compared(name, own))
        .orElseGet(() -> ReportedChallenger.leftOut(name, leftOut));
  }

  /**
   * Returns rows by the models that have scored them: {@code both}, {@code only_champion}, {@code
   * only_challenger}, {@code neither}; of both, those with {@code equal_bits}. Empty without any.
   */
  public Map<String, Long> rows() {
    Map<String, Long> rows = new LinkedHashMap<>();
    if (whole().isPresent()) {
      RowComparison all = whole().get();
      rows.put("both", all.rows());
      rows.put("only_champion", all.onlyChampion());
      rows.put("only_challenger", all.onlyChallenger());
      rows.put("neither", all.neither());
      rows.put("equal_bits", all.equalBits());
    }

    return rows;
  }

  /** Returns measures as requirements name them, those that there are. */
  public Map<String, Double> measures() {
    Map<String, Double> measures = new LinkedHashMap<>();
    whole()
        .flatMap(RowComparison::flips)
        .map(LabelFlips::share)
        .ifPresent(share -> measures.put("flips.share", share));
    whole().flatMap(RowComparison::worst).ifPresent(worst -> add(worst, measures));
    measures.values().removeIf(value -> value.isNaN());
    return measures;
  }

  private Optional<RowComparison> whole() {
    return comparison.flatMap(Comparison::rows).map(rows -> rows.whole());
  }

  private static void add(OutputComparison worst, Map<String, Double> measures) {
    measures.put("ks", worst.ks());
    if (worst.error() > 0) {
      measures.put("error", worst.error());
    }

    measures.put("psi", worst.psi());
    measures.put("difference.p99", worst.difference().p99());
    measures.put("difference.max", worst.difference().max());
  }
}
