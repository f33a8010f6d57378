package io.paritree.model.command;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.NameList;
import io.paritree.json.JsonText;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.layout.ModelName;
import io.paritree.model.layout.ModelStore;
import io.paritree.model.layout.PackageFiles;
import io.paritree.model.rows.InputException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code model alias}: points an alias to a version, or removes it. */
@Command(
    name = "alias",
    description = {
      "Points an alias of a store to a version, in one step, or removes it.",
      "The version is opened and verified first, as 'model verify' does."
    })
final class AliasCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--store", required = true, paramLabel = "DIR", description = "The store.")
  private String store;

  @Option(names = "--name", required = true, description = "The model's name.")
  private String name;

  @Option(
      names = "--alias",
      defaultValue = ModelStore.CHAMPION,
      description = "The alias (default: ${DEFAULT-VALUE}).")
  private String alias;

  @ArgGroup(multiplicity = "1")
  private Change change;

  @Mixin private OutputFormat format;

  /** What to do with the alias. */
  private static final class Change {
    @Option(names = "--version", description = "The version that the alias points to.")
    private Long version;

    @Option(names = "--remove", description = "Remove the alias.")
    private boolean remove;
  }

  @Override
  public Integer call() throws Exception {
    if (!ModelName.isName(name) || !ModelName.isAlias(alias)) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid --name '%s' or --alias '%s': expected %s; an alias must not have only digits"
              .formatted(Fault.printable(name), Fault.printable(alias), ModelName.RULE));
    }

    ModelStore models = new ModelStore(Location.of(store));
    if (change.remove) {
      if (!models.aliases(name).containsKey(alias)) {
        throw new InputException(
            "Cannot remove alias %s@%s: %s has no such alias, only %s"
                .formatted(name, alias, store, NameList.known(models.aliases(name).keySet())));
      }

      models.removeAlias(name, alias);
      print("Removed %s@%s%n".formatted(name, alias));
      return ModelMain.OK;
    }

    Location digests = models.version(name, change.version).resolve(PackageFiles.DIGESTS);
    if (FileStore.of(digests).find(digests).isEmpty()) {
      throw new InputException(
          "Cannot set alias %s@%s: %s has no sealed version %s of it, only %s"
              .formatted(name, alias, store, change.version, models.versions(name)));
    }

    checkVersion(models);
    models.setAlias(name, alias, change.version);
    print("%s@%s is version %s now%n".formatted(name, alias, change.version));
    return ModelMain.OK;
  }

  /** Opens and verifies what the alias is to name. */
  private void checkVersion(ModelStore models) throws Exception {
    Location version = models.version(name, change.version);
    try {
      String found = Opening.open(version.toString(), EngineKind.FOREST).modelVersion();
      if (!found.equals(name + "/" + change.version)) {
        throw new CorruptModelException(
            "Cannot open model package %s: it says that it is %s".formatted(version, found));
      }
    } catch (ModelException | IOException e) {
      spec.commandLine()
          .getErr()
          .println(
              "%s@%s was not changed, because its version could not be opened:"
                  .formatted(name, alias));
      throw e;
    }
  }

  private void print(String text) {
    format.print(() -> text, this::json);
  }

  private String json() {
    return JsonText.text(
        JsonText.object(
            out -> {
              out.writeStringField("name", name);
              out.writeStringField("alias", alias);
              out.writeObjectField("version", change.version); // null if it was removed
            }));
  }
}
