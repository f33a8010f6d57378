package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.PublicApi;
import io.paritree.UnsupportedModelException;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.forest.Calibration;
import io.paritree.forest.Engine;
import io.paritree.forest.Forest;
import io.paritree.forest.Rounds;
import io.paritree.model.golden.GoldenContributions;
import io.paritree.model.golden.GoldenFile;
import io.paritree.model.golden.GoldenRow;
import io.paritree.model.golden.GoldenRows;
import io.paritree.model.layout.Digests;
import io.paritree.model.layout.MlflowModel;
import io.paritree.model.layout.PackageFiles;
import io.paritree.model.manifest.Manifest;
import io.paritree.model.manifest.ManifestParser;
import io.paritree.model.manifest.Outputs;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.profile.Profile;
import io.paritree.xgboost.NativeBooster;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The only way to a {@link ScoringModel}: verifies what a reference names, and opens it. */
@PublicApi
public final class Opening {
  private static final int SHORT_DIGEST = 12;
  private static final int MAX_NAMES = 300;

  private Opening() {}

  /**
   * Opens what {@link ModelFiles#streamed} finds under a reference.
   *
   * @throws ModelException if anything about it is wrong or not supported
   * @throws IOException if it cannot be read
   */
  public static ScoringModel open(String reference, EngineKind kind)
      throws ModelException, IOException {
    try {
      return open(ModelFiles.streamed(reference), kind);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Verifies and opens a model that leaves nothing open.
   *
   * @throws ModelException if anything about it is wrong or not supported
   */
  public static ScoringModel open(ModelFiles files, EngineKind kind) throws ModelException {
    return open(files, kind, Assumptions.NONE);
  }

  /**
   * Verifies and opens a model.
   *
   * <p>In this order: digests, manifest, model file, the schema against the model file, golden rows
   * and their contributions. Only a model that passed all checks is returned.
   *
   * @param assumptions used for an unsealed model only
   * @throws ModelException if anything about it is wrong or not supported
   */
  public static ScoringModel open(ModelFiles files, EngineKind kind, Assumptions assumptions)
      throws ModelException {
    ModelMemory.checkOpening(files);
    return ModelMemory.within(
        files.origin(), files.bytes(), () -> openHere(files, kind, assumptions));
  }

  private static ScoringModel openHere(ModelFiles files, EngineKind kind, Assumptions assumptions)
      throws ModelException {
    return switch (files.kind()) {
      case PACKAGE ->
          sealed(
              files,
              (origin, name) -> read(origin, files, name),
              (name, model, rounds, schema, calibration) ->
                  engine(files, name, model, rounds, schema, calibration, kind));
      case MLFLOW, FILE -> unsealed(files, kind, assumptions);
    };
  }

  /**
   * Verifies and opens a package in all but its model file, which was read and laid out already: a
   * large one is not needed twice at the same time.
   *
   * @param model the package's model file
   * @param engine of the model and of the rounds that the package says
   */
  public static ScoringModel open(ModelFiles files, XgboostModel model, Engine engine)
      throws ModelException {
    return sealed(
        files, (origin, name) -> model, (name, read, rounds, schema, calibration) -> engine);
  }

  private interface ModelSource {
    XgboostModel read(String origin, String name) throws ModelException;
  }

  private interface EngineSource {
    Engine of(
        String name, XgboostModel model, Rounds rounds, Schema schema, Calibration calibration)
        throws ModelException;
  }

  private static ScoringModel sealed(ModelFiles files, ModelSource models, EngineSource engines)
      throws ModelException {
    String origin = files.origin();
    Digests digests = files.digests();
    ScoringModel model;
    try {
      model = sealed(files, digests, models, engines);
    } catch (ModelException e) {
      digests.checkGuard(origin, e);
      throw e;
    }

    digests.checkGuard(origin);
    return model;
  }

  private static ScoringModel sealed(
      ModelFiles files, Digests digests, ModelSource models, EngineSource engines)
      throws ModelException {
    String origin = files.origin();
    for (String name : digests.names()) {
      digests.verify(origin, name, files.sha256(name));
    }

    String manifestFile = origin + "/" + PackageFiles.MANIFEST;
    Manifest manifest =
        ManifestParser.fromJson(manifestFile, sealedFile(files, PackageFiles.MANIFEST));
    String modelVersion = manifest.name() + "/" + manifest.version();
    String modelFile = manifest.modelFile();
    checkNames(files, modelVersion, modelFile);
    manifest.schema().checkMadeFor(manifestFile, files.sha256(modelFile));
    XgboostModel model = models.read(origin + "/" + modelFile, modelFile);
    Schema schema = manifest.schema().schema(manifestFile, model::categories);
    SchemaFit.check(manifestFile, schema, model);
    RoundsChoice rounds = new RoundsChoice(manifest.rounds(), manifest.roundsWhy());
    Rounds range = rounds.range(origin, model);
    Outputs outputs = outputs(manifestFile, manifest.schema(), model, range);
    Engine engine = engines.of(modelFile, model, range, schema, outputs.calibration());
    GoldenContributions contributions = verifyGolden(files, manifest, schema, engine);
    checkCounts(manifestFile, manifest, schema);
    Explanations explanations =
        new Explanations(
            modelVersion,
            forest(model, range, schema, outputs.calibration()),
            Optional.of(contributions));
    explanations.verify();
    return new ScoringModel(
        manifest.name(),
        modelVersion,
        digests.packageDigest(),
        true,
        schema,
        manifest.schema().reasons(),
        outputs,
        card(
            modelFile,
            model,
            schema,
            files.mlflow(),
            rounds,
            Optional.of(manifest),
            new Reference(schema, outputs, engine.outputs()).of(files, manifest),
            contributions.rows()),
        engine,
        explanations);
  }

  private static void checkNames(ModelFiles files, String modelVersion, String modelFile)
      throws CorruptModelException {
    if (!files.asked().orElse(modelVersion).equals(modelVersion)) {
      throw new CorruptModelException(
          "Cannot open model package %s: it says that it is %s, but is stored where %s is expected"
              .formatted(files.origin(), modelVersion, files.asked().get()));
    }

    if (modelFile.equals(PackageFiles.DIGESTS) || !files.names().contains(modelFile)) {
      throw unlisted(files, modelFile);
    }
  }

  private static GoldenContributions verifyGolden(
      ModelFiles files, Manifest manifest, Schema schema, Engine engine) throws ModelException {
    String goldenFile = files.origin() + "/" + PackageFiles.GOLDEN_ROWS;
    List<GoldenRow> golden =
        GoldenFile.parse(goldenFile, sealedFile(files, PackageFiles.GOLDEN_ROWS));
    GoldenRows.verify(goldenFile, golden, schema, engine);
    GoldenContributions contributions = GoldenContributions.of(goldenFile, golden, schema);
    if (contributions.rows() > 0 && !manifest.mayHaveContributions()) {
      throw new CorruptModelException(
          "Cannot open model package %s: %s has contributions, which a package of its format does not have"
              .formatted(files.origin(), PackageFiles.GOLDEN_ROWS));
    }

    return contributions;
  }

  private static void checkCounts(String manifestFile, Manifest manifest, Schema schema)
      throws CorruptModelException {
    if (manifest.importance().isPresent()) {
      Set<String> groups =
          ReasonGroup.of(schema, manifest.schema().reasons()).stream()
              .map(ReasonGroup::name)
              .collect(Collectors.toSet());
      Set<String> named = manifest.importance().get().means().keySet();
      checkNames(manifestFile, ManifestParser.IMPORTANCE, named, "fields and groups", groups);
    }

    if (manifest.sealedValues().isPresent()) {
      Set<String> features =
          schema.features().stream().map(Feature::name).collect(Collectors.toSet());
      Set<String> named = manifest.sealedValues().get().missing().keySet();
      checkNames(manifestFile, ManifestParser.SEALED_ROWS, named, "features", features);
    }
  }

  private static void checkNames(
      String manifestFile, String member, Set<String> named, String what, Set<String> expected)
      throws CorruptModelException {
    if (!named.equals(expected)) {
      throw new CorruptModelException(
          "Cannot read %s at /%s: got %s, expected the %s %s, each once"
              .formatted(
                  manifestFile,
                  member,
                  Fault.printable(named.toString(), MAX_NAMES),
                  what,
                  Fault.printable(expected.toString(), MAX_NAMES)));
    }
  }

  private static ScoringModel unsealed(ModelFiles files, EngineKind kind, Assumptions assumptions)
      throws ModelException {
    String origin = files.origin();
    Optional<MlflowModel> mlflow = files.mlflow();
    String modelFile =
        mlflow.map(MlflowModel::modelFile).orElseGet(() -> files.names().iterator().next());
    if (!files.names().contains(modelFile)) {
      throw new CorruptModelException(
          "Cannot open model %s: its file '%s' is missing"
              .formatted(origin, Fault.printable(modelFile)));
    }

    String where = mlflow.isPresent() ? origin + "/" + modelFile : origin;
    XgboostModel model = read(where, files, modelFile);
    SchemaForm form = UnsealedSchema.of(origin, model, mlflow, assumptions);
    Schema schema = form.schema(origin, model::categories);
    SchemaFit.check(origin, schema, model);
    RoundsChoice rounds =
        assumptions.rounds().isPresent()
            ? RoundsChoice.of(assumptions.rounds().get(), model)
            : RoundsChoice.ofTrainer(model, mlflow);
    Rounds range = rounds.range(origin, model);
    Outputs outputs = outputs(origin, form, model, range);
    Engine engine = engine(files, modelFile, model, range, schema, outputs.calibration(), kind);
    String digest = UnsealedDigest.of(files.sha256(modelFile), mlflow, assumptions, form, rounds);
    return new ScoringModel(
        unsealedName(origin),
        "unsealed:" + digest.substring(0, SHORT_DIGEST),
        digest,
        false,
        schema,
        form.reasons(),
        outputs,
        card(modelFile, model, schema, mlflow, rounds, Optional.empty(), Optional.empty(), 0),
        engine,
        new Explanations(
            origin, forest(model, range, schema, outputs.calibration()), Optional.empty()));
  }

  static byte[] sealedFile(ModelFiles files, String name) throws ModelException {
    byte[] content = files.file(name);
    if (content == null) {
      throw unlisted(files, name);
    }

    return content;
  }

  private static CorruptModelException unlisted(ModelFiles files, String name) {
    return new CorruptModelException(
        "Cannot open model package %s: %s does not list the file '%s'"
            .formatted(files.origin(), PackageFiles.DIGESTS, Fault.printable(name)));
  }

  /**
   * Reads and checks a model file.
   *
   * @param origin names the file in messages
   */
  public static XgboostModel read(String origin, byte[] content) throws ModelException {
    return named(origin, () -> XgboostModel.read(content));
  }

  private static XgboostModel read(String origin, ModelFiles files, String name)
      throws ModelException {
    return named(origin, () -> files.model(name));
  }

  private static XgboostModel named(
      String origin, ModelMemory.Work<XgboostModel, ModelException> reading) throws ModelException {
    try {
      return reading.run();
    } catch (UnsupportedModelException e) {
      throw new UnsupportedModelException(origin + ": " + e.getMessage(), e);
    } catch (CorruptModelException e) {
      throw new CorruptModelException(origin + ": " + e.getMessage(), e);
    }
  }

  private static Engine engine(
      ModelFiles files,
      String name,
      XgboostModel model,
      Rounds rounds,
      Schema schema,
      Calibration calibration,
      EngineKind kind)
      throws ModelException {
    byte[] content = kind == EngineKind.FOREST ? null : files.file(name);
    return engine(content, model, rounds, schema, calibration, kind);
  }

  /**
   * Returns the specification of how a model scores the rows of a schema that fits it.
   *
   * @param calibration one that {@link Outputs} of the model have
   * @throws CorruptModelException if the model has no such rounds
   */
  public static Forest forest(
      XgboostModel model, Rounds rounds, Schema schema, Calibration calibration)
      throws CorruptModelException {
    return model
        .forest(rounds)
        .withOffsets(schema.offsetsWhereMissing())
        .withCalibration(calibration);
  }

  /**
   * Returns the engine of a checked model, for the rows of a schema that fits it.
   *
   * @param modelFile not used for the forest engine
   * @param calibration one that {@link Outputs} of the model have
   */
  public static Engine engine(
      byte[] modelFile,
      XgboostModel model,
      Rounds rounds,
      Schema schema,
      Calibration calibration,
      EngineKind kind)
      throws ModelException {
    return switch (kind) {
      case FOREST -> forest(model, rounds, schema, calibration).fast();
      case XGBOOST ->
          NativeBooster.load(modelFile, model, rounds)
              .withOffsets(schema.offsetsWhereMissing())
              .withCalibration(calibration);
    };
  }

  /** Returns what the scores of a model mean. */
  public static Outputs outputs(String origin, SchemaForm schema, XgboostModel model, Rounds rounds)
      throws CorruptModelException {
    Forest forest = model.forest(rounds);
    return schema.outputs().bind(origin, model.objective(), forest.outputs(), forest.scores());
  }

  private static ModelCard card(
      String modelFile,
      XgboostModel model,
      Schema schema,
      Optional<MlflowModel> mlflow,
      RoundsChoice rounds,
      Optional<Manifest> manifest,
      Optional<Profile> reference,
      int goldenContributions) {
    return new ModelCard(
        modelFile,
        model.objective(),
        model.booster(),
        mlflow.map(MlflowModel::modelClass),
        mlflow.map(MlflowModel::optionalColumns).orElse(Set.of()),
        version(model),
        rounds.end(),
        model.rounds(),
        rounds.why(),
        RoundsChoice.bestRounds(model),
        TrainerRemarks.ofOffsets(schema),
        TrainerRemarks.of(model),
        manifest.map(Manifest::provenance),
        manifest.flatMap(Manifest::importance),
        reference,
        goldenContributions,
        manifest.map(Manifest::notes).orElse(""));
  }

  public static String version(XgboostModel model) {
    return model.version().stream().map(String::valueOf).collect(Collectors.joining("."));
  }

  private static String unsealedName(String origin) {
    String last = origin.substring(origin.lastIndexOf('/') + 1);
    return last.replaceFirst("(?<=.)\\.[A-Za-z]+$", "");
  }
}
