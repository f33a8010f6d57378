package io.paritree.model;

/** The names of the files of a package, and the one by which an MLflow model is recognised. */
final class PackageFiles {
  /** The manifest. */
  static final String MANIFEST = "paritree.json";

  /** The golden rows. */
  static final String GOLDEN_ROWS = "golden.jsonl";

  /** The digests of all other files; written last. */
  static final String DIGESTS = "paritree.sha256";

  /** A model file in UBJSON that is sealed from a bare file. */
  static final String UBJSON_MODEL = "model.ubj";

  /** A model file in JSON that is sealed from a bare file. */
  static final String JSON_MODEL = "model.json";

  /** What MLflow itself writes of a model. */
  static final String MLMODEL = "MLmodel";

  private PackageFiles() {}
}
