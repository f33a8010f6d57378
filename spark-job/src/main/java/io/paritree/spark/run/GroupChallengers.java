package io.paritree.spark.run;

import io.paritree.comparison.Comparison;
import io.paritree.comparison.ComparisonCounts;
import io.paritree.comparison.ModelPair;
import io.paritree.spark.output.Challenger;
import io.paritree.spark.output.Challengers;
import io.paritree.spark.report.ComparedChallenger;
import io.paritree.spark.report.JobException;
import io.paritree.spark.task.ChallengerTally;
import io.paritree.spark.task.Tally;
import io.paritree.spark.task.TaskPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the challengers make of the rows of a group, against the model that scores them.
 *
 * @param challengers those that were compared, and why others were not
 * @param comparisons by the names of the challengers
 */
record GroupChallengers(Challengers challengers, Map<String, Comparison> comparisons) {
  private static final int MOST_MOVED = 20;

  /** Returns what tasks need to compare. */
  static ArrayList<TaskPlan.Challenger> plan(CheckedRun checked) {
    List<Challenger> all = checked.challengers().all();
    List<String> keys = new ArrayList<>(checked.carried().keys());
    checked.input().listing().partitionColumns().stream()
        .filter(column -> !keys.contains(column))
        .forEach(keys::add);
    ArrayList<TaskPlan.Challenger> plan = new ArrayList<>();
    for (Challenger one : all) {
      plan.add(
          new TaskPlan.Challenger(
              one.name(),
              new TaskPlan.Model(one.model().digest(), checked.settings().engine()),
              pair(checked, one).form(keys, "", MOST_MOVED),
              checked.columns().challenged(one.name()).stream()
                  .findFirst()
                  .map(checked.rows()::fieldIndex)
                  .orElse(-1)));
    }

    return plan;
  }

  private static ModelPair pair(CheckedRun checked, Challenger challenger) {
    return new ModelPair(checked.model(), challenger.model());
  }

  /**
   * Compares, given what all tasks have counted.
   *
   * @param startedAt when the run began
   */
  static GroupChallengers of(CheckedRun checked, Tally tally, Instant startedAt) {
    Map<String, Comparison> comparisons = new LinkedHashMap<>();
    Map<String, String> leftOut = new LinkedHashMap<>();
    for (Challenger one : checked.challengers().all()) {
      try {
        ChallengerTally own = tally.challengers().get(one.name());
        if (own.counts().isEmpty()) {
          leftOut.put(one.name(), own.failure());
        } else {
          comparisons.put(one.name(), compared(pair(checked, one), own.counts().get(), startedAt));
        }
      } catch (RuntimeException | LinkageError e) {
        leftOut.put(one.name(), "it cannot be compared: " + e);
      }
    }

    return new GroupChallengers(checked.challengers().without(leftOut), comparisons);
  }

  private static Comparison compared(ModelPair models, ComparisonCounts counts, Instant startedAt) {
    return models.comparison(
        Comparison.CHALLENGER,
        Optional.of(counts.result(models.explained(counts.form(), counts.moved()))),
        startedAt,
        Instant.now());
  }

  /** Makes sure that all were compared if that is required. */
  void check(CheckedRun checked) throws JobException {
    challengers.check(checked.settings().challengers().absence());
  }

  /** Returns what the report says of all challengers, in the order in which they were given. */
  List<ComparedChallenger> reported(CheckedRun checked) {
    List<ComparedChallenger> all = new ArrayList<>();
    for (String name : checked.settings().challengers().models().keySet()) {
      Comparison compared = comparisons.get(name);
      all.add(
          compared == null
              ? ComparedChallenger.leftOut(name, challengers.leftOut().getOrDefault(name, ""))
              : ComparedChallenger.compared(name, compared));
    }

    return all;
  }
}
