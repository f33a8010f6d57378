package io.paritree.serving.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.StepsFeature;
import io.paritree.feature.Unseen;
import io.paritree.feature.VocabularyFeature;
import io.paritree.serving.request.FieldRules;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A field of a record as a schema of one plain type.
 *
 * <p>The schema accepts every value that the field accepts, except a second way to write one: 0 and
 * 1 for a boolean, 5.0 for the category 5, and a text that means a missing number or boolean. Where
 * several features read the field, it is the schema of one of them.
 */
final class FieldSchema {
  private static final int MAX_ENUM = 1_000;
  private static final int MAX_SHOWN = 20;
  private static final String TIMESTAMP =
      "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?)?";
  private static final String OFFSET = "(Z|[+-][0-9]{2}(:?[0-9]{2})?)?";

  private FieldSchema() {}

  /** Writes the members of the field's schema. */
  static void write(Field field, JsonGenerator json) throws IOException {
    FieldRules rules = new FieldRules(field);
    boolean nullable = rules.nullable();
    Feature feature = rules.typed();
    switch (feature.values()) {
      case NUMBER -> writeNumber(feature, json);
      case WHOLE -> {
        writeType("integer", "int64", json);
        writeEnum(rules, feature, integers(feature.sentinels()), json);
      }
      case TRUTH -> json.writeStringField("type", "boolean");
      case TEXT -> {
        json.writeStringField("type", "string");
        writeEnum(rules, feature, texts(feature.sentinels()), json);
      }
      case TIME -> {
        json.writeStringField("type", "string");
        json.writeStringField("pattern", pattern(field));
      }
      case ANY -> {} // OpenAPI's schema of any value has no type
    }

    if (nullable) {
      json.writeBooleanField("nullable", true);
    }

    json.writeStringField(
        "description",
        field.features().stream()
            .map(FieldSchema::description)
            .distinct()
            .collect(Collectors.joining(". ")));
  }

  private static void writeType(String type, String format, JsonGenerator json) throws IOException {
    json.writeStringField("type", type);
    json.writeStringField("format", format);
  }

  /** Writes bounds that include the sentinels. */
  private static void writeNumber(Feature feature, JsonGenerator json) throws IOException {
    writeType("number", "double", json);
    if (!(feature instanceof NumberFeature number)) {
      return;
    }

    double least = number.min();
    double greatest = number.max();
    for (double sentinel : number.sentinels().withSpelledNumbers().numbers()) {
      least = Math.min(least, sentinel);
      greatest = Math.max(greatest, sentinel);
    }

    writeBound("minimum", least, number.min(), json);
    writeBound("maximum", greatest, number.max(), json);
  }

  private static void writeBound(String member, double bound, float own, JsonGenerator json)
      throws IOException {
    if (!Double.isInfinite(bound)) {
      json.writeFieldName(member);
      json.writeNumber(bound == own ? FieldRules.decimal(own) : BigDecimal.valueOf(bound));
    }
  }

  private static Stream<String> texts(Sentinels sentinels) {
    return sentinels.texts().stream().sorted();
  }

  private static Stream<Long> integers(Sentinels sentinels) {
    return sentinels.withSpelledNumbers().numbers().stream()
        .filter(number -> number == Math.rint(number))
        .map(Double::longValue)
        .sorted();
  }

  /**
   * Writes the only values, categories and sentinels, if unseen ones are refused and each can be a
   * constant of a client.
   */
  private static void writeEnum(
      FieldRules rules, Feature feature, Stream<?> sentinels, JsonGenerator json)
      throws IOException {
    List<?> known =
        feature instanceof VocabularyFeature category ? category.vocabulary() : rules.known();
    List<?> values = Stream.concat(known.stream(), sentinels).distinct().toList();
    boolean isClosed =
        feature instanceof VocabularyFeature category
            ? category.unseen() instanceof Unseen.Reject
            : rules.refusesUnseen();
    if (!isClosed || values.size() > MAX_ENUM || !areConstants(values)) {
      return;
    }

    json.writeArrayFieldStart("enum");
    for (Object value : values) {
      json.writeObject(value);
    }

    if (rules.nullable()) {
      json.writeNull(); // OpenAPI 3.0 demands it in addition to nullable
    }

    json.writeEndArray();
  }

  /**
   * Returns whether generators can name a constant for each value: they leave out characters that
   * are no ASCII letter or digit, or replace it, and do not distinguish small letters from capital
   * ones.
   */
  private static boolean areConstants(List<?> values) {
    Set<String> names = new HashSet<>();
    return values.stream()
        .map(value -> value instanceof Long number ? number.toString() : constant(value.toString()))
        .allMatch(name -> !name.isEmpty() && names.add(name));
  }

  private static String constant(String text) {
    return text.replaceAll("[^A-Za-z0-9]", "").toUpperCase(Locale.ROOT);
  }

  /**
   * Returns what the timestamps look like that all features of a field read, or that are missing.
   */
  private static String pattern(Field field) {
    boolean instants = true;
    StringBuilder missing = new StringBuilder();
    for (Feature feature : field.features()) {
      if (feature.values() == Feature.Values.TIME) {
        boolean needsOffset =
            feature instanceof StepsFeature steps && steps.of() == StepsFeature.Of.INSTANT;
        instants &= feature.zone().isPresent() || needsOffset;
        for (String text : texts(feature.sentinels()).toList()) {
          missing.append('|').append(text.replaceAll("[\\\\^$.|?*+()\\[\\]{}/]", "\\\\$0"));
        }
      }
    }

    return "^(" + TIMESTAMP + (instants ? OFFSET : "") + missing + ")$";
  }

  private static String description(Feature feature) {
    StringBuilder text = new StringBuilder(feature.expected());
    text.setCharAt(0, Character.toUpperCase(text.charAt(0)));
    if (feature instanceof OffsetFeature offset) {
      text.append(" with which the margin begins in place of the model's base, in margin units");
      if (offset.nullable()) {
        text.append("; ").append(offset.whereMissing()).append(" if it is missing");
      }
    }

    if (feature instanceof VocabularyFeature category) {
      describe(category.vocabulary(), category.unseen(), text);
    }

    List<Object> missing = new ArrayList<>();
    missing.addAll(
        feature.sentinels().numbers().stream().sorted().map(FieldSchema::shown).toList());
    texts(feature.sentinels()).map(value -> "'" + value + "'").forEach(missing::add);
    if (!missing.isEmpty()) {
      text.append("; missing if it is one of ").append(missing);
    }

    return text.toString();
  }

  private static Object shown(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  private static void describe(List<?> vocabulary, Unseen unseen, StringBuilder text) {
    text.append(" from ").append(vocabulary.subList(0, Math.min(MAX_SHOWN, vocabulary.size())));
    if (vocabulary.size() > MAX_SHOWN) {
      text.append(" and ").append(vocabulary.size() - MAX_SHOWN).append(" more");
    }

    if (unseen instanceof Unseen.Missing) {
      text.append("; any other is missing");
    } else if (unseen instanceof Unseen.Category other) {
      text.append("; any other counts as '").append(other.category()).append('\'');
    }
  }
}
