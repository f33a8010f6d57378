package io.paritree.comparison;

import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeWords;
import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.rule.RuleWords;
import io.paritree.rule.RuleWords.Measure;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The words of rules about evidence: {@code data.flips.share <= 0.01}, {@code contract.http <
 * breaking}, {@code "region=DE".psi < 0.1}, {@code challenger.n >= 10000}, {@code
 * difference.auc_low >= -0.002} and {@code age.days <= 7}.
 */
final class EvidenceWords {
  static final String CONTRACT = "contract";
  static final String DATA = "data";
  static final String AGE = "age";

  /** How far {@code ks} can be from what all bits of the values give. */
  static final String ERROR = "error";

  /** Of the rows of a slice as of all rows. */
  private static final List<String> OF_ROWS =
      Stream.concat(
              Stream.of(
                  "rows",
                  "only_champion",
                  "only_challenger",
                  "neither",
                  "equal_bits",
                  "champion_mean",
                  "challenger_mean",
                  "ks",
                  ERROR,
                  "psi",
                  "noise",
                  "js",
                  "linf",
                  "flips.rows",
                  "flips.up",
                  "flips.down",
                  "flips.share"),
              Stream.of("difference.", "margin_difference.")
                  .flatMap(
                      of ->
                          Stream.of("mean", "p50", "p90", "p99", "p999", "max")
                              .map(quantile -> of + quantile)))
          .toList();

  private static final List<String> OF_ALL_ROWS = List.of("dropped", "failed");
  private static final RuleWords OF_OUTCOMES =
      OutcomeWords.ofTwo(EnumSet.allOf(OutcomeKind.class), Set.of());
  private static final RuleWords ALL = all();

  private EvidenceWords() {}

  private static RuleWords all() {
    Map<String, List<Measure>> subjects = new TreeMap<>(OF_OUTCOMES.subjects());
    subjects.remove(OutcomeWords.TOTAL);
    // What no rows have decided counts as breaking, so that no value is ever breaking by data.
    List<String> effects =
        Arrays.stream(Effect.values())
            .filter(effect -> effect != Effect.BREAKING_BY_DATA)
            .map(Effect::word)
            .toList();
    subjects.put(
        CONTRACT, Stream.of("tables", "http").map(face -> Measure.word(face, effects)).toList());
    subjects.put(DATA, numbers(Stream.concat(OF_ROWS.stream(), OF_ALL_ROWS.stream()).toList()));
    subjects.put(AGE, numbers(List.of("days")));
    RuleWords.Others slices = OF_OUTCOMES.others();
    return new RuleWords(
        subjects, new RuleWords.Others(numbers(OF_ROWS), slices.names(), List.of("region=DE")));
  }

  private static List<Measure> numbers(List<String> names) {
    return names.stream().map(name -> Measure.value(name, List.of())).toList();
  }

  /** Returns the kinds of outcomes, as documents name them. */
  static List<String> outcomeKinds() {
    return Arrays.stream(OutcomeKind.values()).map(OutcomeKind::word).toList();
  }

  /**
   * Reads a rule.
   *
   * @throws RuleException if it is none, or about what no document says of the challenger
   */
  static Rule rule(String text) throws RuleException {
    try {
      return Rule.required(text, ALL);
    } catch (RuleException e) {
      refuseReplaced(text);
      throw e;
    }
  }

  /** Outcomes have totals and slices of the model that is replaced only. */
  private static void refuseReplaced(String text) throws RuleException {
    Rule ofOutcomes;
    try {
      ofOutcomes = Rule.required(text, OF_OUTCOMES);
    } catch (RuleException e) {
      return; // it is no rule about outcomes either
    }

    throw Rule.refused(
        text,
        "outcomes have '%s' of the model that is replaced, and not of the one that takes its place; require it of %s or %s"
            .formatted(ofOutcomes.subject(), OutcomeWords.CHALLENGER, OutcomeWords.DIFFERENCE));
  }
}
