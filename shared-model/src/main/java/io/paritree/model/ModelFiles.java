package io.paritree.model;

import io.paritree.ModelException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of a model package, or of an unsealed model, read once.
 *
 * <p>This is what the job broadcasts: each executor opens its {@link ScoringModel} from these bytes
 * and reads no file. Immutable and thread-safe.
 */
public final class ModelFiles implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String origin;
  private final TreeMap<String, byte[]> files;

  ModelFiles(String origin, Map<String, byte[]> files) {
    this.origin = origin;
    this.files = new TreeMap<>(files);
  }

  /**
   * Reads what a reference names: a package directory, {@code store/name}, {@code
   * store/name@alias}, {@code store/name/version}, a bare model file, or an MLflow model directory.
   *
   * @param reference a path, with a scheme for anything but local files
   * @throws ModelException if it is no model, or a package that is not whole
   * @throws IOException if it cannot be read
   */
  public static ModelFiles read(String reference) throws ModelException, IOException {
    throw new UnsupportedOperationException(reference);
  }

  /** Returns where the files were read, with an alias resolved, for messages. */
  public String origin() {
    return origin;
  }

  byte[] file(String name) {
    return files.get(name);
  }
}
