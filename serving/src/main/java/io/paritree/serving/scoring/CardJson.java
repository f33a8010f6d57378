package io.paritree.serving.scoring;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.model.CardWriter;
import io.paritree.model.ScoringModel;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.RefusedVersion;
import io.paritree.serving.models.ServedModel;
import java.io.IOException;
import java.time.Instant;
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

  /**
   * Returns the card of one model.
   *
   * @param others the slots of the model's name, among which may be this one
   */
  static byte[] of(ModelSlot slot, ServedModel served, List<ModelSlot> others) {
    return JsonText.line(
        JsonText.object(
            json -> {
              writeService(slot, served, json);
              JsonText.optional(json, "alias", slot.alias());
              List<String> versions = versions(slot, others);
              if (!versions.isEmpty()) {
                JsonText.array(json, "versions", versions, json::writeString);
              }

              if (slot.store().isPresent()) {
                new StoreJson(served.name(), slot.store().get(), others).write(json);
              }

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
    writeService(slot, served, json);
  }

  /** Writes since when the model is in service, and why a newer version is not. */
  private static void writeService(ModelSlot slot, ServedModel served, JsonGenerator json)
      throws IOException {
    json.writeStringField("state", slot.state());
    json.writeStringField("loaded_at", served.loaded().toString());
    json.writeStringField("served_since", served.since().toString());
    JsonText.optional(json, "alias_since", slot.aliasMoved().map(Instant::toString));
    RefusedVersion.write(slot.refused(), json);
    if (slot.shadow() != null) {
      json.writeObjectFieldStart("shadow");
      JsonText.optional(json, "challenger", slot.shadow().challenger());
      json.writeEndObject();
    }
  }

  private static List<String> versions(ModelSlot slot, List<ModelSlot> all) {
    return all.stream()
        .filter(other -> other != slot)
        .map(other -> other.current().model().modelVersion())
        .distinct()
        .toList();
  }
}
