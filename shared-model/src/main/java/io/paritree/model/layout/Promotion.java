package io.paritree.model.layout;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * By what it was decided whether an alias moves to a version. Immutable and thread-safe.
 *
 * @param evidence the SHA-256 of each document that was given
 * @param override the reason for which the alias was moved although not all requirements were met;
 *     empty without one
 */
public record Promotion(
    List<String> evidence, List<Required> requirements, Optional<String> override) {
  /**
   * What was required of the version.
   *
   * @param rule as it was written
   * @param found the value and the limit, or why there is no value
   */
  public record Required(String rule, boolean isMet, String found) {
    private void write(JsonGenerator json) throws IOException {
      json.writeStringField("rule", rule);
      json.writeBooleanField("met", isMet);
      json.writeStringField("found", found);
    }

    private static Required read(StrictJson json) throws BrokenJsonException {
      boolean[] isMet = {false};
      JsonMembers members =
          new JsonMembers(json, Set.of(), Map.of("met", () -> isMet[0] = json.truth())).read();
      return new Required(members.text("rule", ""), isMet[0], members.text("found", ""));
    }
  }

  public Promotion {
    evidence = List.copyOf(evidence);
    requirements = List.copyOf(requirements);
  }

  /** Returns whether all requirements are met. */
  public boolean isMet() {
    return requirements.stream().allMatch(Required::isMet);
  }

  /** Writes the members. */
  public void write(JsonGenerator json) throws IOException {
    JsonText.array(json, "evidence", evidence, json::writeString);
    JsonText.objects(json, "requirements", requirements, one -> one.write(json));
    JsonText.optional(json, "override", override);
  }

  static Promotion read(StrictJson json) throws BrokenJsonException {
    List<String> evidence = new ArrayList<>();
    List<Required> requirements = new ArrayList<>();
    Map<String, StrictJson.Value> lists =
        Map.of(
            "evidence", () -> json.list(() -> evidence.add(json.text())),
            "requirements", () -> json.list(() -> requirements.add(Required.read(json))));
    JsonMembers members = new JsonMembers(json, Set.of(), lists).read();
    return new Promotion(
        evidence,
        requirements,
        Optional.of(members.text("override", "")).filter(reason -> !reason.isEmpty()));
  }
}
