package io.paritree.model.seal;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.model.Assumptions;
import io.paritree.model.ModelFiles;
import io.paritree.model.ModelMemory;
import io.paritree.model.Opening;
import io.paritree.model.RoundsChoice;
import io.paritree.model.UnsealedSchema;
import io.paritree.model.layout.MlflowModel;
import io.paritree.model.layout.ModelReference;
import io.paritree.model.layout.PackageFiles;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a package is made of: a bare model file, or an MLflow model directory with all its files.
 *
 * @param origin where it was read, for messages
 * @param files the files to put into the package, by name
 * @param modelFile name of the model file among them
 * @param model the model file, read and checked
 * @param mlflow what MLflow says about the model, if it comes from MLflow
 */
public record SealSource(
    String origin,
    Map<String, byte[]> files,
    String modelFile,
    XgboostModel model,
    Optional<MlflowModel> mlflow) {
  private static final int MAX_FILES = 5_000;

  /**
   * Reads a model to be sealed.
   *
   * @throws ModelException if it is no model, or already sealed
   */
  public static SealSource read(String reference) throws ModelException, IOException {
    ModelReference found = ModelReference.resolve(reference, Map.of());
    return ModelMemory.within(found.location().toString(), 0, () -> read(reference, found));
  }

  private static SealSource read(String reference, ModelReference found)
      throws ModelException, IOException {
    SealSource source = readAny(reference, found);
    List<String> names = source.model.featureNames().orElse(List.of());
    Set<String> different = new HashSet<>();
    for (int feature = 0; feature < names.size(); feature++) {
      String name = names.get(feature);
      if (name.isEmpty() || !different.add(name)) {
        throw new UnsupportedModelException(
            "Cannot seal %s: the model file names feature %s '%s'%s, and each feature of a package has a name of its own; give its column another name and train again, or take all names away (booster.feature_names = None; booster.save_model(...)), for features f0, f1, ..."
                .formatted(
                    source.origin,
                    feature,
                    Fault.printable(name),
                    name.isEmpty() ? "" : " as it does feature " + names.indexOf(name)));
      }
    }

    return source;
  }

  private static SealSource readAny(String reference, ModelReference found)
      throws ModelException, IOException {
    return switch (found.kind()) {
      case FILE -> ofFile(ModelFiles.read(reference));
      case MLFLOW -> ofMlflow(found.location());
      case PACKAGE ->
          throw new CorruptModelException(
              "Cannot seal %s: it is a sealed package already, and packages never change; seal its model file %s/MODEL"
                  .formatted(found.location(), found.location()));
    };
  }

  private static SealSource ofFile(ModelFiles files) throws ModelException {
    byte[] content = files.file(files.names().iterator().next());
    return ofFile(files.origin(), content);
  }

  /** Makes a source from a bare model file; its content decides its name in the package. */
  public static SealSource ofFile(String origin, byte[] content) throws ModelException {
    XgboostModel model = Opening.read(origin, content);
    String name = isJson(content) ? PackageFiles.JSON_MODEL : PackageFiles.UBJSON_MODEL;
    return new SealSource(origin, Map.of(name, content), name, model, Optional.empty());
  }

  private static boolean isJson(byte[] content) {
    for (int at = 1; at < content.length; at++) {
      if (content[at] > ' ') {
        return content[at] == '"';
      }
    }

    return false;
  }

  private static SealSource ofMlflow(Location directory) throws ModelException, IOException {
    FileStore store = FileStore.of(directory);
    Set<String> names = new TreeSet<>();
    collect(store, directory, "", names);
    for (String reserved :
        List.of(PackageFiles.MANIFEST, PackageFiles.GOLDEN_ROWS, PackageFiles.DIGESTS)) {
      if (names.contains(reserved)) {
        throw new CorruptModelException(
            "Cannot seal %s: it has a file '%s' already, which a package needs for itself"
                .formatted(directory, reserved));
      }
    }

    Map<String, byte[]> files = new TreeMap<>(ModelFiles.readAll(store, directory, names));
    String origin = directory.toString();
    MlflowModel mlflow = MlflowModel.parse(origin, files.get(PackageFiles.MLMODEL));
    byte[] content = files.get(mlflow.modelFile());
    if (content == null) {
      throw new CorruptModelException(
          "Cannot seal %s: its model file '%s' is missing".formatted(origin, mlflow.modelFile()));
    }

    XgboostModel model = Opening.read(origin + "/" + mlflow.modelFile(), content);
    return new SealSource(origin, files, mlflow.modelFile(), model, Optional.of(mlflow));
  }

  private static void collect(FileStore store, Location directory, String prefix, Set<String> names)
      throws ModelException, IOException {
    for (FileEntry entry : store.list(directory, MAX_FILES)) {
      String name = prefix + entry.location().name();
      if (entry.isDirectory() && store.leavesBy(directory, entry.location())) {
        throw new CorruptModelException(
            "Cannot seal %s: %s leads out of it by a link".formatted(directory, entry.location()));
      }

      if (entry.isDirectory()) {
        collect(store, entry.location(), name + "/", names);
      } else if (names.size() == MAX_FILES) {
        throw new CorruptModelException(
            "Cannot seal %s: it has more than %s files".formatted(directory, MAX_FILES));
      } else {
        names.add(name);
      }
    }
  }

  /**
   * Returns the schema that follows from the model alone.
   *
   * @param offsets the columns of the offsets, in the order of the outputs
   */
  public SchemaForm schema(List<String> offsets) throws ModelException {
    return UnsealedSchema.of(
        origin, model, mlflow, new Assumptions(false, offsets, Optional.empty()));
  }

  /** Returns the rounds that the model's trainer scores with. */
  RoundsChoice trainersRounds() throws CorruptModelException {
    return RoundsChoice.ofTrainer(model, mlflow);
  }

  /** Returns a sentence about early stopping, with the trainer's rounds; empty if there is none. */
  public Optional<String> earlyStopping() throws CorruptModelException {
    return trainersRounds().earlyStopping(model);
  }
}
