package io.paritree.model.trainer;

import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What to do about a claim.
 *
 * @param text it as a clause; empty if there is nothing to do
 * @param change does to a trial what the text says; null if sealing cannot try it
 */
record Cure(String text, Consumer<Trial> change) {
  static final Cure NONE = of("");

  /** Returns a cure that is done to the predictions or by the trainer, which sealing cannot try. */
  static Cure of(String text) {
    return new Cure(text, null);
  }

  /** Returns whether sealing can try it. */
  boolean isTried() {
    return change != null;
  }

  /** Returns that a feature is given a member in the schema. */
  static Cure give(Evidence evidence, int feature, String member, String json) {
    return new Cure(
        "give %s \"%s\": %s".formatted(evidence.named(feature), member, json),
        trial -> trial.give(feature, member, json));
  }

  /** Returns a text or a number as JSON, in visible characters, whole. */
  static String json(Object value) {
    if (!(value instanceof String text)) {
      return String.valueOf(value);
    }

    StringBuilder json = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            point -> {
              int type = Character.getType(point);
              boolean isHidden =
                  Character.isISOControl(point)
                      || type == Character.FORMAT
                      || type == Character.LINE_SEPARATOR
                      || type == Character.PARAGRAPH_SEPARATOR;
              if (point == '"' || point == '\\') {
                json.append('\\').append((char) point);
              } else if (isHidden) {
                for (char unit : Character.toChars(point)) {
                  json.append("\\u").append(HexFormat.of().toHexDigits(unit));
                }
              } else {
                json.appendCodePoint(point);
              }
            });
    return json.append('"').toString();
  }

  static String json(List<?> values) {
    return values.stream().map(Cure::json).collect(Collectors.joining(", ", "[", "]"));
  }

  /** Returns several cures as one. */
  static Cure all(List<Cure> cures) {
    return all(cures, ", ");
  }

  /** Returns several cures as one, with a separator between their texts. */
  static Cure all(List<Cure> cures, String between) {
    return new Cure(
        String.join(between, cures.stream().map(Cure::text).toList()),
        trial -> cures.forEach(cure -> cure.change().accept(trial)));
  }
}
