package io.paritree.serving.request;

import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Feature.Kind;
import io.paritree.feature.Feature.Values;
import io.paritree.feature.Field;
import io.paritree.feature.MappedFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.StepsFeature;
import io.paritree.feature.TableFeature;
import io.paritree.feature.Unseen;
import io.paritree.feature.VocabularyFeature;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which values all features of a field accept. */
public record FieldRules(Field field) {
  private static final String EXAMPLE_TIME = "2026-01-15T08:30:00";
  private static final float[] EXAMPLES = {1, 0, 0.5f, 2, 3};

  /** Returns whether the field may be absent or null. */
  public boolean nullable() {
    return field.features().stream().allMatch(Feature::nullable);
  }

  /** Returns the feature whose kind the field has: a boolean one only if there is no other. */
  public Feature typed() {
    return field.features().stream()
        .filter(feature -> feature.values() != Values.ANY && feature.values() != Values.TRUTH)
        .findFirst()
        .orElseGet(field::typed);
  }

  /** Returns the words of a fault of each feature for what was expected. */
  public String expected() {
    return field.features().stream()
        .map(FieldRules::expected)
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private static String expected(Feature feature) {
    return feature instanceof NumberFeature number
        ? number.expected() + number.bounds().map(bounds -> ", " + bounds).orElse("")
        : feature.expected();
  }

  /** Returns the values that a feature takes as missing: numbers, then texts, ascending. */
  public List<Object> sentinels() {
    List<Sentinels> all = field.features().stream().map(Feature::sentinels).toList();
    Stream<Object> numbers =
        all.stream()
            .flatMap(each -> each.numbers().stream())
            .distinct()
            .sorted()
            .map(value -> value);
    Stream<Object> texts =
        all.stream().flatMap(each -> each.texts().stream()).distinct().sorted().map(value -> value);
    return Stream.concat(numbers, texts).toList();
  }

  /** Returns the values that tables of the field list and that all of its features accept. */
  public List<Object> known() {
    float[] row = row();
    Faults faults = new Faults();
    return field.features().stream()
        .filter(MappedFeature.class::isInstance)
        .flatMap(FieldRules::examples)
        .filter(value -> field.typed().values() != Values.TIME && encode(value, row, faults))
        .<Object>map(value -> value)
        .distinct()
        .toList();
  }

  /** Returns whether a value is refused that is in no vocabulary, and in no table. */
  public boolean refusesUnseen() {
    return field.features().stream()
        .anyMatch(
            feature ->
                feature instanceof MappedFeature mapped && mapped.other().isRejected()
                    || feature instanceof VocabularyFeature category
                        && category.unseen() instanceof Unseen.Reject);
  }

  /** Returns whether the field has numbers that are no categories. */
  public boolean isOfNumbers() {
    return typed().kind() == Kind.NUMBER || !steps().isEmpty();
  }

  /** Returns the features that give slots by steps of numbers. */
  public List<StepsFeature> steps() {
    return field.features().stream()
        .filter(StepsFeature.class::isInstance)
        .map(StepsFeature.class::cast)
        .filter(steps -> !steps.of().isTime())
        .toList();
  }

  private float[] row() {
    return new float[1 + IntStream.of(slots()).max().orElse(0)];
  }

  /** Returns the features that read numbers. */
  public List<NumberFeature> numbers() {
    return field.features().stream()
        .filter(NumberFeature.class::isInstance)
        .map(NumberFeature.class::cast)
        .toList();
  }

  /** Returns the slots of the features of a kind. */
  public int[] slots(Kind kind) {
    return IntStream.range(0, field.features().size())
        .filter(index -> field.features().get(index).kind() == kind)
        .map(field::slot)
        .toArray();
  }

  /** Returns the least slot that all bounds allow; -Infinity without bounds. */
  public float min() {
    return (float)
        DoubleStream.concat(
                numbers().stream().mapToDouble(NumberFeature::min),
                steps().stream().mapToDouble(StepsFeature::min))
            .max()
            .orElse(Float.NEGATIVE_INFINITY);
  }

  /** Returns the largest slot that all bounds allow; Infinity without bounds. */
  public float max() {
    return (float)
        DoubleStream.concat(
                numbers().stream().mapToDouble(NumberFeature::max),
                steps().stream().mapToDouble(StepsFeature::max))
            .min()
            .orElse(Float.POSITIVE_INFINITY);
  }

  /** Returns the zone that turns instants into local times; empty if they are refused. */
  public Optional<ZoneId> zone() {
    List<Optional<ZoneId>> zones =
        field.features().stream()
            .filter(feature -> feature.values() == Values.TIME)
            .map(Feature::zone)
            .toList();
    return zones.isEmpty() || zones.contains(Optional.<ZoneId>empty())
        ? Optional.empty()
        : zones.get(0);
  }

  /** Returns the slots of all features. */
  public int[] slots() {
    return IntStream.range(0, field.features().size()).map(field::slot).toArray();
  }

  /**
   * Encodes a value, as {@code JsonRecordReader} does where a record has it.
   *
   * @param value a number, a boolean or a text
   * @param row receives a slot for each feature
   * @param faults cleared first
   * @return whether every feature accepts it
   */
  public boolean encode(Object value, float[] row, Faults faults) {
    faults.clear();
    if (value instanceof Boolean truth) {
      field.truth(truth, row, 0, faults);
    } else if (value instanceof String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      field.text(utf8, 0, utf8.length, row, 0, faults);
    } else {
      field.number(((Number) value).doubleValue(), row, 0, faults);
    }

    return faults.isEmpty();
  }

  /** Returns whether no feature has a missing value in a row; in a table, a value may mean that. */
  public boolean isComplete(float[] row) {
    return IntStream.range(0, field.features().size())
        .filter(index -> !(field.features().get(index) instanceof TableFeature))
        .noneMatch(index -> Float.isNaN(row[field.slot(index)]));
  }

  /**
   * Returns a made-up value: a number, a boolean or a text that the field accepts and that is not
   * missing, where there is one.
   */
  public Object example() {
    float[] row = row();
    Faults faults = new Faults();
    return examples()
        .filter(value -> encode(value, row, faults) && isComplete(row))
        .findFirst()
        .or(() -> examples().filter(value -> encode(value, row, faults)).findFirst())
        .orElseGet(() -> examples().iterator().next());
  }

  private Stream<Object> examples() {
    return Stream.concat(Stream.of(typed()), field.features().stream())
        .flatMap(FieldRules::examples);
  }

  private static Stream<?> examples(Feature feature) {
    return switch (feature.kind()) {
      case NUMBER -> examples((NumberFeature) feature);
      case BOOLEAN -> Stream.of(true);
      case TEXT_CATEGORY, INTEGER_CATEGORY -> ((VocabularyFeature) feature).vocabulary().stream();
      case CATEGORY_CODE -> Stream.of(0, 1, 2);
      case TIMESTAMP -> Stream.of(EXAMPLE_TIME);
      case MAPPED ->
          switch (feature.values()) {
            case TIME -> Stream.of(EXAMPLE_TIME);
            case NUMBER, ANY -> Stream.of(BigDecimal.ONE);
            case WHOLE, TRUTH, TEXT ->
                ((MappedFeature) feature).entries().stream().map(MappedFeature.Entry::value);
          };
      case STEPS -> examples((StepsFeature) feature);
    };
  }

  private static Stream<?> examples(StepsFeature steps) {
    if (steps.of().isTime()) {
      return Stream.of(EXAMPLE_TIME, EXAMPLE_TIME + "Z");
    }

    List<Double> values = new ArrayList<>(List.of(1.0, 0.0));
    steps.steps().stream().skip(1).forEach(step -> values.add(step.from().doubleValue()));
    values.add(Math.floor(values.get(values.size() == 2 ? 0 : 2)) - 1);
    return values.stream().map(value -> BigDecimal.valueOf(value).stripTrailingZeros());
  }

  private static Stream<BigDecimal> examples(NumberFeature number) {
    List<Float> values = new ArrayList<>();
    values.add(number.min() / 2 + number.max() / 2);
    values.add(1f);
    values.add(number.min());
    values.add(number.max());
    for (float value : EXAMPLES) {
      values.add(value);
    }

    for (double sentinel : number.sentinels().withSpelledNumbers().numbers()) {
      values.add(Math.nextUp((float) sentinel)); // where bounds leave hardly any other number
    }

    return values.stream().filter(Float::isFinite).map(FieldRules::decimal);
  }

  /** Returns the number of the shortest text that reads back to a finite float. */
  public static BigDecimal decimal(float value) {
    return new BigDecimal(Float.toString(value)).stripTrailingZeros();
  }
}
