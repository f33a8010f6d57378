package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.feature.NumberText;
import io.paritree.feature.VocabularyFeature;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Claims that the trainer coded categories in another order. */
final class VocabularyClaims {
  private static final int MAX_SHOWN = 1_000;
  private static final int MAX_CATEGORIES = 20_000;

  private final Evidence evidence;
  private final List<Claim> claims = new ArrayList<>();
  private final Set<Map<Integer, Map<Float, Float>>> made = new HashSet<>();

  /**
   * The usual orders of categories: texts, with the number of rows of each as the file has them.
   */
  private enum Order {
    ASCENDING("ascending", Comparator.naturalOrder()),
    NUMERIC("ascending as numbers", Comparator.comparingDouble(NumberText::parse)),
    IGNORING_CASE("ascending without regard to case", String.CASE_INSENSITIVE_ORDER),
    FIRST("in the order of their first appearance in the file", null),
    FREQUENT("with the most frequent first", null),
    DESCENDING("descending", Comparator.reverseOrder()),
    NUMERIC_DESCENDING(
        "descending as numbers", Comparator.<String>comparingDouble(NumberText::parse).reversed()),
    RARE("with the least frequent first", null);

    private final String text;
    private final Comparator<String> comparator;

    Order(String text, Comparator<String> comparator) {
      this.text = text;
      this.comparator = comparator;
    }

    List<String> of(Collection<String> all, Map<String, Long> counts) {
      Comparator<String> order = comparator;
      if (this == FREQUENT || this == RARE) {
        Comparator<String> byCount =
            Comparator.comparingLong(text -> counts.getOrDefault(text, 0L));
        order = (this == FREQUENT ? byCount.reversed() : byCount).thenComparing(text -> text);
      } else if (this == FIRST) {
        List<String> seen = new ArrayList<>(counts.keySet());
        order =
            Comparator.comparingInt(
                text -> counts.containsKey(text) ? seen.indexOf(text) : Integer.MAX_VALUE);
      }

      return all.stream().sorted(order).toList();
    }
  }

  /**
   * Categories with other codes.
   *
   * @param codes per feature the new code of each slot
   */
  private record Recoded(String text, Map<Integer, Map<Float, Float>> codes) implements Claim {
    @Override
    public void change(TrainerRow row, float[] slots) {
      codes.forEach(
          (feature, code) -> slots[feature] = code.getOrDefault(slots[feature], slots[feature]));
    }
  }

  VocabularyClaims(Evidence evidence) {
    this.evidence = evidence;
  }

  /** Returns the usual orders: of all vocabularies, and of each alone. */
  static List<Claim> known(Evidence evidence) {
    VocabularyClaims made = new VocabularyClaims(evidence);
    List<Integer> free = made.free();
    for (boolean isSeenOnly : new boolean[] {false, true}) {
      for (Order order : Order.values()) {
        if (free.size() > 1) {
          made.add(free, order, isSeenOnly);
        }
      }

      for (int feature : free) {
        for (Order order : Order.values()) {
          made.add(List.of(feature), order, isSeenOnly);
        }
      }
    }

    return made.claims;
  }

  /** Returns the category features whose vocabulary is not in the model file. */
  List<Integer> free() {
    List<Integer> free = new ArrayList<>();
    for (int index = 0; index < evidence.schema().width(); index++) {
      if (evidence.feature(index).kind().isCategory()
          && evidence.sealing().model().categories(index).isEmpty()
          && vocabulary(index).size() <= MAX_CATEGORIES) {
        free.add(index);
      }
    }

    return free;
  }

  /** Returns the vocabulary of the schema; of bare codes, the cells of the file. */
  List<String> vocabulary(int index) {
    return evidence.feature(index) instanceof VocabularyFeature category
        ? category.vocabulary().stream().map(String::valueOf).toList()
        : List.copyOf(evidence.categories(index).keySet());
  }

  private void add(List<Integer> features, Order order, boolean isSeenOnly) {
    Map<Integer, List<String>> orders = new LinkedHashMap<>();
    for (int feature : features) {
      List<String> all = vocabulary(feature);
      boolean isNumeric = order == Order.NUMERIC || order == Order.NUMERIC_DESCENDING;
      if (isNumeric && !all.stream().allMatch(text -> !Double.isNaN(NumberText.parse(text)))) {
        return;
      }

      Map<String, Long> counts = evidence.categories(feature);
      LinkedHashSet<String> sorted = new LinkedHashSet<>();
      if (isSeenOnly) {
        sorted.addAll(order.of(counts.keySet(), counts));
        sorted.retainAll(new LinkedHashSet<>(all));
      }

      sorted.addAll(order.of(all, counts));
      orders.put(feature, List.copyOf(sorted));
    }

    add(order.text + (isSeenOnly ? ", only those of the rows" : ""), orders);
  }

  /**
   * Adds a claim.
   *
   * @param order how the trainer ordered the categories, for the text
   * @param orders by feature, the categories in code order
   */
  void add(String order, Map<Integer, List<String>> orders) {
    Map<Integer, Map<Float, Float>> codes = new TreeMap<>();
    orders.forEach(
        (feature, sorted) -> {
          Map<Float, Float> code = codes(feature, sorted);
          if (!code.entrySet().stream()
              .allMatch(entry -> entry.getKey().equals(entry.getValue()))) {
            codes.put(feature, code);
          }
        });
    if (!codes.isEmpty() && made.add(codes)) {
      claims.add(new Recoded(text(order, codes.keySet(), orders::get), codes));
    }
  }

  private Map<Float, Float> codes(int feature, List<String> sorted) {
    Map<Float, Float> codes = new HashMap<>();
    for (int code = 0; code < sorted.size(); code++) {
      codes.put(Evidence.slot(evidence.feature(feature), sorted.get(code)), (float) code);
    }

    return codes;
  }

  private String text(
      String order, Collection<Integer> features, Function<Integer, List<String>> sorted) {
    StringBuilder text = new StringBuilder("the trainer coded the categories " + order + ":");
    for (int feature : features) {
      boolean isText = evidence.feature(feature).kind().isText();
      List<String> all = sorted.apply(feature);
      List<String> shown =
          all.stream()
              .limit(MAX_SHOWN)
              .map(value -> (isText ? "\"%s\"" : "%s").formatted(Fault.printable(value)))
              .toList();
      text.append(text.charAt(text.length() - 1) == ':' ? "" : ",")
          .append(
              " give '%s' \"categories\": [%s%s]"
                  .formatted(
                      Fault.printable(evidence.feature(feature).name()),
                      String.join(", ", shown),
                      all.size() > shown.size() ? ", ..." : ""));
    }

    return text.toString();
  }

  /** Returns a claim that is only tried: it has no text. */
  Claim trial(Map<Integer, List<String>> orders) {
    Map<Integer, Map<Float, Float>> codes = new TreeMap<>();
    orders.forEach((feature, sorted) -> codes.put(feature, codes(feature, sorted)));
    return new Recoded("", codes);
  }

  /** Returns the claims that were added. */
  List<Claim> claims() {
    return claims;
  }
}
