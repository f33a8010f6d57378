package io.paritree.model.trainer;

import io.paritree.feature.Feature;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Claims that the trainer filled the missing values. */
final class FillClaims {
  private static final List<Float> FILLS = List.of(0f, -1f, -999f, -9999f, -99f, 999f);
  private static final int MAX_INTERVALS = 64;

  private final Evidence evidence;
  private final List<Claim> claims = new ArrayList<>();

  private FillClaims(Evidence evidence) {
    this.evidence = evidence;
  }

  static List<Claim> of(Evidence evidence) {
    FillClaims made = new FillClaims(evidence);
    made.addFills();
    return made.claims;
  }

  private void addFills() {
    Set<Feature.Kind> numbers = Set.of(Feature.Kind.NUMBER, Feature.Kind.CATEGORY_CODE);
    List<Integer> lacking =
        IntStream.range(0, evidence.schema().width())
            .filter(index -> numbers.contains(evidence.feature(index).kind()))
            .filter(evidence::isTested)
            .filter(
                index -> evidence.rows().stream().anyMatch(row -> Float.isNaN(row.slots()[index])))
            .boxed()
            .toList();

    if (lacking.size() > 1) {
      FILLS.forEach(fill -> addFill(lacking, fill, "", shown(fill)));
    }

    for (int index : lacking) {
      FILLS.forEach(
          fill -> addFill(List.of(index), fill, "", shown(fill) + orAnother(index, fill)));
      List<Float> values = sorted(index);
      if (!values.isEmpty()) {
        float median = values.get(values.size() / 2);
        addAverage(index, "median", median);
        double sum = 0;
        for (float value : values) {
          sum += value;
        }

        addAverage(index, "mean", (float) (sum / values.size()));
        if (index < evidence.schema().modelWidth()) {
          addFillsBetween(index, median);
        }
      }
    }
  }

  private void addAverage(int feature, String name, float average) {
    addFill(
        List.of(feature),
        average,
        "a number such as their %s, about ".formatted(name),
        shown(average) + orAnother(feature, average));
  }

  /** Returns which other numbers are the same to the trees. */
  private String orAnother(int feature, float fill) {
    if (feature >= evidence.schema().modelWidth()) {
      return "";
    }

    Float from = null;
    Float to = null;
    for (float threshold : evidence.thresholds()[feature]) { // ascending
      from = threshold <= fill ? (Float) threshold : from;
      to = threshold > fill && to == null ? (Float) threshold : to;
    }

    if (from != null) {
      String end = to == null ? " on" : " up to " + shown(to);
      return " or another number from " + shown(from) + end;
    }

    return to == null ? "" : " or another number below " + shown(to);
  }

  /** The trees do not show the number itself, only between which of their thresholds it is. */
  private void addFillsBetween(int feature, float median) {
    float[] thresholds = evidence.thresholds()[feature]; // ascending
    int middle = 0;
    while (middle < thresholds.length && thresholds[middle] <= median) {
      middle++;
    }

    int first = Math.max(1, middle - MAX_INTERVALS / 2);
    int last = Math.min(thresholds.length - 1, middle + MAX_INTERVALS / 2);
    for (int next = first; next <= last; next++) {
      float from = thresholds[next - 1];
      String shown =
          "%s up to %s, such as their mean in the training data"
              .formatted(shown(from), shown(thresholds[next]));
      addFill(List.of(feature), from, "a number from ", shown);
    }
  }

  private List<Float> sorted(int feature) {
    return evidence.rows().stream()
        .map(row -> row.slots()[feature])
        .filter(slot -> !Float.isNaN(slot))
        .sorted()
        .toList();
  }

  private void addFill(List<Integer> features, float fill, String what, String shown) {
    Set<Integer> filled = new TreeSet<>(features);
    String names = evidence.named(filled);
    claims.add(
        new InputClaim(
            "the trainer filled the missing values of %s with %s%s, which no key of the schema does"
                .formatted(names, what, shown),
            new Cure(
                "fill them in the column itself, or train without filling",
                trial -> filled.forEach(feature -> trial.write(feature, filled(feature, fill)))),
            "filled " + names,
            filled,
            true,
            (row, slots) -> {
              filled.forEach(
                  feature -> slots[feature] = Float.isNaN(slots[feature]) ? fill : slots[feature]);
              return true;
            }));
  }

  private UnaryOperator<String> filled(int feature, float fill) {
    return cell ->
        Float.isNaN(Evidence.slot(evidence.feature(feature), cell)) ? Float.toString(fill) : cell;
  }

  private static String shown(float value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }
}
