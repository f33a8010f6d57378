package io.paritree.spark.audit;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the models that have scored, by their digests. Each is opened once. Not thread-safe.
 *
 * <p>A version is looked for in the store that the given reference is in; another reference must be
 * the model itself.
 */
final class AuditedModels {
  private static final int SHORT = 12;

  private final String reference;
  private final Map<String, String> hadoop;
  private final Map<AuditedPartition.Model, Found> known = new HashMap<>();

  /**
   * @param reference as for scripts/score; empty if none was given
   */
  AuditedModels(String reference, Map<String, String> hadoop) {
    this.reference = reference;
    this.hadoop = hadoop;
  }

  /** What is there of a model. */
  sealed interface Found {
    /** The model that has scored. */
    record Same(ModelFiles files, ScoringModel model) implements Found {}

    /** Its version names something else now. */
    record Replaced(String difference) implements Found {}

    /** It is not there. */
    record Missing(String reason) implements Found {}
  }

  Found find(AuditedPartition.Model model) throws IOException {
    Found found = known.get(model);
    if (found == null) {
      found = search(model);
      known.put(model, found);
    }

    return found;
  }

  private Found search(AuditedPartition.Model model) throws IOException {
    if (reference.isEmpty()) {
      return new Found.Missing("the model %s: no --model was given".formatted(shown(model)));
    }

    String location = FileStore.located(reference, hadoop).toString();
    boolean isVersion = false;
    try {
      ModelFiles.Place place = ModelFiles.locate(location, hadoop);
      isVersion = place.isVersion();
      location =
          isVersion
              ? version(Location.of(place.location()).parent().parent(), model)
              : place.location();
    } catch (ModelException e) {
      // A store, or a model whose alias is gone.
      Location given = Location.of(location.replaceFirst("@[^/]*$", ""));
      Optional<Location> store = store(given, model);
      if (store.isEmpty()) {
        return new Found.Missing("the model %s: %s".formatted(shown(model), e.getMessage()));
      }

      isVersion = true;
      location = version(store.get(), model);
    }

    return open(location, isVersion, model);
  }

  private Optional<Location> store(Location given, AuditedPartition.Model model)
      throws IOException {
    for (Location store :
        given.isRoot() ? new Location[] {given} : new Location[] {given, given.parent()}) {
      Location version = Location.of(version(store, model));
      if (FileStore.of(version, hadoop).find(version).isPresent()) {
        return Optional.of(store);
      }
    }

    return Optional.empty();
  }

  private static String version(Location store, AuditedPartition.Model model) {
    Location version = store;
    for (String name : model.version().split("/")) {
      version = version.resolve(name);
    }

    return version.toString();
  }

  private Found open(String location, boolean isVersion, AuditedPartition.Model model)
      throws IOException {
    Location at = Location.of(location);
    if (FileStore.of(at, hadoop).find(at).isEmpty()) {
      return new Found.Missing("the model %s: there is no %s".formatted(shown(model), location));
    }

    String problem;
    try {
      ModelFiles files = ModelFiles.read(location, hadoop);
      ScoringModel opened = Opening.open(files, EngineKind.FOREST);
      if (opened.digest().equals(model.digest())) {
        return new Found.Same(files, opened);
      }

      problem =
          "the model in %s is another one than %s, which has scored: its digest is %s"
              .formatted(location, shown(model), opened.digest().substring(0, SHORT));
    } catch (CorruptModelException e) {
      problem = "the model %s has changed: %s".formatted(shown(model), e.getMessage());
    } catch (ModelException e) {
      return new Found.Missing("the model %s: %s".formatted(shown(model), e.getMessage()));
    }

    return isVersion ? new Found.Replaced(problem) : new Found.Missing(problem);
  }

  private static String shown(AuditedPartition.Model model) {
    String digest = model.digest();
    return "%s with the digest %s"
        .formatted(model.version(), digest.substring(0, Math.min(SHORT, digest.length())));
  }
}
