package io.paritree.model.trainer;

import io.paritree.feature.Feature;
import io.paritree.feature.NumberText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The trainer may have had a column of numbers in another unit. */
final class UnitCauses {
  private static final Map<Double, String> FACTORS = new LinkedHashMap<>();

  /** Factors beside the true one, which agree too if the rows do not show it. */
  private static final List<Double> BESIDE = List.of(0.8, 1.25);

  static {
    FACTORS.put(100.0, "100 times %s (as per cent or cents)");
    FACTORS.put(0.01, "a hundredth of %s (as of per cent or cents)");
    FACTORS.put(1_000.0, "1000 times %s (as of thousands)");
    FACTORS.put(0.001, "a thousandth of %s (as thousands)");
  }

  private UnitCauses() {}

  static Stream<Cause> of(SampledRows sample) {
    return IntStream.range(0, sample.schema().modelWidth())
        .filter(index -> sample.feature(index).kind() == Feature.Kind.NUMBER)
        .filter(sample::isTested)
        .boxed()
        .flatMap(
            index ->
                FACTORS.entrySet().stream()
                    .map(factor -> cause(sample, index, factor.getKey(), factor.getValue())));
  }

  private static Cause cause(SampledRows sample, int feature, double factor, String text) {
    String name = sample.named(feature);
    return Cause.ofInputs(
        "the trainer took %s, which no key of the schema does".formatted(text.formatted(name)),
        "write it into the column of " + name,
        Set.of(feature),
        times(sample, feature, factor),
        () -> BESIDE.stream().map(beside -> times(sample, feature, factor * beside)).toList());
  }

  /** Multiplies in double, as trainers do; hundredths and thousandths by division. */
  private static Cause.Change times(SampledRows sample, int feature, double factor) {
    return (row, slots) -> {
      if (!Float.isNaN(slots[feature])) {
        double number = NumberText.parse(sample.cell(row, feature));
        slots[feature] = (float) (factor < 1 ? number / (1 / factor) : number * factor);
      }

      return !Float.isInfinite(slots[feature]);
    };
  }
}
