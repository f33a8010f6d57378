package io.paritree.serving.insight.sweep;

import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Feature.Kind;
import io.paritree.feature.Feature.Values;
import io.paritree.feature.Field;
import io.paritree.feature.NumberText;
import io.paritree.feature.StepsFeature;
import io.paritree.feature.VocabularyFeature;
import io.paritree.forest.SplitValues;
import io.paritree.forest.Tree;
import io.paritree.model.ScoringModel;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.request.FieldRules;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A field of a model's records, and the values of it at which a score can change. */
final class SweptField {
  private final FieldRules rules;
  private final SplitValues splits;
  private final List<StepsFeature> steps;
  private final boolean hasTables; // of values by themselves
  private final int[] numbers;
  private final int[] coded;
  private final int[] slots;
  private final float[] row; // has the field's slots of the last value that was encoded
  private final float min;
  private final float max;
  private final long sentinels;
  private final Faults faults = new Faults();

  SweptField(Field field, ScoringModel model) {
    this.rules = new FieldRules(field);
    this.splits = model.splits();
    this.steps = rules.steps();
    this.hasTables =
        field.features().stream()
            .anyMatch(feature -> feature.kind() == Kind.MAPPED && feature.values() != Values.ANY);
    this.numbers = rules.slots(Kind.NUMBER);
    this.coded = rules.slots(Kind.CATEGORY_CODE);
    this.slots = rules.slots();
    this.row = new float[model.schema().width()];
    this.min = rules.min();
    this.max = rules.max();
    this.sentinels =
        rules.numbers().stream()
            .mapToLong(number -> number.sentinels().withSpelledNumbers().numbers().size())
            .sum();
  }

  FieldRules rules() {
    return rules;
  }

  /** Returns the least number that is allowed; -Infinity without bounds. */
  float min() {
    return min;
  }

  /** Returns the largest number that is allowed; Infinity without bounds. */
  float max() {
    return max;
  }

  /** Returns what is wrong with the value that was encoded last. */
  Faults faults() {
    return faults;
  }

  /**
   * Encodes a number, a truth or a text.
   *
   * @return the field's slots, in the order of its features
   */
  float[] encode(Object value) {
    rules.encode(value, row, faults);
    return slots(row);
  }

  /** Encodes the value at the document's current token; see {@link #encode(Object)}. */
  float[] encode(JsonDocument document, JsonRecordReader reader) throws MalformedJsonException {
    faults.clear();
    reader.value(document, rules.field(), row, 0, faults);
    return slots(row);
  }

  /** Returns the field's slots of a whole row, in the order of its features. */
  float[] slots(float[] whole) {
    float[] taken = new float[slots.length];
    for (int index = 0; index < slots.length; index++) {
      taken[index] = whole[slots[index]];
    }

    return taken;
  }

  /** Returns whether the values are listed: truths, categories, or codes. */
  boolean isListed() {
    return rules.field().features().stream().noneMatch(feature -> feature.values() == Values.TIME)
        && (numbers.length == 0 && steps.isEmpty() || hasFewNumbers());
  }

  /** Returns whether only some whole numbers are values, because another feature reads them too. */
  private boolean hasFewNumbers() {
    return hasTables
        || rules.field().features().stream()
            .anyMatch(
                feature ->
                    feature.kind() == Kind.BOOLEAN || feature.kind() == Kind.INTEGER_CATEGORY);
  }

  /** Returns whether the score changes in steps, from one number to the next. */
  boolean isStepwise() {
    return (numbers.length > 0 || !steps.isEmpty())
        && !hasFewNumbers()
        && Arrays.stream(numbers).allMatch(splits::isStepwise);
  }

  /** Returns the listed values that the field accepts, in their order: numbers, truths or texts. */
  Stream<Object> listed() {
    Feature typed = rules.typed();
    Stream<?> values =
        switch (typed.kind()) {
          case BOOLEAN -> Stream.of(true, false);
          case TEXT_CATEGORY, INTEGER_CATEGORY -> ((VocabularyFeature) typed).vocabulary().stream();
          case CATEGORY_CODE -> codes();
          case NUMBER -> fewNumbers();
          case TIMESTAMP -> Stream.empty();
          case MAPPED, STEPS -> rules.known().stream();
        };
    return values.<Object>map(value -> value).filter(value -> rules.encode(value, row, faults));
  }

  /** Returns the codes that splits list, and those on both sides of a threshold; 0 without any. */
  private Stream<Long> codes() {
    SortedSet<Long> codes = new TreeSet<>();
    IntStream.of(splits.categories(coded)).forEach(code -> codes.add((long) code));
    for (float threshold : splits.thresholds(coded)) {
      double above = Math.max(1, Math.min(Tree.MAX_CATEGORIES, Math.ceil(threshold)));
      codes.add((long) above - 1);
      codes.add((long) above);
    }

    return codes.isEmpty() ? Stream.of(0L) : codes.stream();
  }

  private Stream<?> fewNumbers() {
    Stream<?> listed = rules.field().features().stream().flatMap(SweptField::fewNumbers);
    return Stream.concat(listed, rules.known().stream()).distinct();
  }

  private static Stream<?> fewNumbers(Feature feature) {
    if (feature.kind() == Kind.BOOLEAN) {
      return Stream.of(0L, 1L);
    }

    return feature instanceof VocabularyFeature category
        ? category.vocabulary().stream()
        : Stream.empty();
  }

  /** Returns the model's thresholds of the field that its range allows, ascending. */
  float[] thresholds() {
    int[] read = IntStream.concat(IntStream.of(numbers), IntStream.of(coded)).toArray();
    return withinRange(steps(withCuts(splits.thresholds(read))));
  }

  /**
   * Returns the thresholds that a record can meet if only this field changes, ascending.
   *
   * @param record the record's slots
   */
  float[] thresholds(float[] record) {
    return steps.isEmpty() ? withinRange(steps(splits.thresholds(record, slots))) : thresholds();
  }

  /** Adds the least floats that are not below the cuts of steps. */
  private float[] withCuts(float[] thresholds) {
    float[] all = thresholds;
    for (StepsFeature feature : steps) {
      int from = all.length;
      all = Arrays.copyOf(all, from + feature.steps().size() - 1);
      for (int step = 1; step < feature.steps().size(); step++) {
        double cut = feature.steps().get(step).from().doubleValue();
        float nearest = (float) cut;
        all[from + step - 1] = nearest < cut ? Math.nextUp(nearest) : nearest;
      }
    }

    return all;
  }

  private boolean isOfWhole() {
    return steps.stream().anyMatch(feature -> feature.of() == StepsFeature.Of.WHOLE);
  }

  /** Adds the numbers at which a category begins or ends, where another feature reads codes. */
  private float[] steps(float[] thresholds) {
    int[] codes = splits.categories(coded);
    float[] all = Arrays.copyOf(thresholds, thresholds.length + 2 * codes.length);
    for (int code = 0; code < codes.length; code++) {
      all[thresholds.length + 2 * code] = codes[code];
      all[thresholds.length + 2 * code + 1] = codes[code] + 1f;
    }

    Arrays.sort(all);
    int kept = 0;
    for (float step : all) {
      if (kept == 0 || step != all[kept - 1]) {
        all[kept++] = step;
      }
    }

    return Arrays.copyOf(all, kept);
  }

  /** Leaves out the thresholds that do not divide the range. */
  private float[] withinRange(float[] thresholds) {
    int from = 0;
    int to = thresholds.length;
    while (from < to && thresholds[from] <= min) {
      from++;
    }

    while (to > from && thresholds[to - 1] > max) {
      to--;
    }

    return Arrays.copyOfRange(thresholds, from, to);
  }

  /**
   * Returns the least value from a threshold on that the field accepts and that is not missing.
   *
   * @param end the value must be smaller
   * @return NaN if there is none
   */
  float first(float threshold, float end) {
    float least = Math.max(Math.max(threshold, min), -Float.MAX_VALUE);
    float value = isOfWhole() ? (float) Math.ceil(least) : least;
    for (long tried = 0; tried <= sentinels && value < end; tried++) {
      if (isNumber(value)) {
        return value;
      }

      value = isOfWhole() ? Math.max(value + 1, Math.nextUp(value)) : Math.nextUp(value);
    }

    return Float.NaN;
  }

  /**
   * Returns the largest value below a threshold that the field accepts and that is not missing.
   *
   * @param end the value must not be smaller
   * @return NaN if there is none
   */
  float last(float threshold, float end) {
    float most = Math.min(Math.nextDown(threshold), max);
    float value = isOfWhole() ? (float) Math.floor(most) : most;
    for (long tried = 0; tried <= sentinels && value >= end; tried++) {
      if (isNumber(value)) {
        return value;
      }

      value = isOfWhole() ? Math.min(value - 1, Math.nextDown(value)) : Math.nextDown(value);
    }

    return Float.NaN;
  }

  private boolean isNumber(float value) {
    return rules.encode((double) value, row, faults) && rules.isComplete(row);
  }

  /**
   * Returns the number that a value of the field is; NaN if it is no number, or missing for one of
   * the features.
   *
   * @param json the value
   * @param encoded the field's slots
   */
  float number(String json, float[] encoded) {
    if (!steps.isEmpty()) {
      return (float) NumberText.parse(json);
    }

    float number = Float.NaN;
    for (int index = 0; index < slots.length; index++) {
      if (rules.field().features().get(index).kind() == Kind.NUMBER) {
        number = encoded[index];
        if (Float.isNaN(number)) {
          return number;
        }
      }
    }

    return number;
  }

  /** Returns evenly chosen items of a number of items, by their index, with the first and last. */
  static int[] evenly(int count, int most) {
    if (count <= most) {
      return IntStream.range(0, count).toArray();
    }

    return IntStream.range(0, most)
        .map(index -> most == 1 ? 0 : (int) Math.round(index * (count - 1.0) / (most - 1)))
        .toArray();
  }
}
