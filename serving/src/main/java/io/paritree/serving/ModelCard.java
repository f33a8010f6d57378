package io.paritree.serving;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.CategoryCodeFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.Unseen;
import io.paritree.model.Outputs;
import io.paritree.model.ScoringModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/**
 * Writes what a caller has to know of a model: what goes in, what comes out, and who vouches for
 * it.
 *
 * <p>Holds nothing from the package's files but what the manifest says; golden rows never leave.
 */
final class ModelCard {
  private static final JsonFactory JSON = new JsonFactory();

  private ModelCard() {}

  /** Returns the list of the models in service. */
  static byte[] list(List<ModelSlot> slots) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("models");
          for (ModelSlot slot : slots) {
            json.writeStartObject();
            writeIdentity(slot, slot.current(), json);
            json.writeEndObject();
          }

          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /** Returns the card of one model. */
  static byte[] of(ModelSlot slot, ServedModel served) {
    ScoringModel model = served.model();
    return write(
        json -> {
          json.writeStartObject();
          writeIdentity(slot, served, json);
          json.writeNumberField("trees", model.engine().trees());
          json.writeArrayFieldStart("features");
          for (Feature feature : model.schema().features()) {
            json.writeStartObject();
            writeFeature(feature, json);
            json.writeEndObject();
          }

          json.writeEndArray();
          json.writeObjectFieldStart("outputs");
          writeOutputs(model.outputs(), json);
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  private static void writeIdentity(ModelSlot slot, ServedModel served, JsonGenerator json)
      throws IOException {
    ScoringModel model = served.model();
    json.writeStringField("name", model.name());
    json.writeStringField("version", model.modelVersion());
    json.writeStringField("digest", model.digest());
    json.writeBooleanField("sealed", model.sealed());
    json.writeStringField("state", slot.state());
    json.writeStringField("loaded_at", served.loaded().toString());
  }

  private static void writeFeature(Feature feature, JsonGenerator json) throws IOException {
    json.writeStringField("name", feature.name());
    json.writeStringField("field", feature.column());
    if (feature instanceof NumberFeature number) {
      json.writeStringField("kind", "number");
      if (!Float.isInfinite(number.min())) {
        json.writeNumberField("min", number.min());
      }

      if (!Float.isInfinite(number.max())) {
        json.writeNumberField("max", number.max());
      }

      writeMissing(number.sentinels(), json);
    } else if (feature instanceof BooleanFeature truth) {
      json.writeStringField("kind", "boolean");
      writeMissing(truth.sentinels(), json);
    } else if (feature instanceof TextCategoryFeature category) {
      json.writeStringField("kind", "category");
      json.writeArrayFieldStart("categories");
      for (String name : category.vocabulary()) {
        json.writeString(name);
      }

      json.writeEndArray();
      writeUnseen(category.unseen(), json);
      writeMissing(category.sentinels(), json);
    } else if (feature instanceof IntegerCategoryFeature category) {
      json.writeStringField("kind", "category");
      json.writeArrayFieldStart("categories");
      for (long name : category.vocabulary()) {
        json.writeNumber(name);
      }

      json.writeEndArray();
      writeUnseen(category.unseen(), json);
      writeMissing(category.sentinels(), json);
    } else if (feature instanceof CategoryCodeFeature code) {
      json.writeStringField("kind", "category_code");
      writeMissing(code.sentinels(), json);
    } else if (feature instanceof TimestampFeature timestamp) {
      json.writeStringField("kind", timestamp.part().key());
      if (timestamp.zone().isPresent()) {
        json.writeStringField("zone", timestamp.zone().get().getId());
      }

      writeMissing(timestamp.sentinels(), json);
    }

    json.writeBooleanField("nullable", feature.nullable());
  }

  private static void writeUnseen(Unseen unseen, JsonGenerator json) throws IOException {
    if (unseen instanceof Unseen.Missing) {
      json.writeStringField("unseen", "missing");
    } else if (unseen instanceof Unseen.Reject) {
      json.writeStringField("unseen", "reject");
    } else if (unseen instanceof Unseen.Category other) {
      json.writeObjectFieldStart("unseen");
      json.writeStringField("category", other.category());
      json.writeEndObject();
    }
  }

  private static void writeMissing(Sentinels sentinels, JsonGenerator json) throws IOException {
    if (sentinels.numbers().isEmpty() && sentinels.texts().isEmpty()) {
      return;
    }

    json.writeArrayFieldStart("missing");
    for (double number : sentinels.numbers().stream().sorted().toList()) {
      json.writeNumber(number);
    }

    for (String text : sentinels.texts().stream().sorted().toList()) {
      json.writeString(text);
    }

    json.writeEndArray();
  }

  private static void writeOutputs(Outputs outputs, JsonGenerator json) throws IOException {
    json.writeStringField("kind", outputs.kind().name().toLowerCase(Locale.ROOT));
    json.writeArrayFieldStart("names");
    for (String name : outputs.names()) {
      json.writeString(name);
    }

    json.writeEndArray();
    if (outputs.kind() != Outputs.Kind.VALUES) {
      json.writeArrayFieldStart("classes");
      for (String name : outputs.classes()) {
        json.writeString(name);
      }

      json.writeEndArray();
    }

    if (outputs.kind() == Outputs.Kind.BINARY) {
      json.writeNumberField("threshold", outputs.threshold());
    }
  }

  private static byte[] write(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(4_096);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      writing.to(json);
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a model's card: " + e.getMessage(), e);
    }

    return bytes.toByteArray();
  }

  private interface Writing {
    void to(JsonGenerator json) throws IOException;
  }
}
