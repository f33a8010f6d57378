package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.Sha256;
import io.paritree.model.layout.BoundedRead;
import io.paritree.model.layout.Digests;
import io.paritree.model.layout.MlflowModel;
import io.paritree.model.layout.ModelReference;
import io.paritree.model.layout.PackageFiles;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The bytes of a model package, or of an unsealed model, read once.
 *
 * <p>This is what the job broadcasts: each executor opens its {@link ScoringModel} from these bytes
 * and reads no file. The bytes are not verified yet; opening verifies them. Immutable and
 * thread-safe.
 */
public final class ModelFiles implements Serializable {
  private static final int MAX_FILE_BYTES = 1 << 30;
  private static final long MAX_PACKAGE_BYTES = 3L << 30;

  private final String origin;
  private final ModelReference.Kind kind;
  private final String asked; // null if no particular version is expected
  private final TreeMap<String, byte[]> files;

  /** Files that are not kept; an object with such files cannot be serialized. */
  private final TreeMap<String, StreamedFile> streamed; // as Kryo can read it, if it is empty

  public ModelFiles(
      String origin, ModelReference.Kind kind, Optional<String> asked, Map<String, byte[]> files) {
    this(origin, kind, asked, files, Map.of());
  }

  private ModelFiles(
      String origin,
      ModelReference.Kind kind,
      Optional<String> asked,
      Map<String, byte[]> files,
      Map<String, StreamedFile> streamed) {
    this.origin = origin;
    this.kind = kind;
    this.asked = asked.orElse(null);
    this.files = new TreeMap<>(files);
    this.streamed = new TreeMap<>(streamed);
  }

  /**
   * Reads what a reference names: a package directory, {@code store/name} (its alias {@code
   * champion}), {@code store/name@alias}, {@code store/name/version}, a bare model file, or an
   * MLflow model directory.
   *
   * <p>An existing path wins over any other meaning. An alias is resolved only once, here. Of a
   * package, only {@code paritree.sha256} and the files that it lists are read. A file may have at
   * most 1 GiB, a package 3 GiB.
   *
   * @param reference a path, with a scheme unless the files are local
   * @throws ModelException if it is no model, or an incomplete package
   * @throws IOException if it cannot be read
   */
  public static ModelFiles read(String reference) throws ModelException, IOException {
    return read(reference, Map.of());
  }

  /**
   * Reads like {@link #read(String)}, with the caller's Hadoop settings.
   *
   * @param hadoop settings of Hadoop's client, as in {@link FileStore#of(Location, Map)}
   */
  public static ModelFiles read(String reference, Map<String, String> hadoop)
      throws ModelException, IOException {
    return read(reference, hadoop, null);
  }

  /**
   * Like {@link #read(String)}, but a large file is not kept in memory: it is read each time it is
   * used. For opening a model once; not serializable.
   */
  public static ModelFiles streamed(String reference) throws ModelException, IOException {
    return read(reference, Map.of(), new TreeMap<>());
  }

  /**
   * @param streamed receives large files; null to read them as well
   */
  private static ModelFiles read(
      String reference, Map<String, String> hadoop, Map<String, StreamedFile> streamed)
      throws ModelException, IOException {
    ModelReference found = ModelReference.resolve(reference, hadoop);
    FileStore store = FileStore.of(found.location(), hadoop);
    Location location = found.location();
    return switch (found.kind()) {
      case PACKAGE -> readPackage(found, store, streamed);
      case MLFLOW -> readMlflow(found, store, streamed);
      case FILE -> readFile(found, store, streamed);
    };
  }

  /** Reads a model file alone, which is named itself: a link may lead to it. */
  private static ModelFiles readFile(
      ModelReference found, FileStore store, Map<String, StreamedFile> streamed)
      throws ModelException, IOException {
    Location file = store.real(found.location());
    Map<String, byte[]> files = readAll(store, file.parent(), Set.of(file.name()), streamed);
    return of(found, files, streamed);
  }

  private static ModelFiles of(
      ModelReference found, Map<String, byte[]> files, Map<String, StreamedFile> streamed) {
    return new ModelFiles(
        found.location().toString(),
        found.kind(),
        found.asked(),
        files,
        streamed == null ? Map.of() : streamed);
  }

  /**
   * The place that a reference resolves to.
   *
   * @param location where the model is, with an alias resolved
   * @param alias the alias that was resolved; empty if the reference names the model itself
   * @param isVersion whether it is a version in a store, which never changes
   */
  public record Place(String location, Optional<String> alias, boolean isVersion) {}

  /**
   * Returns the place that a reference resolves to now, without reading the model. In a store, two
   * equal results mean the same version.
   *
   * @throws ModelException if it resolves to no model
   * @throws IOException if that cannot be determined
   */
  public static Place locate(String reference) throws ModelException, IOException {
    return locate(reference, Map.of());
  }

  /**
   * Locates like {@link #locate(String)}, with the caller's Hadoop settings.
   *
   * @param hadoop settings of Hadoop's client, as in {@link FileStore#of(Location, Map)}
   */
  public static Place locate(String reference, Map<String, String> hadoop)
      throws ModelException, IOException {
    ModelReference found = ModelReference.resolve(reference, hadoop);
    return new Place(found.location().toString(), found.alias(), found.asked().isPresent());
  }

  private static ModelFiles readPackage(
      ModelReference found, FileStore store, Map<String, StreamedFile> streamed)
      throws ModelException, IOException {
    Location directory = found.location();
    String origin = directory.toString();
    byte[] content =
        BoundedRead.of(
            store,
            directory,
            directory.resolve(PackageFiles.DIGESTS),
            PackageFiles.MAX_DIGESTS_BYTES);
    Digests digests = Digests.parse(origin, content);
    Map<String, byte[]> files;
    try {
      files = readAll(store, directory, digests.names(), streamed);
    } catch (ModelException | IOException | InvalidPathException e) {
      digests.checkGuard(origin, e);
      throw e;
    }

    files.put(PackageFiles.DIGESTS, content);
    return of(found, files, streamed);
  }

  private static ModelFiles readMlflow(
      ModelReference found, FileStore store, Map<String, StreamedFile> streamed)
      throws ModelException, IOException {
    Location directory = found.location();
    byte[] mlmodel =
        BoundedRead.of(
            store,
            directory,
            directory.resolve(PackageFiles.MLMODEL),
            PackageFiles.MAX_DIGESTS_BYTES);
    MlflowModel mlflow = MlflowModel.parse(directory.toString(), mlmodel);
    Map<String, byte[]> files = readAll(store, directory, Set.of(mlflow.modelFile()), streamed);
    files.put(PackageFiles.MLMODEL, mlmodel);
    return of(found, files, streamed);
  }

  /**
   * Reads files of a directory.
   *
   * @throws ModelException naming the file, if one is missing or too large
   */
  public static Map<String, byte[]> readAll(FileStore store, Location directory, Set<String> names)
      throws ModelException, IOException {
    return readAll(store, directory, names, null);
  }

  private static Map<String, byte[]> readAll(
      FileStore store, Location directory, Set<String> names, Map<String, StreamedFile> streamed)
      throws ModelException, IOException {
    Set<String> read = new TreeSet<>();
    long bytes = 0;
    long bytesRead = 0;
    for (String name : names) {
      Location file = directory.resolve(name);
      long size = size(store, directory, name);
      bytes += size;
      if (bytes > MAX_PACKAGE_BYTES) {
        throw new CorruptModelException(
            "Cannot open model %s: its files have more than %s bytes"
                .formatted(directory, MAX_PACKAGE_BYTES));
      }

      if (streamed != null && size > ModelMemory.SMALL) {
        streamed.put(name, new StreamedFile(store, directory, file, (int) size));
      } else {
        read.add(name);
        bytesRead += size;
      }
    }

    String origin =
        (names.size() == 1 ? directory.resolve(names.iterator().next()) : directory).toString();
    ModelMemory.check(origin, bytesRead);
    return ModelMemory.within(origin, bytesRead, () -> readEach(store, directory, read));
  }

  private static long size(FileStore store, Location directory, String name)
      throws CorruptModelException, IOException {
    try {
      long size = store.regularIn(directory, directory.resolve(name)).bytes();
      if (size > MAX_FILE_BYTES) {
        throw new CorruptModelException(
            "Cannot open model %s: its file '%s' has %s bytes, expected at most %s"
                .formatted(directory, name, size, MAX_FILE_BYTES));
      }

      return size;
    } catch (UnfitFileException e) {
      throw new CorruptModelException(e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw missing(directory, name, e);
    }
  }

  private static Map<String, byte[]> readEach(
      FileStore store, Location directory, Set<String> names)
      throws CorruptModelException, IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : names) {
      try {
        files.put(name, BoundedRead.of(store, directory, directory.resolve(name), MAX_FILE_BYTES));
      } catch (NoSuchFileException e) {
        throw missing(directory, name, e);
      }
    }

    return files;
  }

  private static CorruptModelException missing(Location directory, String name, Exception cause) {
    return new CorruptModelException(
        "Cannot open model %s: its file '%s' is missing".formatted(directory, name), cause);
  }

  /** Returns where the files were read from, with an alias resolved; for messages. */
  public String origin() {
    return origin;
  }

  ModelReference.Kind kind() {
    return kind;
  }

  /**
   * Returns the {@code name/version} that the package must have, if its place in a store says so.
   */
  Optional<String> asked() {
    return Optional.ofNullable(asked);
  }

  /** Returns the names of the files, ascending. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>(files.keySet());
    names.addAll(streamed.keySet());
    return names;
  }

  /** Returns a file's content, not a copy; null if there is no such file. */
  public byte[] file(String name) throws ModelException {
    return streamed.containsKey(name) ? streamed.get(name).content() : files.get(name);
  }

  Digests digests() throws ModelException {
    return Digests.parse(origin, file(PackageFiles.DIGESTS));
  }

  /** Returns what MLflow says about the model; empty if it does not come from MLflow. */
  Optional<MlflowModel> mlflow() throws ModelException {
    return kind != ModelReference.Kind.FILE && names().contains(PackageFiles.MLMODEL)
        ? Optional.of(MlflowModel.parse(origin, file(PackageFiles.MLMODEL)))
        : Optional.empty();
  }

  /** Returns a file's SHA-256; null if there is no such file. */
  String sha256(String name) throws ModelException {
    if (streamed.containsKey(name)) {
      return streamed.get(name).sha256();
    }

    return files.containsKey(name) ? Sha256.hex(files.get(name)) : null;
  }

  /** Reads a file, which must be there, as XGBoost's model. */
  XgboostModel model(String name) throws ModelException {
    StreamedFile file = streamed.get(name);
    return file == null
        ? XgboostModel.read(files.get(name))
        : file.read(in -> XgboostModel.read(in, file.size()));
  }

  /**
   * Returns roughly the heap that opening needs, in bytes, without the bytes that are in memory
   * already.
   */
  long heapToOpen() {
    long bytes = 0;
    for (byte[] content : files.values()) {
      bytes += ModelMemory.toOpenRead(content.length);
    }

    for (Map.Entry<String, StreamedFile> file : streamed.entrySet()) {
      boolean isJson = file.getKey().endsWith(".json");
      bytes += ModelMemory.toOpenStreamed(file.getValue().size(), isJson);
    }

    return bytes;
  }

  /** Returns the bytes of all files. */
  long bytes() {
    return files.values().stream().mapToLong(content -> content.length).sum()
        + streamed.values().stream().mapToLong(StreamedFile::size).sum();
  }
}
