package io.paritree.model.seal;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.Sha256;
import io.paritree.UnsupportedModelException;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.forest.Forest;
import io.paritree.forest.SplitValues;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.ModelMemory;
import io.paritree.model.Opening;
import io.paritree.model.RoundsChoice;
import io.paritree.model.SchemaFit;
import io.paritree.model.ScoringModel;
import io.paritree.model.golden.GoldenContributions;
import io.paritree.model.golden.GoldenFile;
import io.paritree.model.golden.GoldenRecords;
import io.paritree.model.golden.GoldenRow;
import io.paritree.model.golden.GoldenRows;
import io.paritree.model.golden.JsonRecord;
import io.paritree.model.layout.Digests;
import io.paritree.model.layout.ModelReference;
import io.paritree.model.layout.PackageFiles;
import io.paritree.model.manifest.Manifest;
import io.paritree.model.manifest.ManifestWriter;
import io.paritree.model.manifest.Outputs;
import io.paritree.model.manifest.Provenance;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.reasons.Importance;
import io.paritree.reasons.Reasons;
import io.paritree.xgboost.NativeBooster;
import io.paritree.xgboost.XgboostModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A model, checked against a schema and ready to become a package.
 *
 * <p>Before a file is written, all of this is proved: the schema fits the model file, libxgboost
 * and the forest engine give the same bits for the golden rows, and the package can be opened by
 * {@link Opening}, like any other.
 */
public final class Sealing {
  private static final int EXPLAINED_ROWS = 8;
  private static final int EXPLAINED_VALUES = 1 << 16;
  private static final boolean IS_X86 = System.getProperty("os.arch").matches("amd64|x86_64");

  /** Opening a package with contributions needs about as much memory again as its model file. */
  private static final int MAX_EXPLAINED_BYTES = 32 << 20;

  private static final String MODEL_XGBOOST = "xgboost_of_model_file";
  private static final String GOLDEN_BY = "golden_margins_by";
  private static final String SPECIFICATION =
      "Paritree's specification, because libxgboost 3.2 and later cannot read this file";

  private final SealSource source;
  private final RoundsChoice rounds;
  private final SchemaForm form;
  private final Schema schema;
  private final Engine forest;
  private final Outputs outputs;

  private Sealing(
      SealSource source, RoundsChoice rounds, SchemaForm form, Schema schema, String schemaOrigin)
      throws ModelException {
    this.source = source;
    this.rounds = rounds;
    this.form = form;
    this.schema = schema;
    this.outputs = Opening.outputs(schemaOrigin, form, model(), rounds.range(origin(), model()));
    this.forest = engine(EngineKind.FOREST);
  }

  private Engine engine(EngineKind kind) throws ModelException {
    byte[] content = source.files().get(source.modelFile());
    return Opening.engine(
        content, model(), rounds.range(origin(), model()), schema, outputs.calibration(), kind);
  }

  /**
   * Checks a model against a schema.
   *
   * @param source what the package is made of
   * @param schemaOrigin names the schema file in messages
   * @param asked the number of rounds to use; empty for the number that the model's trainer would
   *     use
   * @throws ModelException if they do not fit
   */
  public static Sealing of(
      SealSource source, String schemaOrigin, SchemaForm form, Optional<RoundsChoice> asked)
      throws ModelException {
    form.checkMadeFor(schemaOrigin, Sha256.hex(source.files().get(source.modelFile())));
    Schema schema = form.schema(schemaOrigin, source.model()::categories);
    SchemaFit.check(schemaOrigin, schema, source.model());
    try {
      ReasonGroup.check(
          schema, form.reasons()); // packages that are sealed may have what it refuses
    } catch (IllegalArgumentException e) {
      throw new CorruptModelException(
          "Cannot read %s at /features: %s".formatted(schemaOrigin, e.getMessage()), e);
    }

    RoundsChoice rounds = asked.isPresent() ? asked.get() : source.trainersRounds();
    return new Sealing(source, rounds, form, schema, schemaOrigin);
  }

  public Schema schema() {
    return schema;
  }

  /** Returns the categories that only the schema describes, because the model file does not. */
  public List<String> unlistedCategories() {
    return IntStream.range(0, schema.modelWidth())
        .filter(index -> model().categorical(index) && model().categories(index).isEmpty())
        .mapToObj(index -> schema.features().get(index).name())
        .toList();
  }

  /** Returns the name of the model in messages. */
  public String origin() {
    return source.origin();
  }

  /** Returns the model file, read and checked. */
  public XgboostModel model() {
    return source.model();
  }

  /** Returns the rounds that the package will score. */
  public RoundsChoice rounds() {
    return rounds;
  }

  /** Returns the features and outputs as they were given. */
  public SchemaForm form() {
    return form;
  }

  /** Returns what the scores mean. */
  public Outputs outputs() {
    return outputs;
  }

  /**
   * Returns what would measure the importance of the fields.
   *
   * @throws UnsupportedModelException if contributions cannot be computed, or would take too much
   *     memory each time that the package is opened
   */
  public Importance importance() throws ModelException {
    return new Importance(
        new Reasons(
            explainer(ContributionMode.FAST),
            ContributionMode.FAST,
            outputs,
            ReasonGroup.of(schema, form.reasons())));
  }

  /**
   * Returns what computes contributions in the fast mode.
   *
   * @throws UnsupportedModelException if they cannot be computed
   */
  Explainer fastExplainer() throws UnsupportedModelException, CorruptModelException {
    Forest specification = specification();
    ModelMemory.checkExplaining(origin(), Explainer.bytesToMake(specification));
    return explainer(specification, ContributionMode.FAST);
  }

  /** Returns the values at which the margins can change. */
  SplitValues splits() throws CorruptModelException {
    return SplitValues.of(specification());
  }

  private Explainer explainer(ContributionMode mode) throws ModelException {
    int bytes = source.files().get(source.modelFile()).length;
    if (bytes > MAX_EXPLAINED_BYTES) {
      throw new UnsupportedModelException(
          "%s has %s bytes, and contributions are stored for model files of at most %s"
              .formatted(origin(), bytes, MAX_EXPLAINED_BYTES));
    }

    return explainer(specification(), mode);
  }

  private Explainer explainer(Forest specification, ContributionMode mode)
      throws UnsupportedModelException {
    try {
      return Explainer.of(specification, mode);
    } catch (IllegalArgumentException e) {
      throw new UnsupportedModelException(
          "%s cannot be explained: %s".formatted(origin(), e.getMessage()), e);
    }
  }

  private Forest specification() throws CorruptModelException {
    return Opening.forest(model(), rounds.range(origin(), model()), schema, outputs.calibration());
  }

  public Engine forest() {
    return forest;
  }

  /**
   * A package that is not written yet.
   *
   * @param files its files, by name
   * @param model opened from them
   */
  public record SealedFiles(Map<String, byte[]> files, ScoringModel model) {}

  /**
   * Returns the files of the package, after opening it as a check.
   *
   * @param provenance where the model comes from; the golden source is set here, and libraries are
   *     added
   * @param rows what it says of the rows that it is sealed with
   * @throws ModelException if libxgboost cannot be used, or differs from the forest engine
   */
  public SealedFiles files(
      String name,
      long version,
      GoldenRecords records,
      Provenance provenance,
      SealedRows rows,
      String notes)
      throws ModelException {
    Map<String, String> libraries = new TreeMap<>(Libraries.versions());
    libraries.putAll(provenance.libraries());
    if (!model().version().isEmpty()) {
      libraries.put(MODEL_XGBOOST, Opening.version(model()));
    }

    if (model().hasVectorsByNode()) {
      libraries.put(GOLDEN_BY, SPECIFICATION);
    }

    Provenance complete =
        new Provenance(
            provenance.sealedAt(),
            provenance.trainedOn(),
            provenance.trainingRows(),
            provenance.metrics(),
            libraries,
            records.source(),
            provenance.comparedWithTrainer());
    Manifest manifest =
        new Manifest(
            name,
            version,
            source.modelFile(),
            rounds.end(),
            rounds.why(),
            form,
            complete,
            rows.importance(),
            rows.values(),
            rows.reference().isPresent(),
            notes);
    List<GoldenRow> golden = golden(records, manifest.mayHaveContributions());

    Map<String, byte[]> all = new TreeMap<>(source.files());
    all.put(PackageFiles.MANIFEST, ManifestWriter.toJson(manifest));
    all.put(PackageFiles.GOLDEN_ROWS, GoldenFile.write(golden));
    rows.reference().ifPresent(profile -> all.put(PackageFiles.REFERENCE, profile.toJson()));
    all.put(PackageFiles.DIGESTS, Digests.of(all).content());
    ScoringModel opened = open(all);
    if (opened.card().rounds() != rounds.end()) {
      throw new IllegalStateException(
          "The manifest says %s rounds, expected %s"
              .formatted(opened.card().rounds(), rounds.end()));
    }

    return new SealedFiles(all, opened);
  }

  private ScoringModel open(Map<String, byte[]> all) throws ModelException {
    ModelFiles files =
        new ModelFiles("the package", ModelReference.Kind.PACKAGE, Optional.empty(), all);
    try {
      return Opening.open(files, model(), forest);
    } catch (CorruptModelException e) {
      throw new CorruptModelException(
          "Cannot seal %s: it could not be opened again: %s".formatted(origin(), e.getMessage()),
          e);
    }
  }

  /**
   * Returns the engine whose bits become the golden ones: libxgboost. Where that cannot read leaf
   * vectors as XGBoost 2.0 to 3.1 stored them, it is the specification, which the forest engine
   * must then equal.
   */
  private Engine reference() throws ModelException {
    if (model().hasVectorsByNode()) {
      return specification();
    }

    try {
      return engine(EngineKind.XGBOOST);
    } catch (UnsupportedModelException e) {
      throw new UnsupportedModelException(
          "Cannot seal %s, because libxgboost must score its golden rows: %s (the model can be scored unsealed)"
              .formatted(origin(), e.getMessage()),
          e);
    }
  }

  /**
   * Scores the records with the reference; its bits become the golden ones.
   *
   * @param explained whether some of them are explained too
   */
  private List<GoldenRow> golden(GoldenRecords records, boolean explained) throws ModelException {
    int count = records.records().size();
    float[] slots = new float[count * schema.width()];
    for (int row = 0; row < count; row++) {
      JsonRecord.encode(schema, records.records().get(row), slots, row * schema.width());
    }

    Engine reference = reference();
    float[] margins = new float[count * reference.outputs()];
    int[] leaves = new int[count * reference.trees()];
    reference.score(slots, count, margins, null);
    reference.leaves(slots, count, leaves);

    List<int[]> contributions = explained ? contributions(reference, slots, count) : List.of();
    List<GoldenRow> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      rows.add(
          new GoldenRow(
              records.records().get(row),
              bits(margins, row * reference.outputs(), (row + 1) * reference.outputs()),
              Arrays.copyOfRange(leaves, row * reference.trees(), (row + 1) * reference.trees()),
              row < contributions.size() ? contributions.get(row) : new int[0]));
    }

    try {
      GoldenRows.verify(PackageFiles.GOLDEN_ROWS, rows, schema, forest);
      if (!contributions.isEmpty()) {
        GoldenContributions.of(PackageFiles.GOLDEN_ROWS, rows, schema)
            .verify(explainer(ContributionMode.FAST), ContributionMode.FAST);
      }
    } catch (CorruptModelException e) {
      throw new CorruptModelException(
          "Cannot seal %s: the forest engine differs from libxgboost; this is a fault of Paritree, please report it: %s"
              .formatted(origin(), e.getMessage()),
          e);
    }

    return rows;
  }

  /**
   * Returns the bits of the contributions of the first rows, as libxgboost computes them on x86-64.
   * Elsewhere, for a linear booster, and where libxgboost cannot read the model, our exact mode
   * computes them. Empty if the model cannot be explained.
   */
  private List<int[]> contributions(Engine reference, float[] slots, int count)
      throws ModelException {
    Explainer ours;
    try {
      ours = explainer(ContributionMode.EXACT);
    } catch (UnsupportedModelException e) {
      return List.of();
    }

    int size = ours.contributions();
    int some = Math.min(count, Math.min(EXPLAINED_ROWS, EXPLAINED_VALUES / size));
    float[] contributions = new float[some * size];
    boolean isNative = reference instanceof NativeBooster && reference.trees() > 0 && IS_X86;
    Explainer explainer = isNative ? (NativeBooster) reference : ours;
    explainer.explain(slots, some, contributions);
    return IntStream.range(0, some)
        .mapToObj(row -> bits(contributions, row * size, (row + 1) * size))
        .toList();
  }

  private static int[] bits(float[] values, int from, int to) {
    return IntStream.range(from, to).map(at -> Float.floatToRawIntBits(values[at])).toArray();
  }
}
