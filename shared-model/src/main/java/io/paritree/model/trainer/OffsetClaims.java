package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.feature.NumberText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;

/** Claims about the base margin that the trainer gave, which a model file does not show. */
final class OffsetClaims {
  /** Digits in which a column of logarithms is taken for the logarithms of another column. */
  private static final double SAME = 1e-6;

  private final Evidence evidence;
  private final int first;
  private final int outputs;
  private final List<Claim> claims = new ArrayList<>();

  /** What trainers compute of a column before they give it. */
  private enum Of {
    ITSELF("%s", "", value -> value),
    LOGARITHM("the logarithm of %s", "its logarithm", Math::log),
    EXPONENTIAL("the exponential of %s", "its exponential", Math::exp);

    private final String text;
    private final String what;
    private final DoubleUnaryOperator function;

    Of(String text, String what, DoubleUnaryOperator function) {
      this.text = text;
      this.what = what;
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
      Of of)
      implements Claim {
    @Override
    public boolean isApproximate() {
      return of != Of.ITSELF; // the trainer may have computed it in float
    }

    @Override
    public boolean change(TrainerRow row, float[] slots) {
      evidence.clearOffsets(slots);
      boolean isPossible = true;
      int slot = evidence.schema().modelWidth();
      for (String column : columns) {
        slots[slot] = (float) of.function.applyAsDouble(number(evidence, row, column));
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
      made.addComputed(own, Of.LOGARITHM);
      made.addComputed(own, Of.EXPONENTIAL);
    }

    List<String> others = evidence.others();
    for (int at = 0; at + made.outputs <= others.size(); at++) {
      List<String> columns = others.subList(at, at + made.outputs);
      for (Of of : Of.values()) {
        if (of == Of.ITSELF) {
          made.addGiven(columns);
        } else {
          made.addComputed(columns, of);
        }
      }
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
            Of.ITSELF));
  }

  private void addGiven(List<String> columns) {
    add(
        "the trainer gave %s as base margin".formatted(names(columns)),
        new Cure(
            "give %s, or in the schema a number with \"role\": \"offset\""
                .formatted(option(columns)),
            trial -> trial.offsets(columns)),
        columns,
        Of.ITSELF);
  }

  private void addComputed(List<String> columns, Of of) {
    if (hasColumns(columns, of)) {
      return; // then they were given themselves
    }

    String cure =
        "write it as a column, and give that as --offset, or in the schema as a number with \"role\": \"offset\"";
    add(
        "the trainer gave %s as base margin".formatted(of.text.formatted(names(columns))),
        new Cure(
            cure,
            trial -> {
              trial.offsets(columns);
              for (int output = 0; output < outputs; output++) {
                trial.write(first + output, cell -> computed(cell, of));
              }
            }),
        columns,
        of);
  }

  private static String computed(String cell, Of of) {
    double value = NumberText.parse(cell);
    return Double.isNaN(value) ? cell : String.valueOf(of.function.applyAsDouble(value));
  }

  /** Returns whether other columns hold what would be computed of some. */
  private boolean hasColumns(List<String> columns, Of of) {
    List<String> others = evidence.others();
    for (int at = 0; at + outputs <= others.size(); at++) {
      boolean isSame = true;
      for (int output = 0; output < outputs && isSame; output++) {
        isSame = isSame(columns.get(output), of, others.get(at + output));
      }

      if (isSame) {
        return true;
      }
    }

    return false;
  }

  private boolean isSame(String column, Of of, String other) {
    for (TrainerRow row : evidence.rows()) {
      double computed = of.function.applyAsDouble(number(evidence, row, column));
      double there = number(evidence, row, other);
      if (!(Math.abs(computed - there) <= SAME * Math.max(1, Math.abs(there)))) {
        return false;
      }
    }

    return true;
  }

  private void add(String cause, Cure cure, List<String> columns, Of of) {
    Set<Integer> slots = new TreeSet<>();
    for (int output = 0; output < outputs; output++) {
      slots.add(first + output);
    }

    claims.add(new Begun(cause, cure, evidence, slots, List.copyOf(columns), of));
  }

  private static String names(List<String> columns) {
    return columns.stream().map(Fault::printable).toList().toString();
  }

  private static String option(List<String> columns) {
    return "--offset " + String.join(" --offset ", columns.stream().map(Fault::printable).toList());
  }
}
