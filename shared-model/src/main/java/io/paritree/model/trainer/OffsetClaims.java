package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.feature.NumberText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Claims about the base margin that the trainer gave, which a model file does not show. */
final class OffsetClaims {
  /** Digits in which a column of logarithms is taken for the logarithms of another column. */
  private static final double SAME = 1e-6;

  private final Evidence evidence;
  private final int first;
  private final int outputs;
  private final List<Claim> claims = new ArrayList<>();

  /** What trainers compute of a column before they give it. */
  private enum Formula {
    ITSELF("%s", value -> value),
    LOGARITHM("the logarithm of %s", Math::log),
    EXPONENTIAL("the exponential of %s", Math::exp);

    private final String text;
    private final DoubleUnaryOperator function;

    Formula(String text, DoubleUnaryOperator function) {
      this.text = text;
      this.function = function;
    }
  }

  /** Columns as base margin, or, without columns, the model's own base. */
  private record Begun(
      String cause,
      Cure cure,
      Evidence evidence,
      Set<Integer> features,
      List<String> columns,
      Formula formula)
      implements Claim {
    @Override
    public boolean isApproximate() {
      return formula != Formula.ITSELF; // the trainer may have computed it in float
    }

    @Override
    public boolean change(TrainerRow row, float[] slots) {
      evidence.clearOffsets(slots);
      boolean isPossible = true;
      int slot = evidence.schema().modelWidth();
      for (String column : columns) {
        slots[slot] = (float) formula.function.applyAsDouble(number(evidence, row, column));
        isPossible &= Float.isFinite(slots[slot++]);
      }

      return isPossible;
    }
  }

  private OffsetClaims(Evidence evidence) {
    this.evidence = evidence;
    this.first = evidence.schema().modelWidth();
    this.outputs = evidence.width() - first;
  }

  static List<Claim> of(Evidence evidence) {
    OffsetClaims made = new OffsetClaims(evidence);
    List<String> own = evidence.schema().offsets().stream().map(offset -> offset.column()).toList();
    if (!own.isEmpty()) {
      made.addInVain(own);
      made.addComputed(own);
    }

    List<String> others = evidence.others();
    for (int at = 0; at + made.outputs <= others.size(); at++) {
      List<String> columns = others.subList(at, at + made.outputs);
      made.addGiven(columns);
      made.addComputed(columns);
    }

    return made.claims;
  }

  private static double number(Evidence evidence, TrainerRow row, String column) {
    return NumberText.parse(evidence.cell(row, column));
  }

  private void addInVain(List<String> own) {
    claims.add(
        new Begun(
            "the trainer gave no base margin",
            new Cure(
                "do not give %s as offset: neither as --offset nor in the schema"
                    .formatted(names(own)),
                trial -> trial.offsets(List.of())),
            evidence,
            Set.of(),
            List.of(),
            Formula.ITSELF));
  }

  private void addGiven(List<String> columns) {
    add(
        "the trainer gave %s as base margin".formatted(names(columns)),
        new Cure(
            "give %s, or in the schema a number with \"role\": \"offset\""
                .formatted(option(columns)),
            trial -> trial.offsets(columns)),
        columns,
        Formula.ITSELF);
  }

  private void addComputed(List<String> columns) {
    addComputed(columns, Formula.LOGARITHM);
    addComputed(columns, Formula.EXPONENTIAL);
  }

  private void addComputed(List<String> columns, Formula formula) {
    if (hasColumns(columns, formula)) {
      return; // then they were given themselves
    }

    String cure =
        "write it as a column, and give that as --offset, or in the schema as a number with \"role\": \"offset\"";
    add(
        "the trainer gave %s as base margin".formatted(formula.text.formatted(names(columns))),
        new Cure(
            cure,
            trial -> {
              trial.offsets(columns);
              for (int output = 0; output < outputs; output++) {
                trial.write(first + output, cell -> computed(cell, formula));
              }
            }),
        columns,
        formula);
  }

  private static String computed(String cell, Formula formula) {
    double value = NumberText.parse(cell);
    return Double.isNaN(value) ? cell : String.valueOf(formula.function.applyAsDouble(value));
  }

  /** Returns whether other columns hold what would be computed of some. */
  private boolean hasColumns(List<String> columns, Formula formula) {
    List<String> others = evidence.others();
    IntPredicate isHeldFrom =
        at ->
            IntStream.range(0, outputs)
                .allMatch(output -> isSame(columns.get(output), formula, others.get(at + output)));
    return IntStream.rangeClosed(0, others.size() - outputs).anyMatch(isHeldFrom);
  }

  private boolean isSame(String column, Formula formula, String other) {
    return evidence.rows().stream()
        .allMatch(
            row -> {
              double computed = formula.function.applyAsDouble(number(evidence, row, column));
              double there = number(evidence, row, other);
              return Math.abs(computed - there) <= SAME * Math.max(1, Math.abs(there));
            });
  }

  private void add(String cause, Cure cure, List<String> columns, Formula formula) {
    Set<Integer> slots = new TreeSet<>();
    for (int output = 0; output < outputs; output++) {
      slots.add(first + output);
    }

    claims.add(new Begun(cause, cure, evidence, slots, List.copyOf(columns), formula));
  }

  private static String names(List<String> columns) {
    return columns.stream().map(Fault::printable).toList().toString();
  }

  private static String option(List<String> columns) {
    return "--offset " + String.join(" --offset ", columns.stream().map(Fault::printable).toList());
  }
}
