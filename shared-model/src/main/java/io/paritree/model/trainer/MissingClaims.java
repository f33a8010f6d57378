package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.NumberText;
import io.paritree.feature.Sentinels;
import io.paritree.feature.VocabularyFeature;
import io.paritree.model.rows.SpelledCell;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Claims that the trainer took other values as missing. */
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
    return made.claims;
  }

  /** Returns that slots were missing; codes above a removed category move down. */
  private static Claim missing(
      String cause, Cure cure, Map<Integer, Float> missing, boolean isRemoved) {
    return InputClaim.ofValues(
        cause,
        cure,
        missing.keySet(),
        (row, slots) -> {
          missing.forEach(
              (feature, sentinel) -> {
                if (slots[feature] == sentinel) {
                  slots[feature] = Float.NaN;
                } else if (isRemoved && slots[feature] > sentinel) {
                  slots[feature]--;
                }
              });
          return true;
        });
  }

  private void addSentinels() {
    Map<String, Map<Integer, Float>> byValue = new LinkedHashMap<>();
    USUAL.forEach(value -> byValue.put(value, new TreeMap<>()));
    for (int index = 0; index < evidence.schema().width(); index++) {
      Feature feature = evidence.feature(index);
      if (feature.kind().isText() || !evidence.isTested(index)) {
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
            claims.add(sentinel(value, NumberText.parse(value), slots));
          }
        });
    addZeroWithCodes(byValue.get("0"));
    byValue.forEach(
        (value, slots) ->
            slots.forEach(
                (index, slot) ->
                    claims.add(sentinel(value, NumberText.parse(value), Map.of(index, slot)))));
  }

  /** The wrapper's {@code missing=0} takes the first category as well, because its code is 0. */
  private void addZeroWithCodes(Map<Integer, Float> zeros) {
    Map<Integer, Float> slots = new TreeMap<>(zeros);
    List<Cure> firsts = new ArrayList<>();
    for (int index = 0; index < evidence.schema().width(); index++) {
      if (evidence.feature(index) instanceof VocabularyFeature category) {
        slots.put(index, 0f);
        firsts.add(missing(index, category.vocabulary().get(0)));
      }
    }

    if (!firsts.isEmpty()) {
      String cause = "the trainer took code 0 of categories as missing";
      if (!zeros.isEmpty()) {
        firsts.addAll(0, zeros.keySet().stream().map(feature -> missing(feature, 0.0)).toList());
        cause =
            "the trainer took 0 of %s as missing, and code 0 of categories"
                .formatted(evidence.named(zeros.keySet()));
      }

      claims.add(missing(cause, Cure.all(firsts), slots, false));
    }
  }

  private Claim sentinel(String shown, Object value, Map<Integer, Float> slots) {
    return missing(
        "the trainer took %s of %s as missing".formatted(shown, evidence.named(slots.keySet())),
        missing(slots.keySet(), value),
        slots,
        false);
  }

  /** Returns that one more value of features is missing; as one clause if it is for all alike. */
  private Cure missing(Set<Integer> features, Object value) {
    Cure all = Cure.all(features.stream().map(feature -> missing(feature, value)).toList());
    Set<String> lists = new LinkedHashSet<>();
    features.forEach(feature -> lists.add(sentinels(feature, value)));
    return lists.size() > 1
        ? all
        : new Cure("give \"missing\": " + lists.iterator().next(), all.change());
  }

  private Cure missing(int feature, Object value) {
    return Cure.give(evidence, feature, "missing", sentinels(feature, value));
  }

  private String sentinels(int feature, Object value) {
    String more = Cure.json(value instanceof Number number ? plain(number.doubleValue()) : value);
    return "[" + listed(evidence.feature(feature).sentinels()) + more + "]";
  }

  /** Returns sentinels as JSON that more can follow. */
  static String listed(Sentinels sentinels) {
    StringBuilder listed = new StringBuilder();
    sentinels.numbers().stream()
        .sorted()
        .forEach(number -> listed.append(plain(number)).append(", "));
    sentinels.texts().stream()
        .sorted()
        .forEach(text -> listed.append(Cure.json(text)).append(", "));
    return listed.toString();
  }

  /** Returns a number as JSON, without an exponent or a needless fraction. */
  private static BigDecimal plain(double number) {
    BigDecimal plain = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    return plain.scale() < 0 ? plain.setScale(0) : plain;
  }

  private Set<Float> slotsOf(int feature) {
    Set<Float> slots = new LinkedHashSet<>();
    evidence.rows().forEach(row -> slots.add(row.slots()[feature] + 0f));
    slots.remove(Float.NaN);
    return slots;
  }

  /** Returns the cells with the least and the largest number, and the most frequent one. */
  private Set<String> extremes(int feature) {
    List<TrainerRow> there =
        evidence.rows().stream().filter(row -> !Float.isNaN(row.slots()[feature])).toList();
    if (there.isEmpty() || evidence.feature(feature).kind() != Feature.Kind.NUMBER) {
      return Set.of();
    }

    Map<String, Integer> counts = new LinkedHashMap<>();
    there.forEach(row -> counts.merge(evidence.cell(row, feature), 1, Integer::sum));
    Comparator<TrainerRow> bySlot = Comparator.comparingDouble(row -> row.slots()[feature]);
    Set<String> found = new LinkedHashSet<>();
    found.add(evidence.cell(Collections.min(there, bySlot), feature));
    found.add(evidence.cell(Collections.max(there, bySlot), feature));
    found.add(Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey());
    return found;
  }

  private void addTexts() {
    Map<List<Object>, Map<Integer, Float>> lost = new LinkedHashMap<>();
    for (int index = 0; index < evidence.schema().width(); index++) {
      Feature feature = evidence.feature(index);
      if (!(feature instanceof VocabularyFeature)) {
        continue;
      }

      boolean isText = feature.kind().isText();
      boolean isFree = evidence.sealing().model().categories(index).isEmpty();
      for (String category : evidence.categories(index).keySet()) {
        boolean isMissing =
            SpelledCell.of(category).map(SpelledCell::kind).orElse(null)
                == SpelledCell.Kind.MISSING;
        float slot = Evidence.slot(feature, category);
        if (Float.isNaN(slot) || (isText && !isMissing)) {
          continue;
        }

        Object value = isText ? category : NumberText.parse(category);
        claims.add(sentinel(shown(category, isText), value, Map.of(index, slot)));
        if (isFree && (isMissing || USUAL.contains(category))) {
          lost(category, isText, Map.of(index, slot)).ifPresent(claims::add);
          lost.computeIfAbsent(List.of(category, isText), key -> new TreeMap<>()).put(index, slot);
        }
      }
    }

    lost.forEach(
        (key, slots) -> {
          if (slots.size() > 1) {
            lost((String) key.get(0), (Boolean) key.get(1), slots).ifPresent(claims::add);
          }
        });
  }

  private static String shown(String category, boolean isText) {
    return isText ? "\"" + Fault.printable(category) + "\"" : category;
  }

  /** A category that was missing before the categories got codes. */
  private Optional<Claim> lost(String category, boolean isText, Map<Integer, Float> slots) {
    Object value = isText ? category : NumberText.parse(category);
    Cure missing = missing(slots.keySet(), value);
    Map<Integer, String> others = new TreeMap<>();
    slots.forEach(
        (feature, slot) -> {
          List<?> all = ((VocabularyFeature) evidence.feature(feature)).vocabulary();
          List<Object> left = new ArrayList<>(all);
          left.removeIf(other -> String.valueOf(other).equals(category));
          others.put(feature, Cure.json(left));
        });
    boolean isRest = others.values().stream().noneMatch(rest -> rest.equals("[]"));
    Cure cure =
        new Cure(
            missing.text() + " and take it out of \"categories\"",
            trial -> {
              missing.change().accept(trial);
              others.forEach((feature, rest) -> trial.give(feature, "categories", rest));
            });
    return isRest
        ? Optional.of(
            missing(
                "the trainer took %s of %s as missing"
                    .formatted(shown(category, isText), evidence.named(slots.keySet())),
                cure,
                slots,
                true))
        : Optional.empty();
  }

  private void addDeclared() {
    for (int index = 0; index < evidence.schema().width(); index++) {
      int feature = index;
      if (evidence.feature(index) instanceof NumberFeature number
          && !(number.sentinels().numbers().isEmpty() && number.sentinels().texts().isEmpty())) {
        String name = evidence.named(index);
        Cure cure =
            new Cure(
                "leave \"missing\" of %s out".formatted(name),
                trial -> trial.give(feature, "missing", "[]"));
        Feature plain = NumberFeature.of(number.name());
        claims.add(
            InputClaim.ofValues(
                "the trainer took the values in \"missing\" of %s as numbers".formatted(name),
                cure,
                Set.of(feature),
                (row, slots) -> Evidence.put(plain, evidence.cell(row, feature), slots, feature)));
      }
    }
  }
}
