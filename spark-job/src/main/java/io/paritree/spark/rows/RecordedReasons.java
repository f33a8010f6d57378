package io.paritree.spark.rows;

import io.paritree.UnsupportedModelException;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.output.ReasonsForm;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.reasons.Reasons;
import io.paritree.spark.input.ReadColumn;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.NumericType;

/** Describes the columns of reasons for readers who look rows up. */
public final class RecordedReasons {
  private RecordedReasons() {}

  /**
   * Returns how the reasons of a run are read.
   *
   * @param columns the columns that the run reads
   * @return empty if it writes no reasons, or if this is too much to be recorded with every
   *     partition
   */
  public static Optional<ReasonsForm> of(
      ScoringModel model, Optional<ExplanationSettings> explanation, List<ReadColumn> columns) {
    Optional<ExplanationSettings> asked = explanation.filter(ExplanationSettings::hasReasons);
    return asked.map(how -> form(model, how, columns)).filter(ReasonsForm::isSmall);
  }

  private static ReasonsForm form(
      ScoringModel model, ExplanationSettings asked, List<ReadColumn> columns) {
    Reasons reasons = reasons(model, asked);
    Set<String> named = new HashSet<>();
    Map<String, List<String>> groups = new HashMap<>();
    Map<String, String> up = new HashMap<>();
    Map<String, String> down = new HashMap<>();
    for (ReasonGroup group : reasons.groups()) {
      ReasonRule rule = group.rule();
      if (rule.never()) {
        continue;
      }

      String name = group.name();
      named.addAll(group.columns());
      if (!group.columns().equals(List.of(name))) {
        groups.put(name, group.columns());
      }

      rule.up().flatMap(ReasonRule.Code::text).ifPresent(text -> up.put(name, text));
      rule.down().flatMap(ReasonRule.Code::text).ifPresent(text -> down.put(name, text));
    }

    Set<String> numbers = new HashSet<>();
    Set<String> truths = new HashSet<>();
    for (ReadColumn column : columns) {
      if (named.contains(column.name()) && !column.isPartition()) {
        add(column, numbers, truths);
      }
    }

    Map<String, String> outputs = new HashMap<>();
    int several = reasons.outputNames().size() > 1 ? reasons.outputNames().size() : 0;
    for (int output = 0; output < several; output++) {
      outputs.put(model.outputs().classes().get(output), reasons.outputNames().get(output));
    }

    return new ReasonsForm(
        asked.direction().key(), asked.isExact(), outputs, numbers, truths, groups, up, down);
  }

  private static Reasons reasons(ScoringModel model, ExplanationSettings asked) {
    try {
      return Reasons.of(model, asked.mode());
    } catch (UnsupportedModelException e) {
      throw new IllegalStateException(e.getMessage(), e); // checked before the run
    }
  }

  private static void add(ReadColumn column, Set<String> numbers, Set<String> truths) {
    if (column.type() instanceof NumericType) {
      numbers.add(column.name());
    } else if (column.type() instanceof BooleanType) {
      truths.add(column.name());
    }
  }
}
