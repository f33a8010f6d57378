package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.VocabularyFeature;
import io.paritree.model.rows.SpelledCell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Claims that the trainer took other values as missing, or filled the missing ones. */
final class MissingClaims {
  private static final List<String> USUAL =
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
  private static final List<Float> FILLS = List.of(0f, -1f, -999f, -9999f, -99f, 999f);
  private static final int MAX_NAMES = 100;
  private static final int MAX_INTERVALS = 64;

  private final Evidence evidence;
  private final List<Claim> claims = new ArrayList<>();

  private MissingClaims(Evidence evidence) {
    this.evidence = evidence;
  }

  static List<Claim> of(Evidence evidence) {
    MissingClaims made = new MissingClaims(evidence);
    made.addSentinels();
    made.addTexts();
    made.addDeclared();
    made.addFills();
    return made.claims;
  }

  /** Slots that are missing instead, per feature; codes above a removed category move down. */
  private record Sentinel(String text, Map<Integer, Float> slots, boolean isRemoved)
      implements Claim {
    @Override
    public void change(TrainerRow row, float[] slots) {
      this.slots.forEach(
          (feature, sentinel) -> {
            if (slots[feature] == sentinel) {
              slots[feature] = Float.NaN;
            } else if (isRemoved && slots[feature] > sentinel) {
              slots[feature]--;
            }
          });
    }
  }

  private record Filled(String text, Map<Integer, Float> slots) implements Claim {
    @Override
    public void change(TrainerRow row, float[] slots) {
      this.slots.forEach(
          (feature, fill) -> slots[feature] = Float.isNaN(slots[feature]) ? fill : slots[feature]);
    }
  }

  private record NotMissing(String text, int feature, Feature plain, int field) implements Claim {
    @Override
    public void change(TrainerRow row, float[] slots) {
      slots[feature] = Evidence.slot(plain, row.cells()[field]);
    }
  }

  private void addSentinels() {
    Map<String, Map<Integer, Float>> byValue = new LinkedHashMap<>();
    USUAL.forEach(value -> byValue.put(value, new TreeMap<>()));
    for (int index = 0; index < evidence.schema().width(); index++) {
      Feature feature = evidence.feature(index);
      if (feature.kind().isText()) {
        continue;
      }

      Set<String> values = new LinkedHashSet<>(USUAL);
      values.addAll(extremes(index));
      Set<Float> slots = slotsOf(index);
      for (String value : values) {
        float slot = Evidence.slot(feature, value);
        if (slots.contains(slot)) {
          byValue.computeIfAbsent(value, key -> new TreeMap<>()).put(index, slot);
        }
      }
    }

    byValue.forEach(
        (value, slots) -> {
          if (slots.size() > 1) {
            claims.add(sentinel(value, slots));
          }
        });
    addZeroWithCodes(byValue.get("0"));
    byValue.forEach(
        (value, slots) ->
            slots.forEach((index, slot) -> claims.add(sentinel(value, Map.of(index, slot)))));
  }

  /** The wrapper's {@code missing=0} takes the first category as well, because its code is 0. */
  private void addZeroWithCodes(Map<Integer, Float> zeros) {
    Map<Integer, Float> slots = new TreeMap<>(zeros);
    List<String> firsts = new ArrayList<>();
    for (int index = 0; index < evidence.schema().width(); index++) {
      Feature feature = evidence.feature(index);
      String first =
          switch (feature.kind()) {
            case TEXT_CATEGORY, INTEGER_CATEGORY -> {
              Object category = ((VocabularyFeature) feature).vocabulary().get(0);
              yield category instanceof String ? "\"" + category + "\"" : category.toString();
            }
            default -> "";
          };
      if (!first.isEmpty()) {
        slots.put(index, 0f);
        firsts.add("'%s' \"missing\": [%s]".formatted(name(index), Fault.printable(first)));
      }
    }

    if (!firsts.isEmpty()) {
      String text =
          zeros.isEmpty()
              ? "the trainer took code 0 as missing"
              : "the trainer took 0 of %s as missing: give \"missing\": [0]; and code 0 of categories"
                  .formatted(names(zeros.keySet()));
      claims.add(new Sentinel(text + ": give " + String.join(", give ", firsts), slots, false));
    }
  }

  private Claim sentinel(String value, Map<Integer, Float> slots) {
    return new Sentinel(
        "the trainer took %s of %s as missing: give \"missing\": [%s]"
            .formatted(value, names(slots.keySet()), value),
        slots,
        false);
  }

  private Set<Float> slotsOf(int feature) {
    Set<Float> slots = new LinkedHashSet<>();
    evidence.rows().forEach(row -> slots.add(row.slots()[feature] + 0f));
    slots.remove(Float.NaN);
    return slots;
  }

  /** Returns the cells with the least and the largest number, and the most frequent one. */
  private Set<String> extremes(int feature) {
    String least = null;
    String largest = null;
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (TrainerRow row : evidence.rows()) {
      float slot = row.slots()[feature];
      String cell = row.cells()[evidence.field(feature)];
      if (Float.isNaN(slot)) {
        continue;
      }

      counts.merge(cell, 1, Integer::sum);
      if (slot < low) {
        low = slot;
        least = cell;
      }

      if (slot > high) {
        high = slot;
        largest = cell;
      }
    }

    Set<String> found = new LinkedHashSet<>();
    if (least != null && evidence.feature(feature).kind() == Feature.Kind.NUMBER) {
      found.add(least);
      found.add(largest);
      counts.entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .ifPresent(entry -> found.add(entry.getKey()));
    }

    return found;
  }

  private void addTexts() {
    Map<String, Map<Integer, Float>> lost = new LinkedHashMap<>();
    for (int index = 0; index < evidence.schema().width(); index++) {
      Feature feature = evidence.feature(index);
      if (!(feature instanceof VocabularyFeature)) {
        continue;
      }

      boolean isText = feature.kind().isText();
      boolean isFree = evidence.sealing().model().categories(index).isEmpty();
      for (String category : evidence.categories(index).keySet()) {
        boolean isMissing =
            SpelledCell.of(category)
                .filter(spelled -> spelled.kind() == SpelledCell.Kind.MISSING)
                .isPresent();
        float slot = Evidence.slot(feature, category);
        if (Float.isNaN(slot) || (isText && !isMissing)) {
          continue;
        }

        String shown = (isText ? "\"%s\"" : "%s").formatted(Fault.printable(category));
        claims.add(sentinel(shown, Map.of(index, slot)));
        if (isFree && (isMissing || USUAL.contains(category))) {
          claims.add(lost(shown, Map.of(index, slot)));
          lost.computeIfAbsent(shown, key -> new TreeMap<>()).put(index, slot);
        }
      }
    }

    lost.forEach(
        (shown, slots) -> {
          if (slots.size() > 1) {
            claims.add(lost(shown, slots));
          }
        });
  }

  private Claim lost(String shown, Map<Integer, Float> slots) {
    String text = sentinel(shown, slots).text() + " and take it out of \"categories\"";
    return new Sentinel(text, slots, true);
  }

  private void addDeclared() {
    for (int index = 0; index < evidence.schema().width(); index++) {
      if (evidence.feature(index) instanceof NumberFeature number
          && !(number.sentinels().numbers().isEmpty() && number.sentinels().texts().isEmpty())) {
        claims.add(
            new NotMissing(
                "the trainer took the values in \"missing\" of '%s' as numbers: leave them out"
                    .formatted(name(index)),
                index,
                NumberFeature.of(number.name()),
                evidence.field(index)));
      }
    }
  }

  private void addFills() {
    List<Integer> lacking = new ArrayList<>();
    for (int index = 0; index < evidence.schema().width(); index++) {
      int feature = index;
      Feature.Kind kind = evidence.feature(index).kind();
      boolean isNumber = kind == Feature.Kind.NUMBER || kind == Feature.Kind.CATEGORY_CODE;
      if (isNumber && evidence.rows().stream().anyMatch(row -> Float.isNaN(row.slots()[feature]))) {
        lacking.add(index);
      }
    }

    if (lacking.size() > 1) {
      FILLS.forEach(fill -> addFill(lacking, fill, shown(fill)));
    }

    for (int index : lacking) {
      FILLS.forEach(fill -> addFill(List.of(index), fill, shown(fill)));
      float[] values = sorted(index);
      if (values.length > 0) {
        float median = values[values.length / 2];
        addFill(List.of(index), median, "a number such as their median, about " + shown(median));
        double sum = 0;
        for (float value : values) {
          sum += value;
        }

        float mean = (float) (sum / values.length);
        addFill(List.of(index), mean, "a number such as their mean, about " + shown(mean));
        if (index < evidence.schema().modelWidth()) {
          addFillsBetween(index, median);
        }
      }
    }
  }

  /** The trees do not show the number itself, only between which of their thresholds it is. */
  private void addFillsBetween(int feature, float median) {
    float[] thresholds = evidence.sealing().model().thresholds()[feature];
    List<Float> sorted = new ArrayList<>();
    for (float threshold : thresholds) {
      sorted.add(threshold);
    }

    sorted = sorted.stream().distinct().sorted().toList();
    int middle = 0;
    while (middle < sorted.size() && sorted.get(middle) <= median) {
      middle++;
    }

    int first = Math.max(1, middle - MAX_INTERVALS / 2);
    int last = Math.min(sorted.size() - 1, middle + MAX_INTERVALS / 2);
    for (int next = first; next <= last; next++) {
      float from = sorted.get(next - 1);
      String shown =
          "a number from %s up to %s, such as their mean in the training data"
              .formatted(shown(from), shown(sorted.get(next)));
      addFill(List.of(feature), from, shown);
    }
  }

  private float[] sorted(int feature) {
    List<Float> values =
        evidence.rows().stream()
            .map(row -> row.slots()[feature])
            .filter(slot -> !Float.isNaN(slot))
            .sorted()
            .toList();
    float[] sorted = new float[values.size()];
    for (int at = 0; at < sorted.length; at++) {
      sorted[at] = values.get(at);
    }

    return sorted;
  }

  private void addFill(List<Integer> features, float fill, String shown) {
    Map<Integer, Float> slots = new TreeMap<>();
    features.forEach(index -> slots.put(index, fill));
    claims.add(
        new Filled(
            "the trainer filled the missing values of %s with %s, which no key of the schema does: fill them in the column itself, or train without filling"
                .formatted(names(slots.keySet()), shown),
            slots));
  }

  private static String shown(float value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }

  private String name(int feature) {
    return Fault.printable(evidence.feature(feature).name());
  }

  private String names(Set<Integer> features) {
    List<String> shown =
        features.stream().limit(MAX_NAMES).map(index -> "'" + name(index) + "'").toList();
    int more = features.size() - shown.size();
    return String.join(", ", shown) + (more > 0 ? " and %s more features".formatted(more) : "");
  }
}
