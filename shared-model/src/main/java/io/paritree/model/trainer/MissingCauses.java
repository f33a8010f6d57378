package io.paritree.model.trainer;

import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.VocabularyFeature;
import java.math.BigDecimal;
import java.util.ArrayList;
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
  private static final List<String> NUMBERS =
      List.of(
          "-999",
          "-9999",
          "-99999",
          "-99",
          "-9",
          "-1",
          "0",
          "9",
          "99",
          "999",
          "9999",
          "99999",
          "-2147483648",
          "2147483647",
          "1e9",
          "-1e9",
          "1e20",
          "-1e20");
  private static final Set<String> TEXTS =
      Set.of("na", "n/a", "nan", "null", "none", "missing", "unknown", "?", "-", ".");

  private final SampledRows sample;
  private final List<Cause> causes = new ArrayList<>();

  private MissingCauses(SampledRows sample) {
    this.sample = sample;
  }

  static Stream<Cause> of(SampledRows sample) {
    MissingCauses made = new MissingCauses(sample);
    Map<Float, Map<Integer, Float>> numbers = new LinkedHashMap<>();
    Map<String, Map<Integer, Float>> texts = new TreeMap<>();
    for (int index = 0; index < sample.schema().width(); index++) {
      Feature feature = sample.feature(index);
      if (sample.isTested(index) && feature.kind() == Feature.Kind.NUMBER) {
        made.addNumbers(index, numbers);
        made.addDeclared(index);
      } else if (sample.isTested(index) && feature instanceof VocabularyFeature category) {
        made.addTexts(index, category, texts);
      }
    }

    numbers.forEach((number, slots) -> made.add(plain(number), slots));
    texts.forEach(made::add);
    return made.causes.stream();
  }

  /** Returns a number as JSON, without an exponent or a needless fraction. */
  private static String plain(float number) {
    BigDecimal plain = new BigDecimal(Float.toString(number)).stripTrailingZeros();
    return (plain.scale() < 0 ? plain.setScale(0) : plain).toPlainString();
  }

  /** The usual numbers, and the least and the largest of the rows. */
  private void addNumbers(int index, Map<Float, Map<Integer, Float>> numbers) {
    List<Float> seen =
        sample.rows().stream()
            .map(row -> row.slots()[index])
            .filter(slot -> !Float.isNaN(slot))
            .distinct()
            .sorted()
            .toList();
    Stream<Float> usual = NUMBERS.stream().map(Float::valueOf);
    Stream<Float> ends =
        seen.isEmpty() ? Stream.empty() : Stream.of(seen.get(0), seen.get(seen.size() - 1));
    Stream.concat(usual, ends)
        .filter(number -> seen.contains(number + 0f))
        .forEach(
            number ->
                numbers.computeIfAbsent(number + 0f, key -> new TreeMap<>()).put(index, number));
  }

  private void addTexts(
      int index, VocabularyFeature category, Map<String, Map<Integer, Float>> texts) {
    for (int code = 0; code < category.vocabulary().size(); code++) {
      String value = String.valueOf(category.vocabulary().get(code));
      boolean isText = category.kind().isText();
      if (isText ? TEXTS.contains(value.toLowerCase(Locale.ROOT)) : NUMBERS.contains(value)) {
        String json = isText ? SampledRows.json(value) : value;
        texts.computeIfAbsent(json, key -> new TreeMap<>()).put(index, (float) code);
      }
    }
  }

  /** Adds a value of all features that have it, and of each alone. */
  private void add(String json, Map<Integer, Float> slots) {
    addOf(json, slots);
    if (slots.size() > 1) {
      slots.forEach((feature, slot) -> addOf(json, Map.of(feature, slot)));
    }
  }

  private void addOf(String json, Map<Integer, Float> slots) {
    String text =
        "the trainer took %s of %s as missing".formatted(json, sample.named(slots.keySet()));
    String lists =
        slots.keySet().stream()
            .map(feature -> "\"missing\": [%s%s]".formatted(declared(feature), json))
            .distinct()
            .collect(Collectors.joining(", "));
    causes.add(Cause.ofInputs(text, "give " + lists, slots.keySet(), missing(slots, false)));
    boolean isOfFreeCategories =
        slots.keySet().stream()
            .allMatch(
                index ->
                    sample.feature(index).kind().isCategory()
                        && sample.sealing().model().categories(index).isEmpty());
    if (isOfFreeCategories) {
      causes.add(
          Cause.ofInputs(
              text,
              "give " + lists + " and take it out of \"categories\"",
              slots.keySet(),
              missing(slots, true)));
    }
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

  /**
   * Returns that slots are missing.
   *
   * @param isRemoved whether the codes above them move down, since they had none
   */
  private static Cause.Change missing(Map<Integer, Float> missing, boolean isRemoved) {
    return (row, slots) -> {
      missing.forEach(
          (feature, sentinel) -> {
            if (slots[feature] == sentinel) {
              slots[feature] = Float.NaN;
            } else if (isRemoved && slots[feature] > sentinel) {
              slots[feature]--;
            }
          });
      return true;
    };
  }

  private void addDeclared(int feature) {
    if (!declared(feature).isEmpty()) {
      String name = sample.named(feature);
      Feature plain = NumberFeature.of(sample.feature(feature).name());
      causes.add(
          Cause.ofInputs(
              "the trainer took the values in \"missing\" of %s as numbers".formatted(name),
              "leave \"missing\" of %s out".formatted(name),
              Set.of(feature),
              (row, slots) -> SampledRows.put(plain, sample.cell(row, feature), slots, feature)));
    }
  }
}
