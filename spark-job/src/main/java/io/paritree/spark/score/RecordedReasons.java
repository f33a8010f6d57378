package io.paritree.spark.score;

import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.output.ReasonsForm;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.reasons.Reasons;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.task.ColumnKind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
    Reasons reasons = Reasons.checked(model);
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
        ColumnKind kind = ColumnKind.of(column.type());
        if (kind.isNumber()) {
          numbers.add(column.name());
        } else if (kind == ColumnKind.BOOLEAN) {
          truths.add(column.name());
        }
      }
    }

    Map<String, String> outputs = new HashMap<>();
    int several = reasons.outputNames().size() > 1 ? reasons.outputNames().size() : 0;
    for (int output = 0; output < several; output++) {
      outputs.put(model.outputs().classes().get(output), reasons.outputNames().get(output));
    }

    return new ReasonsForm(asked.direction().key(), outputs, numbers, truths, groups, up, down);
  }
}
