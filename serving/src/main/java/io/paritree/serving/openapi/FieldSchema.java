package io.paritree.serving.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.CategoryCodeFeature;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.Unseen;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;

/** A field of a record as JSON Schema, and a made-up value that it accepts. */
final class FieldSchema {
  private static final int MAX_ENUM = 1_000;
  private static final String EXAMPLE_TIME = "2026-01-15T08:30:00";

  private FieldSchema() {}

  /** Returns whether the field may be absent or null. */
  static boolean nullable(Field field) {
    return field.features().stream().allMatch(Feature::nullable);
  }

  /** Writes the members of the field's schema. */
  static void write(Field field, JsonGenerator json) throws IOException {
    List<Feature> features = field.features();
    json.writeArrayFieldStart("allOf");
    for (Feature feature : features) {
      json.writeStartObject();
      json.writeArrayFieldStart("anyOf");
      writeAccepted(feature, json);
      writeMissing(sentinels(feature), json);
      if (feature.nullable()) {
        json.writeStartObject();
        json.writeStringField("type", "null");
        json.writeEndObject();
      }

      json.writeEndArray();
      json.writeEndObject();
    }

    json.writeEndArray();
  }

  private static void writeAccepted(Feature feature, JsonGenerator json) throws IOException {
    json.writeStartObject();
    if (feature instanceof NumberFeature number) {
      json.writeStringField("type", "number");
      writeBound("minimum", number.min(), json);
      writeBound("maximum", number.max(), json);
    } else if (feature instanceof BooleanFeature) {
      json.writeArrayFieldStart("enum");
      json.writeBoolean(true);
      json.writeBoolean(false);
      json.writeNumber(0);
      json.writeNumber(1);
      json.writeEndArray();
    } else if (feature instanceof TextCategoryFeature category) {
      writeTexts(category, json);
    } else if (feature instanceof IntegerCategoryFeature category) {
      writeIntegers(category, json);
    } else if (feature instanceof CategoryCodeFeature) {
      json.writeStringField("type", "number");
    } else if (feature instanceof TimestampFeature) {
      json.writeStringField("type", "string");
      json.writeStringField("description", feature.expected());
    }

    json.writeEndObject();
  }

  private static void writeTexts(TextCategoryFeature category, JsonGenerator json)
      throws IOException {
    json.writeStringField("type", "string");
    if (category.vocabulary().size() <= MAX_ENUM) {
      // Values outside the vocabulary are accepted, unless the feature rejects them.
      boolean closed = category.unseen() instanceof Unseen.Reject;
      json.writeArrayFieldStart(closed ? "enum" : "examples");
      for (String text : category.vocabulary()) {
        json.writeString(text);
      }

      json.writeEndArray();
    }
  }

  private static void writeIntegers(IntegerCategoryFeature category, JsonGenerator json)
      throws IOException {
    json.writeStringField("type", "integer");
    if (category.vocabulary().size() <= MAX_ENUM) {
      boolean closed = category.unseen() instanceof Unseen.Reject;
      json.writeArrayFieldStart(closed ? "enum" : "examples");
      for (long number : category.vocabulary()) {
        json.writeNumber(number);
      }

      json.writeEndArray();
    }
  }

  private static void writeBound(String member, float bound, JsonGenerator json)
      throws IOException {
    if (!Float.isInfinite(bound)) {
      json.writeFieldName(member);
      json.writeNumber(decimal(bound));
    }
  }

  private static BigDecimal decimal(float value) {
    return new BigDecimal(Float.toString(value)).stripTrailingZeros();
  }

  private static void writeMissing(Sentinels sentinels, JsonGenerator json) throws IOException {
    if (sentinels.equals(Sentinels.NONE)) {
      return;
    }

    json.writeStartObject();
    json.writeStringField("description", "means a missing value");
    json.writeArrayFieldStart("enum");
    for (double number : sentinels.numbers().stream().sorted().toList()) {
      json.writeNumber(number);
    }

    for (String text : sentinels.texts().stream().sorted().toList()) {
      json.writeString(text);
    }

    json.writeEndArray();
    json.writeEndObject();
  }

  private static Sentinels sentinels(Feature feature) {
    if (feature instanceof NumberFeature number) {
      return number.sentinels();
    }

    if (feature instanceof BooleanFeature truth) {
      return truth.sentinels();
    }

    if (feature instanceof TextCategoryFeature category) {
      return category.sentinels();
    }

    if (feature instanceof IntegerCategoryFeature category) {
      return category.sentinels();
    }

    if (feature instanceof CategoryCodeFeature code) {
      return code.sentinels();
    }

    return ((TimestampFeature) feature).sentinels();
  }

  /** Writes a made-up value that the field's first feature accepts and that is not missing. */
  static void writeExample(Field field, JsonGenerator json) throws IOException {
    Feature feature = field.features().get(0);
    if (feature instanceof NumberFeature number) {
      json.writeNumber(decimal(example(number)));
    } else if (feature instanceof BooleanFeature) {
      json.writeBoolean(true);
    } else if (feature instanceof TextCategoryFeature category) {
      json.writeString(example(category));
    } else if (feature instanceof IntegerCategoryFeature category) {
      json.writeNumber(example(category));
    } else if (feature instanceof CategoryCodeFeature) {
      json.writeNumber(0);
    } else {
      json.writeString(EXAMPLE_TIME);
    }
  }

  private static float example(NumberFeature number) {
    float middle = number.min() / 2 + number.max() / 2;
    for (float value : new float[] {middle, 1, number.min(), number.max(), 0, 0.5f, 2, 3}) {
      Faults faults = new Faults();
      if (Float.isFinite(value) && number.number(value, faults) == value && faults.isEmpty()) {
        return value;
      }
    }

    return 1;
  }

  private static String example(TextCategoryFeature category) {
    List<String> texts = category.vocabulary();
    return texts.stream()
        .filter(text -> !category.sentinels().texts().contains(text))
        .findFirst()
        .orElse(texts.get(0));
  }

  private static long example(IntegerCategoryFeature category) {
    List<Long> numbers = category.vocabulary();
    return numbers.stream()
        .filter(number -> !category.sentinels().numbers().contains((double) number))
        .findFirst()
        .orElse(numbers.get(0));
  }
}
