package io.paritree.model.layout;

/** The names of the files of a package, and the one by which an MLflow model is recognised. */
public final class PackageFiles {
  /** The manifest. */
  public static final String MANIFEST = "paritree.json";

  /** The golden rows. */
  public static final String GOLDEN_ROWS = "golden.jsonl";

  /** The digests of all other files; written last. */
  public static final String DIGESTS = "paritree.sha256";

  /** A model file in UBJSON that is sealed from a bare file. */
  public static final String UBJSON_MODEL = "model.ubj";

  /** A model file in JSON that is sealed from a bare file. */
  public static final String JSON_MODEL = "model.json";

  /** What MLflow itself writes of a model. */
  public static final String MLMODEL = "MLmodel";

  private PackageFiles() {}
}
