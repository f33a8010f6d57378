package io.paritree.model.trainer;

import io.paritree.Fault;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the features on which rows that differ from the predictions differ from the others. */
final class DifferingFeatures {
  private static final int SHOWN = 3;
  private static final int MAX_VALUES = 20;
  private static final int LEAST_ROWS = 5;
  private static final double LEAST_CONTRAST = 0.3;

  private final SampledRows sample;
  private final List<TrainerRow> rows;
  private final BitSet equal;

  /**
   * What rows have in common.
   *
   * @param text the condition, as a clause
   * @param contrast its share among the rows that differ, minus that among the others
   */
  private record Condition(String text, double contrast, int differing, int others) {}

  DifferingFeatures(SampledRows sample) {
    this.sample = sample;
    this.rows = sample.rows();
    this.equal = new BitSet();
    equal.set(sample.differing(), rows.size());
  }

  /**
   * Returns the conditions that separate differing rows from others, in one line; empty if none do.
   */
  String text() {
    int same = equal.cardinality();
    if (same < LEAST_ROWS || same == rows.size()) {
      return "";
    }

    List<Condition> found = new ArrayList<>();
    for (int feature = 0; feature < sample.schema().width(); feature++) {
      best(feature).ifPresent(found::add);
    }

    int differing = rows.size() - same;
    return String.join(
        ", ",
        found.stream()
            .filter(condition -> condition.contrast() >= LEAST_CONTRAST)
            .sorted(Comparator.comparingDouble(Condition::contrast).reversed())
            .limit(SHOWN)
            .map(
                condition ->
                    "%s (%s of %s differing rows, %s of %s others)"
                        .formatted(
                            condition.text(),
                            condition.differing(),
                            differing,
                            condition.others(),
                            same))
            .toList());
  }

  private Optional<Condition> best(int feature) {
    String name = Fault.printable(sample.feature(feature).name());
    List<Condition> conditions = new ArrayList<>();
    BitSet missing = new BitSet();
    Map<String, BitSet> byCell = new HashMap<>();
    for (int at = 0; at < rows.size(); at++) {
      String cell = rows.get(at).cells()[sample.field(feature)];
      missing.set(at, Float.isNaN(rows.get(at).slots()[feature]));
      byCell.computeIfAbsent(cell, key -> new BitSet()).set(at);
    }

    conditions.add(condition("'%s' is missing".formatted(name), missing));
    byCell.entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                (Map.Entry<String, BitSet> entry) -> -entry.getValue().cardinality()))
        .limit(MAX_VALUES)
        .filter(entry -> !entry.getKey().isEmpty())
        .forEach(
            entry ->
                conditions.add(
                    condition(
                        "'%s' is %s".formatted(name, Fault.printable(entry.getKey())),
                        entry.getValue())));
    if (!sample.feature(feature).kind().isCategory()) {
      addCuts(name, feature, conditions);
    }

    return conditions.stream().max(Comparator.comparingDouble(Condition::contrast));
  }

  /** Adds the cuts between two values: at or above, and below. */
  private void addCuts(String name, int feature, List<Condition> conditions) {
    Map<Float, BitSet> bySlot = new TreeMap<>();
    BitSet above = new BitSet();
    for (int at = 0; at < rows.size(); at++) {
      float slot = rows.get(at).slots()[feature];
      if (!Float.isNaN(slot)) {
        bySlot.computeIfAbsent(slot + 0f, key -> new BitSet()).set(at);
        above.set(at);
      }
    }

    BitSet below = new BitSet();
    bySlot.forEach(
        (slot, here) -> {
          if (!below.isEmpty()) {
            conditions.add(condition("'%s' is at least %s".formatted(name, slot), above));
            conditions.add(condition("'%s' is below %s".formatted(name, slot), below));
          }

          below.or(here);
          above.andNot(here);
        });
  }

  private Condition condition(String text, BitSet holds) {
    BitSet same = (BitSet) holds.clone();
    same.and(equal);
    int others = same.cardinality();
    int differing = holds.cardinality() - others;
    int allOthers = equal.cardinality();
    double contrast = (double) differing / (rows.size() - allOthers) - (double) others / allOthers;
    return new Condition(text, contrast, differing, others);
  }
}
