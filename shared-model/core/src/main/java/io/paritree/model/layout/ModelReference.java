package io.paritree.model.layout;

import io.paritree.CorruptModelException;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a reference names, after resolving it.
 *
 * <p>The first of these rules that applies decides: an existing file is a bare model; an existing
 * directory with {@code paritree.sha256} is a package; one with {@code MLmodel} is an MLflow model;
 * one with versions or aliases is the model {@code name} of a store, and means {@code
 * name@champion}. If nothing exists under the whole text, its part after the last {@code @} is an
 * alias of the model before it. So an existing path always wins, and an alias is looked up only
 * once.
 *
 * @param location where the model is, with an alias resolved
 * @param kind the form of the model there
 * @param asked the {@code name/version} that a package must have, where its place in a store with
 *     aliases says so
 * @param alias the alias that was resolved; empty if the text names the model itself
 */
public record ModelReference(
    Location location, Kind kind, Optional<String> asked, Optional<String> alias) {
  /** The forms of a model on disk. */
  public enum Kind {
    /** A sealed package. */
    PACKAGE,
    /** An MLflow model directory that was not sealed. */
    MLFLOW,
    /** A model file alone. */
    FILE
  }

  /**
   * Finds what a reference names.
   *
   * @param hadoop settings of Hadoop's client, as in {@link FileStore#of(Location, Map)}
   * @throws CorruptModelException if nothing exists there, or only something that is no model
   */
  public static ModelReference resolve(String reference, Map<String, String> hadoop)
      throws CorruptModelException, IOException {
    Location location = location(reference);
    FileStore files = FileStore.of(location, hadoop);
    Optional<FileEntry> entry = files.find(location);
    if (entry.isPresent()) {
      return entry.get().isDirectory()
          ? directory(reference, location, files, hadoop)
          : itself(location, Kind.FILE, Optional.empty());
    }

    int at = reference.lastIndexOf('@');
    if (at <= reference.lastIndexOf('/') + 1) {
      throw new CorruptModelException(
          "Cannot open model %s: there is no file or directory %s%s"
              .formatted(printable(reference), printable(location.toString()), slash(reference)));
    }

    Location model = location(reference.substring(0, at));
    Optional<FileEntry> modelEntry = files.find(model);
    if (modelEntry.isEmpty() || !modelEntry.get().isDirectory()) {
      throw new CorruptModelException(
          "Cannot open model %s: there is no file or directory %s, and no model directory %s that could have an alias%s"
              .formatted(
                  printable(reference),
                  printable(location.toString()),
                  printable(model.toString()),
                  slash(reference)));
    }

    return alias(model, reference.substring(at + 1), hadoop);
  }

  private static ModelReference itself(Location location, Kind kind, Optional<String> asked) {
    return new ModelReference(location, kind, asked, Optional.empty());
  }

  private static ModelReference directory(
      String reference, Location location, FileStore files, Map<String, String> hadoop)
      throws CorruptModelException, IOException {
    Set<String> names =
        files.list(location, ModelStore.MAX_ENTRIES).stream()
            .map(entry -> entry.location().name())
            .collect(Collectors.toSet());
    if (names.contains(PackageFiles.DIGESTS)) {
      return itself(location, Kind.PACKAGE, placeInStore(location, files));
    }

    if (names.contains(PackageFiles.MANIFEST)) {
      throw new CorruptModelException(
          "Cannot open model package %s: it has a %s, but no %s, which is written last; it was not copied completely, or never sealed"
              .formatted(printable(reference), PackageFiles.MANIFEST, PackageFiles.DIGESTS));
    }

    if (names.contains(PackageFiles.MLMODEL)) {
      return itself(location, Kind.MLFLOW, Optional.empty());
    }

    if (names.contains(ModelStore.ALIASES) || names.stream().anyMatch(ModelName::isVersion)) {
      return alias(location, ModelStore.CHAMPION, hadoop);
    }

    throw new CorruptModelException(
        "Cannot open model %s: the directory is not a package (no %s), not an MLflow model (no %s), and not a model of a store (no version such as %s/1)"
            .formatted(
                printable(reference),
                PackageFiles.DIGESTS,
                PackageFiles.MLMODEL,
                printable(reference)));
  }

  /**
   * Returns the {@code name/version} that a place in a store implies; empty for any other place.
   */
  private static Optional<String> placeInStore(Location location, FileStore files)
      throws CorruptModelException, IOException {
    if (!ModelName.isVersion(location.name())) {
      return Optional.empty();
    }

    Location model = location.parent();
    if (files.find(model.resolve(ModelStore.ALIASES)).isEmpty()) {
      return Optional.empty();
    }

    refuseLinkOut(files, model, location);
    return Optional.of(model.name() + "/" + location.name());
  }

  private static void refuseLinkOut(FileStore files, Location model, Location version)
      throws CorruptModelException, IOException {
    if (files.leavesBy(model, version)) {
      throw new CorruptModelException(
          "Cannot open model %s: it leads out of %s by a link; copy the package there, or name the directory itself"
              .formatted(version, model));
    }
  }

  private static ModelReference alias(Location model, String alias, Map<String, String> hadoop)
      throws CorruptModelException, IOException {
    if (!ModelName.isAlias(alias)) {
      throw new CorruptModelException(
          "Cannot open model %s@%s: an alias has %s, and not only digits; a version is named as %s/%s"
              .formatted(model, printable(alias), ModelName.RULE, model, printable(alias)));
    }

    ModelStore store = new ModelStore(model.parent(), hadoop);
    long version = store.alias(model.name(), alias);
    Location location = store.version(model.name(), version);
    FileStore files = FileStore.of(location, hadoop);
    refuseLinkOut(files, model, location);
    if (files.find(location.resolve(PackageFiles.DIGESTS)).isEmpty()) {
      throw new CorruptModelException(
          "Cannot open model %s@%s: the alias names version %s, but %s is not a sealed package"
              .formatted(model, alias, version, location));
    }

    Optional<String> asked = Optional.of(model.name() + "/" + version);
    return new ModelReference(location, Kind.PACKAGE, asked, Optional.of(alias));
  }

  private static Location location(String reference) throws CorruptModelException {
    try {
      if (!reference.isBlank()) {
        return Location.of(reference);
      }
    } catch (InvalidPathException e) {
      // falls through to the message below
    }

    throw new CorruptModelException(
        "Cannot open model '%s': expected a path, STORE/NAME, STORE/NAME@ALIAS or STORE/NAME/VERSION"
            .formatted(printable(reference)));
  }

  /** Returns what to do about a name alone, which means a path here. */
  private static String slash(String reference) {
    return reference.contains("/")
        ? ""
        : "; a model of a store is given with a slash, as STORE/%s".formatted(printable(reference));
  }

  private static String printable(String text) {
    return io.paritree.Fault.printable(text, 300);
  }
}
