package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the models that have scored, by the versions and digests that were recorded with the
 * scores. Each is opened once. Thread-safe.
 *
 * <p>A version is looked for in the store that the given reference is in; another reference must be
 * the model itself.
 */
public final class RecordedModels {
  private static final int SHORT = 12;

  private final String reference;
  private final Map<String, String> hadoop;
  private final Map<Recorded, Found> known = new HashMap<>();

  /**
   * @param reference as for scripts/score; empty if none was given
   */
  public RecordedModels(String reference, Map<String, String> hadoop) {
    this.reference = reference;
    this.hadoop = hadoop;
  }

  /**
   * What was recorded of a model.
   *
   * @param version as in the column {@code model_version}
   * @param digest of the package; empty if it was not recorded, so that any package of the version
   *     is taken
   */
  public record Recorded(String version, String digest) {
    private boolean isOf(ScoringModel model) {
      return digest.isEmpty()
          ? model.modelVersion().equals(version)
          : model.digest().equals(digest);
    }

    @Override
    public String toString() {
      return digest.isEmpty()
          ? version
          : "%s with the digest %s"
              .formatted(version, digest.substring(0, Math.min(SHORT, digest.length())));
    }
  }

  /** What is there of a model. */
  public sealed interface Found {
    /** The model that has scored. */
    record Same(ModelFiles files, ScoringModel model) implements Found {}

    /** Its version names something else now. */
    record Replaced(String difference) implements Found {}

    /** It is not there. */
    record Missing(String reason) implements Found {}
  }

  /**
   * Finds a model.
   *
   * @throws IOException if a store cannot be read
   */
  public synchronized Found find(Recorded model) throws IOException {
    Found found = known.get(model);
    if (found == null) {
      found = search(model);
      known.put(model, found);
    }

    return found;
  }

  private Found search(Recorded model) throws IOException {
    if (reference.isEmpty()) {
      return new Found.Missing("the model %s: no --model was given".formatted(model));
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
        String why =
            isDirectory(location) ? "there is no " + version(given, model) : e.getMessage();
        return new Found.Missing("the model %s: %s".formatted(model, why));
      }

      isVersion = true;
      location = version(store.get(), model);
    }

    return open(location, isVersion, model);
  }

  private boolean isDirectory(String location) throws IOException {
    Location at = Location.of(location);
    return FileStore.of(at, hadoop).find(at).map(FileEntry::isDirectory).orElse(false);
  }

  private Optional<Location> store(Location given, Recorded model) throws IOException {
    for (Location store :
        given.isRoot() ? new Location[] {given} : new Location[] {given, given.parent()}) {
      Location version = Location.of(version(store, model));
      if (FileStore.of(version, hadoop).find(version).isPresent()) {
        return Optional.of(store);
      }
    }

    return Optional.empty();
  }

  private static String version(Location store, Recorded model) {
    Location version = store;
    for (String name : model.version().split("/")) {
      version = version.resolve(name);
    }

    return version.toString();
  }

  private Found open(String location, boolean isVersion, Recorded model) throws IOException {
    Location at = Location.of(location);
    if (FileStore.of(at, hadoop).find(at).isEmpty()) {
      return new Found.Missing("the model %s: there is no %s".formatted(model, location));
    }

    String problem;
    try {
      ModelFiles files = ModelFiles.read(location, hadoop);
      ScoringModel opened = Opening.open(files, EngineKind.FOREST);
      if (model.isOf(opened)) {
        return new Found.Same(files, opened);
      }

      problem =
          "the model in %s is another one than %s, which has scored: its digest is %s"
              .formatted(location, model, opened.digest().substring(0, SHORT));
    } catch (CorruptModelException e) {
      problem = "the model %s has changed: %s".formatted(model, e.getMessage());
    } catch (ModelException e) {
      return new Found.Missing("the model %s: %s".formatted(model, e.getMessage()));
    }

    return isVersion ? new Found.Replaced(problem) : new Found.Missing(problem);
  }
}
