package io.paritree.spark.report;

import io.paritree.drift.Drift;
import io.paritree.drift.DriftWords;
import io.paritree.output.PartitionValue;
import io.paritree.profile.Profile;
import io.paritree.rule.Rule;
import io.paritree.rule.Verdict;
import io.paritree.rule.Verdict.Finding;
import io.paritree.rule.Verdict.Result;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a run has found out about the rows of its partitions, for all that it reports to. Not
 * thread-safe.
 */
public final class RunQuality {
  private static final int MOST_FIRED = 100;

  private int firedRules;
  private List<String> ranking = List.of();
  private Map<String, Rule> rules = Map.of();
  private final Map<String, RuleTotal> totals = new LinkedHashMap<>();
  private Optional<Profile> rows = Optional.empty();
  private Optional<Compared> newest = Optional.empty();

  /**
   * The rows of a partition, and how they differ from others.
   *
   * @param path its directory below the output; empty if the output is not partitioned
   * @param drifts the comparison with each baseline that there is
   */
  public record Compared(String path, Profile profile, List<Drift> drifts, List<Verdict> verdicts) {
    public Compared {
      drifts = List.copyOf(drifts);
      verdicts = List.copyOf(verdicts);
    }
  }

  /**
   * What became of a rule, for all partitions.
   *
   * @param rule the rule
   * @param field that it is about; empty if it is about others, or several
   * @param fired by field the finding that is furthest beyond its limit; an empty name stands for
   *     what is no field; empty if it has not fired
   */
  public record RuleTotal(Rule rule, Optional<String> field, Map<String, Finding> fired) {
    private RuleTotal(Rule rule, Optional<String> field) {
      this(rule, field, new LinkedHashMap<>());
    }

    private void add(String field, Finding finding) {
      if (fired.containsKey(field) || fired.size() < MOST_FIRED) {
        fired.merge(field, finding, (one, other) -> one.beyond() >= other.beyond() ? one : other);
      }
    }
  }

  /**
   * Sets what is compared.
   *
   * @param byImportance the fields of the model, the most important first
   */
  public void begin(List<String> byImportance, List<Rule> asked) {
    ranking = List.copyOf(byImportance);
    rules =
        asked.stream()
            .collect(Collectors.toMap(Rule::text, Function.identity(), (one, same) -> one));
  }

  /** Takes note of a partition. */
  public void add(Compared partition) {
    if (newest.isEmpty() || PartitionValue.ORDER.compare(partition.path, newest.get().path) >= 0) {
      newest = Optional.of(partition);
    }

    rows = Optional.of(rows.map(sum -> sum.plus(partition.profile)).orElse(partition.profile));
    partition.verdicts.forEach(verdict -> total(verdict, partition.profile));
    for (Verdict verdict : partition.verdicts) {
      firedRules += verdict.result() == Result.FIRED ? 1 : 0;
    }
  }

  private void total(Verdict verdict, Profile profile) {
    Rule rule = rules.get(verdict.rule());
    if (rule == null || verdict.result() == Result.NOT_COMPARED) {
      return;
    }

    Map<String, String> fields = DriftWords.fields(rule.subject(), profile);
    RuleTotal total =
        totals.computeIfAbsent(
            rule.text(),
            text ->
                new RuleTotal(
                    rule,
                    Optional.ofNullable(fields.get(rule.subject()))
                        .filter(field -> !DriftWords.isOfEach(rule.subject()))));
    if (verdict.result() == Result.FIRED) {
      verdict
          .findings()
          .forEach(finding -> total.add(fields.getOrDefault(finding.subject(), ""), finding));
    }
  }

  /** Returns what the rows of all partitions are like; empty if none was compared. */
  public Optional<Profile> rows() {
    return rows;
  }

  /** Returns the rules that were compared for any partition. */
  public List<RuleTotal> totals() {
    return List.copyOf(totals.values());
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
