package io.paritree.model.trainer;

import io.paritree.feature.Feature;
import io.paritree.feature.NumberText;
import io.paritree.feature.VocabularyFeature;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

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
   * Returns that categories had other codes.
   *
   * @param codes per feature the new code of each slot
   */
  private static Claim recoded(String cause, Cure cure, Map<Integer, Map<Float, Float>> codes) {
    return new InputClaim(
        cause,
        cure,
        codes.keySet(),
        (row, slots) -> {
          codes.forEach(
              (feature, code) ->
                  slots[feature] = code.getOrDefault(slots[feature], slots[feature]));
          return true;
        });
  }

  /** Puts the code of the next known category in ascending order in place of an unknown one. */
  private static boolean putNext(
      Feature feature, String cell, NavigableMap<Object, Integer> codes, float[] slots, int at) {
    boolean isMissing = cell.isEmpty() || feature.sentinels().texts().contains(cell);
    if (isMissing || !Float.isNaN(slots[at])) {
      return true;
    }

    Map.Entry<Object, Integer> next = codes.ceilingEntry(key(feature, cell));
    slots[at] = next == null ? Float.NaN : next.getValue();
    return next != null;
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

  /**
   * Returns that XGBoost 3.1 and 3.2 gave unknown categories the code of the next known one in
   * ascending order, and refused only what comes after the last. These versions compared bytes with
   * a sign, so that letters outside of ASCII come first.
   */
  static List<Claim> next(Evidence evidence) {
    List<Claim> claims = new ArrayList<>();
    for (int at = 0; at < evidence.schema().modelWidth(); at++) {
      int index = at;
      Feature feature = evidence.feature(index);
      if (feature instanceof VocabularyFeature category
          && evidence.sealing().model().categories(index).isPresent()) {
        NavigableMap<Object, Integer> codes = new TreeMap<>(VocabularyClaims::compare);
        for (int code = 0; code < category.vocabulary().size(); code++) {
          codes.put(key(feature, String.valueOf(category.vocabulary().get(code))), code);
        }

        claims.add(
            new InputClaim(
                "the trainer predicted with XGBoost 3.1 or 3.2, which took a category of %s that it did not know as the next known one in ascending order"
                    .formatted(evidence.named(index)),
                Cure.of(
                    "predict again with 3.3 or newer, or leave rows with unknown categories out, because these predictions are of other categories"),
                Set.of(index),
                (row, slots) -> putNext(feature, evidence.cell(row, index), codes, slots, index)));
      }
    }

    return claims;
  }

  private static Object key(Feature feature, String category) {
    return feature.kind().isText()
        ? category.getBytes(StandardCharsets.UTF_8)
        : (Object) NumberText.parse(category);
  }

  private static int compare(Object one, Object other) {
    return one instanceof byte[] bytes
        ? Arrays.compare(bytes, (byte[]) other)
        : Double.compare((Double) one, (Double) other);
  }

  /** Returns that columns of categories hold codes. */
  static List<Claim> codes(Evidence evidence) {
    List<Claim> claims = new ArrayList<>();
    for (int index = 0; index < evidence.schema().modelWidth(); index++) {
      if (evidence.feature(index) instanceof VocabularyFeature category) {
        boolean isFree = evidence.sealing().model().categories(index).isEmpty();
        int feature = index;
        List<?> all = category.vocabulary();
        Cure cure =
            isFree
                ? new Cure(
                    "give %s \"categories\": \"codes\"".formatted(evidence.named(index)),
                    trial -> {
                      trial.give(feature, "categories", "\"codes\"");
                      trial.leaveOut(feature, "unseen");
                    })
                : new Cure(
                    "write the categories themselves into %s".formatted(evidence.named(index)),
                    trial -> trial.write(feature, cell -> decoded(all, cell)));
        claims.add(
            new InputClaim(
                "the column of %s holds the codes of its categories"
                    .formatted(evidence.named(index)),
                cure,
                Set.of(feature),
                (row, slots) -> {
                  String cell = evidence.cell(row, feature);
                  double code = NumberText.parse(cell);
                  slots[feature] = (float) code;
                  return cell.isEmpty() || isCode(code, all.size());
                }));
      }
    }

    return claims;
  }

  private static String decoded(List<?> vocabulary, String cell) {
    double code = NumberText.parse(cell);
    return isCode(code, vocabulary.size()) ? String.valueOf(vocabulary.get((int) code)) : cell;
  }

  private static boolean isCode(double number, int size) {
    return number >= 0 && number < size && number == Math.rint(number);
  }

  /** Returns the category features whose vocabulary is not in the model file. */
  List<Integer> free() {
    return IntStream.range(0, evidence.schema().width())
        .filter(index -> evidence.feature(index).kind().isCategory())
        .filter(index -> evidence.sealing().model().categories(index).isEmpty())
        .filter(index -> vocabulary(index).size() <= MAX_CATEGORIES)
        .boxed()
        .toList();
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
      claims.add(
          recoded(
              "the trainer coded the categories " + order,
              Cure.all(
                  codes.keySet().stream()
                      .map(feature -> cure(feature, orders.get(feature)))
                      .toList()),
              codes));
    }
  }

  private Map<Float, Float> codes(int feature, List<String> sorted) {
    Map<Float, Float> codes = new HashMap<>();
    for (int code = 0; code < sorted.size(); code++) {
      codes.put(Evidence.slot(evidence.feature(feature), sorted.get(code)), (float) code);
    }

    return codes;
  }

  private Cure cure(int feature, List<String> sorted) {
    boolean isText = evidence.feature(feature).kind().isText();
    List<String> all = sorted.stream().map(value -> isText ? Cure.json(value) : value).toList();
    String json = "[" + String.join(", ", all) + "]";
    String shown =
        all.size() > MAX_SHOWN
            ? "[" + String.join(", ", all.subList(0, MAX_SHOWN)) + ", ...]"
            : json;
    return new Cure(
        "give %s \"categories\": %s".formatted(evidence.named(feature), shown),
        trial -> trial.give(feature, "categories", json));
  }

  /** Returns a claim that is only tried: it has no text. */
  Claim trial(Map<Integer, List<String>> orders) {
    Map<Integer, Map<Float, Float>> codes = new TreeMap<>();
    orders.forEach((feature, sorted) -> codes.put(feature, codes(feature, sorted)));
    return recoded("", Cure.NONE, codes);
  }

  /** Returns the claims that were added. */
  List<Claim> claims() {
    return claims;
  }
}
