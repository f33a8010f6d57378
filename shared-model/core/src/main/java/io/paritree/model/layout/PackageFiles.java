package io.paritree.model.layout;

/** The names of the files of a package, and of the file that identifies an MLflow model. */
public final class PackageFiles {
  public static final String MANIFEST = "paritree.json";

  public static final String GOLDEN_ROWS = "golden.jsonl";

  /** What the rows are like that the package was sealed with; only of format 3. */
  public static final String REFERENCE = "reference.json";

  /** Size of the largest {@link #REFERENCE}. */
  public static final int MAX_REFERENCE_BYTES = 2 << 20;

  /** The digests of all other files; written last. */
  public static final String DIGESTS = "paritree.sha256";

  /** Size of the largest {@link #DIGESTS} that is read. */
  public static final int MAX_DIGESTS_BYTES = 4 << 20;

  /** A model file in UBJSON that was sealed from a bare file. */
  public static final String UBJSON_MODEL = "model.ubj";

  /** A model file in JSON that was sealed from a bare file. */
  public static final String JSON_MODEL = "model.json";

  /** MLflow's own description of a model. */
  public static final String MLMODEL = "MLmodel";

  private PackageFiles() {}
}
