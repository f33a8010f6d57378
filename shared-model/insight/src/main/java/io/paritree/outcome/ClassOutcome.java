package io.paritree.outcome;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures scores of classes. Each row comes once for each class that has a score, or once in all
 * if classes have none. Not thread-safe.
 */
public final class ClassOutcome implements OutcomeMeasuring {
  /** The classes, and the mistakes, that have measures of their own: the most frequent ones. */
  private static final int MOST = 20;

  private final OutcomeTotals totals;
  private final List<ClassSums> classes = new ArrayList<>();
  private final PreciseSum right = new PreciseSum();
  private final PreciseSum losses = new PreciseSum();
  private final Map<Said, PreciseSum> mistakes = new HashMap<>();

  /** A wrong label of rows. */
  private record Said(int label, int outcome) {}

  private static final class ClassSums {
    private final String name;
    private final ScoreOrder order = new ScoreOrder();
    private final PreciseSum came = new PreciseSum();
    private final PreciseSum said = new PreciseSum();
    private final PreciseSum right = new PreciseSum();
    private long rows;

    ClassSums(String name) {
      this.name = name;
    }

    ClassMeasures.OfClass measures() {
      return new ClassMeasures.OfClass(
          name, rows, right.value() / said.value(), right.value() / came.value(), order.auc());
    }
  }

  /**
   * @param totals of all rows that will be added, each of them once
   * @param names of the classes, whose indexes outcomes and labels are
   */
  public ClassOutcome(OutcomeTotals totals, List<String> names) {
    this.totals = totals;
    names.forEach(name -> classes.add(new ClassSums(name)));
  }

  @Override
  public void add(OutcomeRow row) {
    int came = (int) row.outcome();
    if (row.part() != OutcomeRow.NO_CLASS) {
      if (!(row.score() >= 0 && row.score() <= 1)) {
        throw new IllegalArgumentException(
            "Cannot measure the score %s of a class: probabilities, 0 to 1, were expected"
                .formatted(row.score()));
      }

      classes.get((int) row.part()).order.add(row.score(), row.part() == came, row.total());
    }

    if (row.isOfItsOutcome()) {
      losses.add(
          row.part() == OutcomeRow.NO_CLASS
              ? Double.NaN
              : row.total() * BinaryOutcome.loss(row.score(), true));
      classes.get(came).rows += row.rows();
      classes.get(came).came.add(row.total());
      addLabel(row, came);
    }
  }

  private void addLabel(OutcomeRow row, int came) {
    if (Double.isNaN(row.label())) {
      return;
    }

    int said = (int) row.label();
    classes.get(said).said.add(row.total());
    if (said == came) {
      right.add(row.total());
      classes.get(said).right.add(row.total());
    } else {
      mistakes.computeIfAbsent(new Said(said, came), any -> new PreciseSum()).add(row.total());
    }
  }

  @Override
  public ClassMeasures measured() {
    List<ClassMeasures.OfClass> all = classes.stream().map(ClassSums::measures).toList();
    double auc =
        all.stream()
            .mapToDouble(ClassMeasures.OfClass::auc)
            .filter(own -> !Double.isNaN(own))
            .average()
            .orElse(Double.NaN);
    return new ClassMeasures(
        totals,
        right.value() / totals.weight(),
        losses.value() / totals.weight(),
        auc,
        all.stream()
            .filter(own -> own.rows() > 0)
            .sorted(
                Comparator.comparingLong(ClassMeasures.OfClass::rows)
                    .reversed()
                    .thenComparing(ClassMeasures.OfClass::name))
            .limit(MOST)
            .toList(),
        largestMistakes());
  }

  private List<ClassMeasures.Mistake> largestMistakes() {
    return mistakes.entrySet().stream()
        .map(
            own ->
                new ClassMeasures.Mistake(
                    classes.get(own.getKey().label).name,
                    classes.get(own.getKey().outcome).name,
                    own.getValue().value()))
        .sorted(
            Comparator.comparingDouble(ClassMeasures.Mistake::weight)
                .reversed()
                .thenComparing(ClassMeasures.Mistake::label)
                .thenComparing(ClassMeasures.Mistake::outcome))
        .limit(MOST)
        .toList();
  }
}
