package io.paritree.model.trainer;

import io.paritree.feature.NumberText;
import io.paritree.feature.VocabularyFeature;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The trainer may have coded categories in another order. */
final class CategoryOrders {
  private static final int MAX_CATEGORIES = 20_000;
  private static final int MAX_PAIRS = 2_000;

  private final SampledRows sample;
  private final Set<Map<Integer, Map<Float, Float>>> made = new HashSet<>();
  private final List<Cause> causes = new ArrayList<>();

  /** The usual orders of texts, with the number of rows of each as the file has them. */
  private enum Order {
    ASCENDING("ascending"),
    NUMERIC("ascending as numbers"),
    FIRST("in the order of their first appearance in the file"),
    FREQUENT("with the most frequent first"),
    DESCENDING("descending");

    private final String text;

    Order(String text) {
      this.text = text;
    }

    Comparator<String> comparator(Map<String, Long> counts) {
      List<String> seen = new ArrayList<>(counts.keySet());
      Comparator<String> byCount = Comparator.comparingLong(text -> counts.getOrDefault(text, 0L));
      return switch (this) {
        case ASCENDING -> Comparator.naturalOrder();
        case NUMERIC -> Comparator.comparingDouble(NumberText::parse);
        case FIRST ->
            Comparator.comparingInt(
                text -> counts.containsKey(text) ? seen.indexOf(text) : Integer.MAX_VALUE);
        case FREQUENT -> byCount.reversed().thenComparing(Comparator.naturalOrder());
        case DESCENDING -> Comparator.reverseOrder();
      };
    }
  }

  private CategoryOrders(SampledRows sample) {
    this.sample = sample;
  }

  /** Returns the usual orders: of all vocabularies that the model file lacks, and of each alone. */
  static Stream<Cause> of(SampledRows sample) {
    CategoryOrders orders = new CategoryOrders(sample);
    List<Integer> free =
        IntStream.range(0, sample.schema().modelWidth())
            .filter(index -> sample.feature(index) instanceof VocabularyFeature)
            .filter(index -> sample.sealing().model().categories(index).isEmpty())
            .filter(index -> orders.vocabulary(index).size() <= MAX_CATEGORIES)
            .boxed()
            .toList();
    for (Order order : Order.values()) {
      orders.add(order, free);
    }

    for (int feature : free) {
      for (Order order : Order.values()) {
        orders.add(order, List.of(feature));
      }
    }

    return orders.causes.stream();
  }

  private List<String> vocabulary(int feature) {
    return ((VocabularyFeature) sample.feature(feature))
        .vocabulary().stream().map(String::valueOf).toList();
  }

  private void add(Order order, List<Integer> features) {
    Map<Integer, List<String>> sorted = new LinkedHashMap<>();
    Map<Integer, Map<Float, Float>> codes = new TreeMap<>();
    for (int feature : features) {
      List<String> all = vocabulary(feature);
      boolean isOfNumbers = all.stream().noneMatch(text -> Double.isNaN(NumberText.parse(text)));
      if (!isOfNumbers && order == Order.NUMERIC) {
        return;
      }

      List<String> other =
          all.stream().sorted(order.comparator(sample.categories(feature))).toList();
      if (!other.equals(all)) {
        sorted.put(feature, other);
        codes.put(feature, codes(all, other));
      }
    }

    if (!codes.isEmpty() && made.add(codes)) {
      causes.add(
          Cause.ofInputs(
              "the trainer coded the categories " + order.text,
              sorted.entrySet().stream()
                  .map(entry -> cure(entry.getKey(), entry.getValue()))
                  .collect(Collectors.joining(", ", "give ", "")),
              codes.keySet(),
              recoded(codes),
              () -> exchanged(codes)));
    }
  }

  /** Returns the code in another order by the code of ours. */
  private static Map<Float, Float> codes(List<String> all, List<String> other) {
    Map<String, Float> places = new HashMap<>();
    other.forEach(text -> places.put(text, (float) places.size()));
    Map<Float, Float> codes = new TreeMap<>();
    all.forEach(text -> codes.put((float) codes.size(), places.get(text)));
    return codes;
  }

  private static Cause.Change recoded(Map<Integer, Map<Float, Float>> codes) {
    return (row, slots) -> {
      codes.forEach(
          (feature, code) -> slots[feature] = code.getOrDefault(slots[feature], slots[feature]));
      return true;
    };
  }

  /** Returns the same codes with two of them exchanged, of those that the order has moved. */
  private static List<Cause.Change> exchanged(Map<Integer, Map<Float, Float>> codes) {
    List<Cause.Change> rivals = new ArrayList<>();
    codes.forEach(
        (feature, code) -> {
          List<Float> moved =
              code.keySet().stream().filter(own -> !code.get(own).equals(own)).toList();
          for (int one = 0; one < moved.size(); one++) {
            for (int two = one + 1; two < moved.size() && rivals.size() < MAX_PAIRS; two++) {
              Map<Float, Float> other = new HashMap<>(code);
              other.put(moved.get(one), code.get(moved.get(two)));
              other.put(moved.get(two), code.get(moved.get(one)));
              Map<Integer, Map<Float, Float>> all = new HashMap<>(codes);
              all.put(feature, other);
              rivals.add(recoded(all));
            }
          }
        });
    return rivals;
  }

  private String cure(int feature, List<String> sorted) {
    boolean isText = sample.feature(feature).values().isText();
    return sorted.stream()
        .map(value -> isText ? SampledRows.json(value) : value)
        .collect(
            Collectors.joining(", ", "%s \"categories\": [".formatted(sample.named(feature)), "]"));
  }
}
