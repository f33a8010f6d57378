package io.paritree.model.trainer;

import io.paritree.feature.Feature;
import io.paritree.feature.VocabularyFeature;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The trainer may have taken other values as missing. */
final class MissingCauses {
  private static final List<Float> NUMBERS =
      List.of(
          -999f,
          -9999f,
          -99999f,
          -99f,
          -9f,
          -1f,
          0f,
          9f,
          99f,
          999f,
          9999f,
          99999f,
          -2147483648f,
          2147483648f,
          1e9f,
          -1e9f,
          1e20f,
          -1e20f);
  private static final Set<String> TEXTS =
      Set.of("na", "n/a", "nan", "null", "none", "missing", "unknown", "?", "-", ".");

  private final SampledRows sample;

  /** By value as JSON, the features that have it, each with the slot that it has there. */
  private final Map<String, Map<Integer, Float>> values = new LinkedHashMap<>();

  private MissingCauses(SampledRows sample) {
    this.sample = sample;
  }

  /** Returns each value as missing in all features that have it, and in each alone. */
  static Stream<Cause> of(SampledRows sample) {
    MissingCauses made = new MissingCauses(sample);
    for (int index = 0; index < sample.schema().width(); index++) {
      Feature feature = sample.feature(index);
      if (sample.isTested(index) && feature.kind() == Feature.Kind.NUMBER) {
        made.addNumbers(index);
      } else if (sample.isTested(index) && feature instanceof VocabularyFeature category) {
        made.addCategories(index, category);
      }
    }

    return made.values.entrySet().stream()
        .flatMap(
            value -> {
              Stream<Map<Integer, Float>> each =
                  value.getValue().entrySet().stream().map(Map::ofEntries);
              return Stream.concat(Stream.of(value.getValue()), each)
                  .distinct()
                  .map(slots -> made.cause(value.getKey(), slots));
            });
  }

  private void add(String json, int feature, float slot) {
    values.computeIfAbsent(json, key -> new TreeMap<>()).put(feature, slot);
  }

  /** The usual numbers, and the least and the largest of the rows. */
  private void addNumbers(int index) {
    List<Float> seen =
        sample.rows().stream()
            .map(row -> row.slots()[index] + 0f)
            .filter(slot -> !Float.isNaN(slot))
            .distinct()
            .sorted()
            .toList();
    seen.stream()
        .filter(
            slot ->
                NUMBERS.contains(slot)
                    || slot.equals(seen.get(0))
                    || slot.equals(seen.get(seen.size() - 1)))
        .forEach(slot -> add(plain(slot), index, slot));
  }

  private void addCategories(int index, VocabularyFeature category) {
    for (int code = 0; code < category.vocabulary().size(); code++) {
      Object value = category.vocabulary().get(code);
      if (value instanceof String text && TEXTS.contains(text.toLowerCase(Locale.ROOT))) {
        add(SampledRows.json(text), index, code);
      } else if (value instanceof Number number && NUMBERS.contains(number.floatValue())) {
        add(String.valueOf(number), index, code);
      }
    }
  }

  /** Returns a number as JSON, without an exponent or a needless fraction. */
  private static String plain(float number) {
    BigDecimal plain = new BigDecimal(Float.toString(number)).stripTrailingZeros();
    return (plain.scale() < 0 ? plain.setScale(0) : plain).toPlainString();
  }

  private Cause cause(String json, Map<Integer, Float> missing) {
    String lists =
        missing.keySet().stream()
            .map(feature -> "\"missing\": [%s%s]".formatted(declared(feature), json))
            .distinct()
            .collect(Collectors.joining(", "));
    boolean isOfFreeCategory = missing.keySet().stream().anyMatch(this::isFreeCategory);
    return Cause.ofInputs(
        "the trainer took %s of %s as missing".formatted(json, sample.named(missing.keySet())),
        "give " + lists + (isOfFreeCategory ? " and take it out of \"categories\"" : ""),
        missing.keySet(),
        (row, slots) -> {
          missing.forEach(
              (feature, sentinel) -> {
                if (slots[feature] == sentinel) {
                  slots[feature] = Float.NaN;
                } else if (isFreeCategory(feature) && slots[feature] > sentinel) {
                  slots[feature]--; // the sentinel had no code
                }
              });
          return true;
        });
  }

  /** Returns whether a feature is a category whose vocabulary only the schema has. */
  private boolean isFreeCategory(int feature) {
    return sample.feature(feature).kind().isCategory()
        && sample.sealing().model().categories(feature).isEmpty();
  }

  /** Returns what is missing already, as JSON that more can follow. */
  private String declared(int feature) {
    Stream<String> numbers =
        sample.feature(feature).sentinels().numbers().stream()
            .sorted()
            .map(number -> plain(number.floatValue()));
    Stream<String> texts =
        sample.feature(feature).sentinels().texts().stream().sorted().map(SampledRows::json);
    return Stream.concat(numbers, texts).map(json -> json + ", ").collect(Collectors.joining());
  }
}
