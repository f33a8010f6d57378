package io.paritree.serving.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.model.ScoringModel;
import io.paritree.record.UnknownFields;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.ModelAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The paths and schemas of one served model in the OpenAPI document.
 *
 * <p>The schemas describe the model that the plain name means. If another alias or version of the
 * name has other ones, the paths of aliases and versions have free-form records and results.
 */
final class ModelContract {
  private static final DocumentTemplate OPERATIONS = new DocumentTemplate("model-operations.json");
  private static final String OTHER = "Other";
  private static final List<String> WAYS = List.of("", "ByAlias", "ByVersion");
  private static final String SERVED = "One that is served, see GET /v1/models";

  private final ServedModel plain;
  private final String key;
  private final ModelSchemas schemas;
  private final boolean aliases;
  private final boolean versions;
  private final boolean others;

  /**
   * @param key what the names of the schemas and operations have in common
   */
  private ModelContract(
      ServedModel plain, List<ModelSlot> slots, String key, UnknownFields unknown) {
    this.plain = plain;
    this.key = key;
    this.schemas = new ModelSchemas(unknown);
    this.aliases = slots.stream().anyMatch(slot -> slot.alias().isPresent());
    this.versions = slots.stream().anyMatch(slot -> slot.current().model().sealed());
    this.others =
        slots.size() > 1
            && slots.stream().map(slot -> text(slot.current().model())).distinct().count() > 1;
  }

  /** Returns the contract of each name in service. */
  static List<ModelContract> all(Models models, UnknownFields unknown) {
    List<ModelContract> contracts = new ArrayList<>();
    UniqueNames keys = new UniqueNames("Model", ModelContract::names);
    for (String name : models.names()) {
      List<ModelSlot> slots = models.of(name);
      ServedModel plain = models.find(name).orElseThrow().current();
      contracts.add(new ModelContract(plain, slots, keys.of(name), unknown));
    }

    return contracts;
  }

  private static List<String> names(String key) {
    return Stream.of(key, key + OTHER)
        .flatMap(
            each ->
                Stream.concat(
                    ModelSchemas.NAMES.stream().map(schema -> each + schema),
                    WAYS.stream()
                        .flatMap(
                            way -> Stream.of("score" + each + way, "scoreBatch" + each + way))))
        .toList();
  }

  /** Writes the paths as members of the open object. */
  void writePaths(JsonGenerator json) throws IOException {
    String base = "/v1/models/" + ModelAddress.encoded(plain.name());
    writePaths(base, key, WAYS.get(0), "", json);
    String otherKey = others ? key + OTHER : key;
    if (aliases) {
      writePaths(base + "@{alias}", otherKey, WAYS.get(1), "alias", json);
    }

    if (versions) {
      writePaths(base + "/versions/{version}", otherKey, WAYS.get(2), "version", json);
    }
  }

  private void writePaths(
      String base, String schemaKey, String way, String parameter, JsonGenerator json)
      throws IOException {
    Map<String, String> texts =
        Map.of("<base>", base, "<Model>", schemaKey, "<Way>", way, "<name>", plain.name());
    DocumentTemplate.Insert parameters =
        (given, out) -> {
          if (!parameter.isEmpty()) {
            Parameter.write(List.of(new Parameter(parameter, "path", true, SERVED)), out);
          }
        };
    OPERATIONS.writeMembers(
        texts, Map.of("<parameters>", parameters, "<errors>", ErrorResponses::refer), json);
  }

  /** Writes the schemas as members of the open object. */
  void writeSchemas(JsonGenerator json) throws IOException {
    schemas.write(key, plain.model(), json);
    if (others) {
      schemas.writeOther(key + OTHER, json);
    }
  }

  private String text(ScoringModel model) {
    return JsonText.text(JsonText.object(json -> schemas.write("", model, json)));
  }
}
