package io.paritree.serving.insight.runs;

import io.paritree.drift.FieldDrift;
import io.paritree.drift.Shares;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** By what the fields of a comparison are ordered, the largest first. */
enum FieldOrder {
  IMPACT,
  PSI,
  MISSING,
  UNSEEN,
  FAULTS;

  static Optional<FieldOrder> named(String word) {
    return Arrays.stream(values()).filter(order -> order.word().equals(word)).findFirst();
  }

  static List<String> words() {
    return Arrays.stream(values()).map(FieldOrder::word).toList();
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns an order of fields.
   *
   * @param now the shares of the partition's rows, by field
   */
  Comparator<FieldDrift> by(Map<String, Shares> now) {
    return switch (this) {
      case IMPACT ->
          descending(field -> Math.abs(field.impact().orElse(0)))
              .thenComparing(FieldOrder.PSI.by(now));
      case PSI ->
          descending(
                  field ->
                      field.shift().filter(shift -> shift.psi() > shift.noise()).isPresent()
                          ? 1
                          : 0)
              .thenComparing(
                  descending(field -> field.shift().map(shift -> shift.psi()).orElse(-1.0)));
      case MISSING -> change(now, Shares::missing);
      case UNSEEN -> change(now, Shares::unseen);
      case FAULTS -> change(now, Shares::faults);
    };
  }

  private static Comparator<FieldDrift> change(
      Map<String, Shares> now, ToDoubleFunction<Shares> share) {
    return descending(
        field -> {
          double own =
              now.containsKey(field.name()) ? share.applyAsDouble(now.get(field.name())) : 0;
          double change = own - field.baseline().map(share::applyAsDouble).orElse(0.0);
          return Double.isNaN(change) ? 0 : Math.abs(change);
        });
  }

  private static Comparator<FieldDrift> descending(ToDoubleFunction<FieldDrift> measure) {
    return Comparator.comparingDouble(measure).reversed();
  }
}
