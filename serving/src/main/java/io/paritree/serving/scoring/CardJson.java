package io.paritree.serving.scoring;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.model.CardWriter;
import io.paritree.model.ScoringModel;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.ServedModel;
import java.io.IOException;
import java.util.List;

/**
 * Writes what a caller needs to know about a model: its inputs, its outputs, and who vouches for
 * it.
 *
 * <p>Of the package's files, only what the manifest says is written; golden rows are never shown.
 */
final class CardJson {
  private CardJson() {}

  /** Returns the list of the models in service. */
  static byte[] list(List<ModelSlot> slots) {
    return JsonText.line(
        JsonText.object(
            json ->
                JsonText.objects(
                    json, "models", slots, slot -> writeIdentity(slot, slot.current(), json))));
  }

  /** Returns the card of one model. */
  static byte[] of(ModelSlot slot, ServedModel served) {
    return JsonText.line(
        JsonText.object(
            json -> {
              json.writeStringField("state", slot.state());
              json.writeStringField("loaded_at", served.loaded().toString());
              JsonText.optional(json, "alias", slot.alias());
              CardWriter.members(json, served.model());
            }));
  }

  private static void writeIdentity(ModelSlot slot, ServedModel served, JsonGenerator json)
      throws IOException {
    ScoringModel model = served.model();
    json.writeStringField("name", model.name());
    JsonText.optional(json, "alias", slot.alias());
    json.writeStringField("model_version", model.modelVersion());
    json.writeStringField("digest", model.digest());
    json.writeBooleanField("sealed", model.sealed());
    json.writeBooleanField("compared_with_trainer", model.card().comparedWithTrainer());
    json.writeStringField("state", slot.state());
    json.writeStringField("loaded_at", served.loaded().toString());
  }
}
