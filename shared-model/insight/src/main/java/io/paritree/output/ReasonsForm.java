package io.paritree.output;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the columns of stored reasons do not say, so that a stored reason is answered as one that is
 * computed on request: all values are text in a file, and the words of a code are the model's.
 *
 * @param direction which contributions are reasons: {@code both}, {@code up} or {@code down}
 * @param outputs the name of the output that is explained, by the label of the row; empty if the
 *     model has one output
 * @param numbers columns of the input whose values are numbers
 * @param truths columns whose values are true or false
 * @param groups the columns of each reason that is not named as its only column
 * @param up the words for a reason that raises the margin, by its name
 * @param down the words for a reason that lowers the margin, by its name
 */
public record ReasonsForm(
    String direction,
    Map<String, String> outputs,
    Set<String> numbers,
    Set<String> truths,
    Map<String, List<String>> groups,
    Map<String, String> up,
    Map<String, String> down) {
  /** The column of the reasons in the files, a list of field, value as text, and so on. */
  public static final String COLUMN = "reasons";

  /** The member of a stored row with its reasons: a list of field, value as text, and so on. */
  public static final String LIST = "stored_reasons";

  /** The members of a stored row that make up its margin with its reasons. */
  public static final String BASE = "reasons_base";

  public static final String REST = "reasons_rest";

  private static final Set<String> DIRECTIONS = Set.of("both", "up", "down");

  /** The most texts of all members together. */
  private static final int MAX_TEXTS = 20_000;

  /** The most bytes of its JSON, of the million that the manifest of an index may have. */
  private static final int MAX_BYTES = 1 << 19;

  private static final String UP = "up";
  private static final String DOWN = "down";

  public ReasonsForm {
    outputs = sorted(outputs);
    numbers = Collections.unmodifiableSet(new TreeSet<>(numbers));
    truths = Collections.unmodifiableSet(new TreeSet<>(truths));
    groups = sorted(groups);
    up = sorted(up);
    down = sorted(down);
  }

  private static <T> Map<String, T> sorted(Map<String, T> map) {
    return Collections.unmodifiableMap(new TreeMap<>(map));
  }

  /** Returns whether it is small enough to be recorded with each partition. */
  public boolean isSmall() {
    int texts = 2 * outputs.size() + numbers.size() + truths.size() + 3 * up.size();
    texts += 3 * down.size() + groups.values().stream().mapToInt(one -> 1 + one.size()).sum();
    return texts < MAX_TEXTS && toJson().length <= MAX_BYTES;
  }

  /** Returns the columns of a reason. */
  public List<String> columns(String field) {
    return groups.getOrDefault(field, List.of(field));
  }

  /** Returns the words for a reason, if the model has some. */
  public Optional<String> text(String field, double contribution) {
    return Optional.ofNullable((contribution > 0 ? up : down).get(field));
  }

  /** Returns it as JSON in one line. */
  public byte[] toJson() {
    return JsonText.compact(Documents.value(this));
  }

  /** The document, in which no text is a key, as keys have a limit of their own. */
  private record Lists(
      Optional<String> direction,
      List<List<String>> outputs,
      Set<String> numbers,
      Set<String> truths,
      List<List<String>> groups,
      List<List<String>> texts) {
    private long count() {
      return Stream.of(outputs, groups, texts).flatMap(List::stream).mapToLong(List::size).sum()
          + numbers.size()
          + truths.size();
    }
  }

  @JsonValue
  Lists lists() {
    List<List<String>> texts = new ArrayList<>();
    up.forEach((name, text) -> texts.add(List.of(UP, name, text)));
    down.forEach((name, text) -> texts.add(List.of(DOWN, name, text)));
    return new Lists(
        Optional.of(direction),
        outputs.entrySet().stream().map(one -> List.of(one.getKey(), one.getValue())).toList(),
        numbers,
        truths,
        groups.entrySet().stream()
            .map(one -> Stream.concat(Stream.of(one.getKey()), one.getValue().stream()).toList())
            .toList(),
        texts);
  }

  @JsonCreator
  static ReasonsForm of(Lists lists) {
    String direction = lists.direction.orElse("both");
    expect(DIRECTIONS.contains(direction), "a direction of both, up or down");
    expect(lists.count() <= MAX_TEXTS, "at most %s texts".formatted(MAX_TEXTS));
    expect(lists.outputs.stream().allMatch(one -> one.size() == 2), "outputs of 2 texts each");
    expect(lists.groups.stream().allMatch(one -> one.size() >= 2), "groups of 2 texts or more");
    expect(lists.texts.stream().allMatch(one -> one.size() == 3), "texts of 3 texts each");
    Map<String, String> outputs = new TreeMap<>();
    Map<String, List<String>> groups = new TreeMap<>();
    Map<String, String> up = new TreeMap<>();
    Map<String, String> down = new TreeMap<>();
    lists.outputs.forEach(one -> outputs.put(one.get(0), one.get(1)));
    lists.groups.forEach(one -> groups.put(one.get(0), one.subList(1, one.size())));
    lists.texts.forEach(one -> (one.get(0).equals(UP) ? up : down).put(one.get(1), one.get(2)));
    return new ReasonsForm(direction, outputs, lists.numbers, lists.truths, groups, up, down);
  }

  private static void expect(boolean holds, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("expected " + expected);
    }
  }
}
