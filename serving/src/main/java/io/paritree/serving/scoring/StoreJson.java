package io.paritree.serving.scoring;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.RefusedVersion;
import io.paritree.serving.models.SeenStore;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes which versions and aliases the store of a model had when it was last read, and what this
 * server does with each: the newest ones, and others that are served or have an alias.
 */
final class StoreJson {
  private static final int MOST_NEWEST = 100;
  private static final int MOST_OTHERS = 100;

  private final String name;
  private final SeenStore.Seen seen;
  private final Set<String> served;
  private final Map<String, RefusedVersion> refused;

  /**
   * @param slots that hold versions of the model
   */
  StoreJson(String name, SeenStore.Seen seen, List<ModelSlot> slots) {
    this.name = name;
    this.seen = seen;
    this.served =
        slots.stream()
            .map(slot -> slot.current().model().modelVersion())
            .collect(Collectors.toSet());
    this.refused =
        slots.stream()
            .flatMap(slot -> slot.refused().stream())
            .filter(one -> one.modelVersion().isPresent())
            .collect(
                Collectors.toMap(one -> one.modelVersion().get(), one -> one, (one, two) -> one));
  }

  void write(JsonGenerator json) throws IOException {
    SortedSet<Long> all = new TreeSet<>(seen.model().versions());
    all.addAll(seen.model().aliases().values());
    List<Long> newest =
        all.stream().sorted((one, two) -> Long.compare(two, one)).limit(MOST_NEWEST).toList();
    List<Long> others =
        all.stream().filter(this::isUsed).filter(version -> !newest.contains(version)).toList();
    List<Long> shown = Stream.concat(newest.stream(), others.stream().limit(MOST_OTHERS)).toList();
    json.writeObjectFieldStart("store");
    json.writeStringField("seen_at", seen.at().toString());
    JsonText.objects(json, "versions", shown, version -> version(version, json));
    json.writeNumberField("versions_left", all.size() - shown.size());
    if (seen.alias().isPresent()) {
      json.writeFieldName("journal");
      Documents.write(JournalJson.of(seen.alias().get()), json);
    }

    json.writeEndObject();
  }

  private boolean isUsed(long version) {
    return served.contains(modelVersion(version)) || !aliases(version).isEmpty();
  }

  private void version(long version, JsonGenerator json) throws IOException {
    String modelVersion = modelVersion(version);
    json.writeStringField("model_version", modelVersion);
    json.writeBooleanField("stored", seen.model().versions().contains(version));
    json.writeBooleanField("served", served.contains(modelVersion));
    JsonText.array(json, "aliases", aliases(version), json::writeString);
    RefusedVersion.write(Optional.ofNullable(refused.get(modelVersion)), json);
  }

  private Collection<String> aliases(long version) {
    return seen.model().aliases().entrySet().stream()
        .filter(alias -> alias.getValue() == version)
        .map(Map.Entry::getKey)
        .toList();
  }

  private String modelVersion(long version) {
    return name + "/" + version;
  }
}
