package io.paritree.model.trainer;

import io.paritree.feature.Feature;
import io.paritree.feature.NumberText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** Claims that the trainer computed something else of a column of numbers, or of truths. */
final class ComputedClaims {
  /** One threshold shows one point of a function, and many functions go through one point. */
  private static final int PLACES_OF_FUNCTION = 3;

  private final Evidence evidence;
  private final List<Claim> claims = new ArrayList<>();

  /** What trainers usually compute of a number. */
  enum Computed {
    LOG("the natural logarithm of %s (np.log)", Math::log),
    LOG1P("the logarithm of 1 + %s (np.log1p)", Math::log1p),
    LOG10("the decimal logarithm of %s (np.log10)", Math::log10),
    LOG2("the binary logarithm of %s (np.log2)", value -> Math.log(value) / Math.log(2)),
    EXP("the exponential of %s (np.exp)", Math::exp),
    EXPM1("the exponential of %s less 1 (np.expm1)", Math::expm1),
    TIMES_100("100 times %s (as per cent or cents)", value -> value * 100),
    HUNDREDTH("a hundredth of %s (as of per cent or cents)", value -> value / 100),
    TIMES_1000("1000 times %s (as of thousands)", value -> value * 1000),
    THOUSANDTH("a thousandth of %s (as thousands)", value -> value / 1000);

    private final String text;
    private final DoubleUnaryOperator function;

    Computed(String text, DoubleUnaryOperator function) {
      this.text = text;
      this.function = function;
    }

    /** Returns what was computed, as a clause. */
    String of(String name) {
      return text.formatted(name);
    }

    double of(double value) {
      return function.applyAsDouble(value);
    }
  }

  /** A function of a feature's number; in double of the cell, as trainers compute it. */
  private record Number(
      String cause,
      Cure cure,
      Evidence evidence,
      int feature,
      int leastPlaces,
      DoubleUnaryOperator function)
      implements Claim {
    @Override
    public String kind() {
      return cause; // the cures read alike, but say to write other numbers
    }

    @Override
    public Set<Integer> features() {
      return Set.of(feature);
    }

    @Override
    public boolean change(TrainerRow row, float[] slots) {
      double value = slots[feature];
      if (Double.isNaN(value)) {
        return true;
      }

      boolean isOwn = slots[feature] == row.slots()[feature];
      double number = isOwn ? NumberText.parse(evidence.cell(row, feature)) : value;
      slots[feature] = (float) function.applyAsDouble(Double.isNaN(number) ? value : number);
      return !Float.isInfinite(slots[feature]); // XGBoost refuses these
    }
  }

  private ComputedClaims(Evidence evidence) {
    this.evidence = evidence;
  }

  static List<Claim> of(Evidence evidence) {
    ComputedClaims made = new ComputedClaims(evidence);
    for (int index = 0; index < evidence.schema().modelWidth(); index++) {
      if (!evidence.isTested(index)) {
        continue;
      }

      if (evidence.feature(index).kind() == Feature.Kind.NUMBER) {
        for (Computed computed : Computed.values()) {
          made.add(index, computed);
        }
      }

      if (made.isTruth(index)) {
        made.addInverted(index);
      }
    }

    return made.claims;
  }

  private boolean isTruth(int feature) {
    Feature.Kind kind = evidence.feature(feature).kind();
    return kind == Feature.Kind.BOOLEAN
        || (kind == Feature.Kind.NUMBER
            && evidence.rows().stream()
                .map(row -> row.slots()[feature])
                .allMatch(slot -> Float.isNaN(slot) || slot == 0f || slot == 1f));
  }

  private void add(int feature, Computed computed) {
    String name = evidence.named(feature);
    claims.add(
        new Number(
            "the trainer took %s, which no key of the schema does".formatted(computed.of(name)),
            new Cure(
                "write that into the column of " + name,
                trial -> trial.write(feature, cell -> computed(feature, computed::of, cell))),
            evidence,
            feature,
            PLACES_OF_FUNCTION,
            computed::of));
  }

  private void addInverted(int feature) {
    String name = evidence.named(feature);
    claims.add(
        new Number(
            "the trainer took the opposite of %s, which no key of the schema does".formatted(name),
            new Cure(
                "write true for false and false for true (1 for 0) into the column of " + name,
                trial -> trial.write(feature, cell -> inverted(feature, cell))),
            evidence,
            feature,
            1,
            value -> 1 - value));
  }

  private String computed(int feature, DoubleUnaryOperator function, String cell) {
    double value = NumberText.parse(cell);
    boolean isMissing = Float.isNaN(Evidence.slot(evidence.feature(feature), cell));
    double result = function.applyAsDouble(value);
    if (isMissing || Double.isNaN(value)) {
      return cell;
    }

    return Double.isNaN(result) ? "" : String.valueOf(result);
  }

  private String inverted(int feature, String cell) {
    float slot = Evidence.slot(evidence.feature(feature), cell);
    if (Float.isNaN(slot)) {
      return cell;
    }

    return slot == 0f ? "1" : "0";
  }
}
