package io.paritree.serving;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.feature.Feature;
import io.paritree.model.ModelCard;
import io.paritree.model.Outputs;
import io.paritree.model.Provenance;
import io.paritree.model.SchemaWriter;
import io.paritree.model.ScoringModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes what a caller has to know of a model: what goes in, what comes out, and who vouches for
 * it.
 *
 * <p>Holds nothing from the package's files but what the manifest says; golden rows never leave.
 */
final class CardJson {
  private static final JsonFactory JSON = new JsonFactory();

  private CardJson() {}

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
          writeOrigin(model.card(), json);
          json.writeNumberField("trees", model.engine().trees());
          SchemaWriter schema = new SchemaWriter(json);
          json.writeArrayFieldStart("features");
          for (Feature feature : model.schema().features()) {
            schema.feature(feature);
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
    json.writeBooleanField("compared_with_trainer", model.card().comparedWithTrainer());
    json.writeStringField("state", slot.state());
    json.writeStringField("loaded_at", served.loaded().toString());
  }

  private static void writeOrigin(ModelCard card, JsonGenerator json) throws IOException {
    json.writeStringField("objective", card.objective());
    json.writeStringField("booster", card.booster());
    json.writeStringField("xgboost_version", card.xgboostVersion());
    json.writeNumberField("rounds", card.rounds());
    json.writeStringField("rounds_why", card.roundsWhy());
    json.writeStringField("notes", card.notes());
    if (card.provenance().isPresent()) {
      writeProvenance(card.provenance().get(), json);
    }
  }

  private static void writeProvenance(Provenance provenance, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart("provenance");
    json.writeStringField("sealed_at", provenance.sealedAt().toString());
    if (provenance.trainedOn().isPresent()) {
      json.writeStringField("trained_on", provenance.trainedOn().get());
    }

    if (provenance.trainingRows().isPresent()) {
      json.writeNumberField("training_rows", provenance.trainingRows().getAsLong());
    }

    json.writeObjectFieldStart("metrics");
    for (Map.Entry<String, Double> metric : provenance.metrics().entrySet()) {
      json.writeNumberField(metric.getKey(), metric.getValue());
    }

    json.writeEndObject();
    json.writeObjectFieldStart("libraries");
    for (Map.Entry<String, String> library : provenance.libraries().entrySet()) {
      json.writeStringField(library.getKey(), library.getValue());
    }

    json.writeEndObject();
    json.writeEndObject();
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
