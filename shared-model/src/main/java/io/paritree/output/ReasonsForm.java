package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

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
    return JsonText.compact(this::write);
  }

  /** Writes an object, in which no text is a key, as keys have a limit of their own. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("direction", direction);
    JsonText.array(
        json,
        "outputs",
        outputs.entrySet(),
        output -> list(List.of(output.getKey(), output.getValue()), json));
    JsonText.array(json, "numbers", numbers, json::writeString);
    JsonText.array(json, "truths", truths, json::writeString);
    JsonText.array(
        json,
        "groups",
        groups.entrySet(),
        group -> {
          List<String> names = new ArrayList<>(List.of(group.getKey()));
          names.addAll(group.getValue());
          list(names, json);
        });
    json.writeArrayFieldStart("texts");
    for (Map.Entry<String, String> text : up.entrySet()) {
      list(List.of(UP, text.getKey(), text.getValue()), json);
    }

    for (Map.Entry<String, String> text : down.entrySet()) {
      list(List.of(DOWN, text.getKey(), text.getValue()), json);
    }

    json.writeEndArray();
    json.writeEndObject();
  }

  private static void list(Iterable<String> texts, JsonGenerator json) throws IOException {
    json.writeStartArray();
    for (String text : texts) {
      json.writeString(text);
    }

    json.writeEndArray();
  }

  /** Reads what {@link #write} has written; members of later versions are ignored. */
  public static ReasonsForm read(StrictJson json) throws BrokenJsonException {
    return new Reader(json).read();
  }

  private static final class Reader {
    private final StrictJson json;
    private final SortedMap<String, String> outputs = new TreeMap<>();
    private final SortedSet<String> numbers = new TreeSet<>();
    private final SortedSet<String> truths = new TreeSet<>();
    private final SortedMap<String, List<String>> groups = new TreeMap<>();
    private final SortedMap<String, String> up = new TreeMap<>();
    private final SortedMap<String, String> down = new TreeMap<>();
    private String direction = "both";
    private int texts;

    private Reader(StrictJson json) {
      this.json = json;
    }

    private ReasonsForm read() throws BrokenJsonException {
      json.namedValues(this::member);
      return new ReasonsForm(direction, outputs, numbers, truths, groups, up, down);
    }

    private void member(String name) throws BrokenJsonException {
      switch (name) {
        case "direction" -> {
          direction = text();
          if (!DIRECTIONS.contains(direction)) {
            throw json.wrong("both, up or down");
          }
        }
        case "outputs" -> each(2, 2, output -> outputs.put(output.get(0), output.get(1)));
        case "numbers" -> json.list(() -> numbers.add(text()));
        case "truths" -> json.list(() -> truths.add(text()));
        case "groups" ->
            each(
                2,
                MAX_TEXTS,
                group -> groups.put(group.get(0), List.copyOf(group.subList(1, group.size()))));
        case "texts" ->
            each(3, 3, text -> (text.get(0).equals(UP) ? up : down).put(text.get(1), text.get(2)));
        default -> json.skip(); // a later version's
      }
    }

    /** Reads a list of lists of texts. */
    private void each(int least, int most, Consumer<List<String>> to) throws BrokenJsonException {
      json.list(
          () -> {
            List<String> read = new ArrayList<>();
            json.list(() -> read.add(text()));
            if (read.size() < least || read.size() > most) {
              throw json.wrong("%s texts".formatted(least));
            }

            to.accept(read);
          });
    }

    private String text() throws BrokenJsonException {
      if (++texts > MAX_TEXTS) {
        throw json.wrong("at most %s texts".formatted(MAX_TEXTS));
      }

      return json.text();
    }
  }
}
