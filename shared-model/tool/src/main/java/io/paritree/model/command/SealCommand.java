package io.paritree.model.command;

import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.NameList;
import io.paritree.UnsupportedModelException;
import io.paritree.model.CardWriter;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.RoundsChoice;
import io.paritree.model.ScoringModel;
import io.paritree.model.golden.GeneratedRecords;
import io.paritree.model.golden.GoldenRecords;
import io.paritree.model.layout.AliasMove;
import io.paritree.model.layout.ModelName;
import io.paritree.model.layout.ModelStore;
import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.ManifestParser;
import io.paritree.model.manifest.Provenance;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.model.manifest.SchemaParser;
import io.paritree.model.rows.CsvRows;
import io.paritree.model.rows.InputException;
import io.paritree.model.seal.ReferenceRows;
import io.paritree.model.seal.SchemaDraft;
import io.paritree.model.seal.SealSource;
import io.paritree.model.seal.SealedRows;
import io.paritree.model.seal.Sealing;
import io.paritree.reasons.Importance;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "seal",
    description = "Makes a package of a model file or an MLflow directory, and its schema.")
final class SealCommand implements Callable<Integer> {
  private static final int MAX_SCHEMA_BYTES = 1 << 30;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "A model file or an MLflow directory.")
  private String model;

  @Option(
      names = "--schema",
      paramLabel = "FILE.json",
      description = "The features and outputs (default: what the model itself says about them).")
  private String schemaFile;

  @Option(
      names = "--name",
      required = true,
      description = "The model's name: 1 to 64 of the characters A-Z a-z 0-9 . _ -")
  private String name;

  @Option(
      names = "--version",
      description = "A whole number (default: the next in the store, or 1).")
  private Long version;

  @ArgGroup(multiplicity = "1")
  private SealTarget target;

  @Option(
      names = "--rows",
      paramLabel = "FILE.csv",
      description = "Raw rows with a header, to choose golden rows from (default: generated rows).")
  private String rows;

  @Option(
      names = "--by-position",
      description = {
        "Without --schema: features read the first columns of --rows, in its order,",
        "for models that were trained without names."
      })
  private boolean byPosition;

  @Option(
      names = "--offset",
      paramLabel = "COLUMN",
      description = {
        "The margins begin with this column in place of the model's base: what the trainer gave as",
        "base margin, in margin units (of an exposure its logarithm). Once per output, in their order."
      })
  private List<String> offsets = new ArrayList<>();

  @Option(
      names = "--expected",
      split = ",",
      paramLabel = "COLUMN",
      description = {
        "Column of --rows with the trainer's predictions; one per score.",
        "Where they differ from the scores, the cause is looked for and named."
      })
  private List<String> expected = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "all|best|N",
      description =
          "The rounds to use (default: best for a model that XGBoost's scikit-learn wrapper saved,"
              + " or that MLflow logged as one of its classes; otherwise all).")
  private String rounds;

  @Option(
      names = "--alias",
      paramLabel = "ALIAS",
      description = "With --store: alias that names the new version afterwards.")
  private String alias;

  @Option(
      names = "--unchecked",
      description =
          "With --alias champion, which servers and jobs follow by default: move it although no"
              + " --expected has shown that the package scores as its trainer does.")
  private boolean unchecked;

  @Option(names = "--notes", paramLabel = "TEXT", defaultValue = "", description = "Free notes.")
  private String notes;

  @Option(
      names = "--reference",
      paramLabel = "FILE.csv",
      description = {
        "Raw rows such as the model was trained on, of which the package's reference is made, with",
        "which later rows are compared (default: --rows)."
      })
  private String reference;

  @Option(
      names = "--without-reference",
      description = {
        "Store no reference, but counts of missing and unseen values of --rows. Such a package has",
        "format 2, which older versions of Paritree read."
      })
  private boolean withoutReference;

  @Option(
      names = "--without-importance",
      description = {
        "Store neither the importance of the fields nor contributions of golden rows, which are taken",
        "from --rows, and no reference. A package without them has format 1. One whose schema has",
        "offsets, groups or reasons has format 2, and contributions of golden rows all the same."
      })
  private boolean withoutImportance;

  @Mixin private TrainingOptions training;

  @Mixin private OutputFormat format;

  @Override
  public Integer call() throws Exception {
    checkUsage();
    if (alias != null) {
      target.store().refuseGuarded(name, alias);
    }

    SealSource source = SealSource.read(model);
    Sealing sealing = Sealing.of(source, schemaOrigin(), schema(source), rounds(source));
    GivenRows given =
        rows == null
            ? GivenRows.none(GeneratedRecords.of(source.origin(), sealing.schema(), source.model()))
            : GivenRows.read(rows, expected, sealing, importance(sealing), this::note);
    write(
        sealing,
        given.golden(),
        training.provenance(given),
        sealedRows(sealing, given.importance()));
    if (given.compared().isEmpty() && !sealing.unlistedCategories().isEmpty()) {
      note(
          "the model file does not list the values of the categories %s, and without --expected nothing has shown that the schema has the trainer's values in its order"
              .formatted(Fault.printable(sealing.unlistedCategories().toString())));
    }

    if (!given.neverMissing().isEmpty()) {
      note(
          "no row lacked %s: how the trainer scores missing values of them was not compared; \"nullable\": false in the schema refuses such records"
              .formatted(NameList.examples(given.neverMissing())));
    }

    return ModelMain.OK;
  }

  private void checkUsage() {
    if (!ModelName.isName(name)) {
      throw usage("Invalid --name '%s': expected %s", Fault.printable(name), ModelName.RULE);
    }

    if (version != null && !ModelName.isVersion(version.toString())) {
      throw usage(
          "Invalid --version %s: expected a whole number from 1 to %s",
          version, ModelName.MAX_VERSION);
    }

    if (byPosition && (rows == null || schemaFile != null)) {
      throw usage(
          "--by-position reads the columns of --rows, and a schema file says itself what is read");
    }

    if (rows == null && !expected.isEmpty()) {
      throw usage("--expected names a column of --rows, which is not given");
    }

    if (reference != null && (withoutReference || withoutImportance)) {
      throw usage(
          "--reference makes a reference, which %s leaves out",
          withoutReference ? "--without-reference" : "--without-importance");
    }

    if (alias != null && (!target.isStore() || !ModelName.isAlias(alias))) {
      throw usage(
          "Invalid --alias '%s': expected only with --store, and %s, not only digits",
          Fault.printable(alias), ModelName.RULE);
    }

    boolean isChampion = ModelStore.CHAMPION.equals(alias);
    if (isChampion && expected.isEmpty() && !unchecked) {
      throw usage(
          "Cannot seal straight to the alias %s without --expected: nothing has shown that the package scores as its trainer does, and servers and jobs would use it at once; give the trainer's predictions with --rows and --expected, leave out --alias and use 'model alias' later, or add --unchecked",
          alias);
    }

    if (unchecked && (!isChampion || !expected.isEmpty())) {
      throw usage("--unchecked is for --alias %s without --expected only", ModelStore.CHAMPION);
    }

    if (rounds != null && !rounds.matches(RoundsChoice.FORM)) {
      throw usage("Invalid --rounds '%s': expected all, best or a number from 1", rounds);
    }

    training.check();
  }

  private ParameterException usage(String message, Object... values) {
    return new ParameterException(spec.commandLine(), message.formatted(values));
  }

  private void note(String text) {
    spec.commandLine().getErr().println("Note: " + text);
  }

  private String schemaOrigin() {
    return schemaFile == null ? model : schemaFile;
  }

  private SchemaForm schema(SealSource source) throws Exception {
    if (schemaFile == null) {
      SchemaForm plain = source.schema(offsets);
      return byPosition ? SchemaDraft.byPosition(source.model(), plain, rows) : plain;
    }

    Location location = Location.of(schemaFile);
    try {
      byte[] content = FileStore.of(location).readAtMost(location, MAX_SCHEMA_BYTES);
      SchemaForm given = SchemaParser.fromJson(schemaFile, content);
      if (given.hasOffsets() && !offsets.isEmpty()) {
        throw usage("--offset names offsets, but %s has offsets already", schemaFile);
      }

      return given.withOffsets(offsets);
    } catch (UnfitFileException e) {
      throw new InputException(e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new InputException("Cannot read %s: there is no such file".formatted(schemaFile), e);
    }
  }

  private Optional<RoundsChoice> rounds(SealSource source) throws Exception {
    return rounds == null ? Optional.empty() : Optional.of(RoundsChoice.of(rounds, source.model()));
  }

  /** Reads the rows again, for what the package says of them. */
  private SealedRows sealedRows(Sealing sealing, Optional<FieldImportance> importance)
      throws Exception {
    String file = reference == null ? rows : reference;
    if (file == null || withoutImportance) {
      return SealedRows.NONE;
    }

    if (reference == null && CsvRows.isReadOnce(rows)) {
      note(
          "the package has no reference: %s is a device or a pipe, which cannot be read again"
              .formatted(rows));
      return new SealedRows(importance, Optional.empty(), Optional.empty());
    }

    ReferenceRows read = new ReferenceRows(file, sealing, this::note);
    return withoutReference
        ? new SealedRows(importance, read.values(), Optional.empty())
        : read.reference(importance);
  }

  /** Returns what measures the importance of the fields; empty if it is not stored. */
  private Optional<Importance> importance(Sealing sealing) throws ModelException {
    try {
      return withoutImportance ? Optional.empty() : Optional.of(sealing.importance());
    } catch (UnsupportedModelException e) {
      note("the package has no importance of fields: " + e.getMessage());
      return Optional.empty();
    }
  }

  private void write(
      Sealing sealing, GoldenRecords golden, Provenance provenance, SealedRows sealedRows)
      throws Exception {
    long sealedVersion = version == null ? target.nextVersion(name) : version;
    Location directory = target.directory(name, sealedVersion);
    Sealing.SealedFiles sealed =
        sealing.files(name, sealedVersion, golden, provenance, sealedRows, notes);
    try {
      ModelStore.write(directory, sealed.files());
    } catch (FileAlreadyExistsException e) {
      throw new InputException(
          "Cannot seal into %s: it exists already, and packages are never replaced"
              .formatted(directory),
          e);
    }

    if (alias != null) {
      point(sealing, directory, sealedVersion);
    }

    print(sealed.model(), directory, sealedVersion, golden, provenance);
  }

  /** Points the alias to the new version, as it is in the store and not only as it was written. */
  private void point(Sealing sealing, Location directory, long sealedVersion) throws Exception {
    try {
      Opening.open(ModelFiles.streamed(directory.toString()), sealing.model(), sealing.forest());
      ModelStore models = target.store();
      String action = unchecked ? AliasMove.SEAL_UNCHECKED : AliasMove.SEAL;
      models.move(models.history(name, alias, 1), Optional.of(sealedVersion), action);
    } catch (ModelException | IOException e) {
      spec.commandLine()
          .getErr()
          .println(
              "%s/%s is sealed in %s, but %s@%s was not moved to it:"
                  .formatted(name, sealedVersion, directory, name, alias));
      throw e;
    }
  }

  private void print(
      ScoringModel sealed,
      Location directory,
      long sealedVersion,
      GoldenRecords golden,
      Provenance provenance) {
    sealed.card().earlyStopping().ifPresent(this::note);
    sealed.card().offsets().ifPresent(this::note);
    sealed.card().remarks().forEach(this::note);
    format.print(
        () ->
            "Sealed %s/%s in %s: %s golden rows (%s), %s%s, digest %s%n"
                .formatted(
                    name,
                    sealedVersion,
                    directory,
                    golden.records().size(),
                    ManifestParser.key(golden.source()),
                    provenance
                        .comparedWithTrainer()
                        .map(
                            compared ->
                                "%s rows compared with the trainer (%s)"
                                    .formatted(compared.rows(), compared.difference()))
                        .orElse("not compared with its trainer"),
                    alias == null ? "" : ", alias " + alias,
                    sealed.digest()),
        out -> CardWriter.members(out, sealed));
  }
}
