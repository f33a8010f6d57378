package io.paritree.model.command;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.layout.AliasHistory;
import io.paritree.model.layout.ModelName;
import io.paritree.model.layout.ModelStore;
import io.paritree.model.layout.PackageFiles;
import io.paritree.model.rows.InputException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that move an alias, and what it may be moved to. */
final class NamedAlias {
  /** How many entries at the journal's end are read, if one of them is a move that happened. */
  static final int LAST_MOVES = 50;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--store", required = true, paramLabel = "DIR", description = "The store.")
  private String store;

  @Option(names = "--name", required = true, description = "The model's name.")
  private String name;

  private String alias;
  private ModelStore models;

  /**
   * Returns the store, once the alias is known.
   *
   * @throws ParameterException if these are no names
   */
  ModelStore models(String named) throws IOException {
    if (!ModelName.isName(name) || !ModelName.isAlias(named)) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid --name '%s' or alias '%s': expected %s; an alias must not have only digits"
              .formatted(Fault.printable(name), Fault.printable(named), ModelName.RULE));
    }

    alias = named;
    models = new ModelStore(Location.of(store));
    return models;
  }

  String store() {
    return store;
  }

  String name() {
    return name;
  }

  /** Opens and verifies a version that the alias is to name. */
  ScoringModel opened(long number) throws Exception {
    Location version = models.version(name, number);
    Location digests = version.resolve(PackageFiles.DIGESTS);
    if (FileStore.of(digests).find(digests).isEmpty()) {
      throw new InputException(
          "Cannot set alias %s@%s: %s has no sealed version %s of it, only %s"
              .formatted(name, alias, store, number, models.versions(name)));
    }

    try {
      ScoringModel opened = Opening.open(version.toString(), EngineKind.FOREST);
      if (!opened.modelVersion().equals(name + "/" + number)) {
        throw new CorruptModelException(
            "Cannot open model package %s: it says that it is %s"
                .formatted(version, opened.modelVersion()));
      }

      return opened;
    } catch (ModelException | IOException e) {
      spec.commandLine()
          .getErr()
          .println(
              "%s@%s was not changed, because its version could not be opened:"
                  .formatted(name, alias));
      throw e;
    }
  }

  /** Returns a line about what the alias names now. */
  static String moved(AliasHistory seen, long version) {
    if (seen.version().equals(Optional.of(version))) {
      return "%s is version %s already%n".formatted(seen.reference(), version);
    }

    return "%s is version %s now%s%n"
        .formatted(
            seen.reference(), version, seen.version().map(", it was %s"::formatted).orElse(""));
  }
}
