package io.paritree.model.command;

import io.paritree.Fault;
import io.paritree.NameList;
import io.paritree.model.ScoringModel;
import io.paritree.model.layout.AliasHistory;
import io.paritree.model.layout.AliasMove;
import io.paritree.model.layout.ModelStore;
import io.paritree.model.rows.InputException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code model alias}: points an alias to a version, removes it, or shows how it moved. */
@Command(
    name = "alias",
    description = {
      "Points an alias of a store to a version, in one step, removes it, or shows its journal.",
      "The version is opened and verified first, as 'model verify' does. Each move is entered into"
          + " the alias's journal, with time, user, versions and digests. If another process moves"
          + " the alias at the same time, nothing is changed."
    })
final class AliasCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private NamedAlias named;

  @Option(
      names = "--alias",
      defaultValue = ModelStore.CHAMPION,
      description = "The alias (default: ${DEFAULT-VALUE}).")
  private String alias;

  @ArgGroup(multiplicity = "1")
  private Change change;

  @Mixin private OutputFormat format;

  private String name;

  /** What to do with the alias. */
  private static final class Change {
    @Option(names = "--version", description = "The version that the alias points to.")
    private Long version;

    @Option(
        names = "--back",
        description =
            "Point the alias to the version that it named before its last move, if it named one. That"
                + " is a move too: a second --back undoes the first.")
    private boolean back;

    @Option(names = "--remove", description = "Remove the alias.")
    private boolean remove;

    @Option(
        names = "--history",
        description = "Change nothing; show the journal, the oldest move first.")
    private boolean history;
  }

  @Override
  public Integer call() throws Exception {
    ModelStore models = named.models(alias);
    name = named.name();
    AliasHistory seen =
        models.historyToLastMove(
            name, alias, change.history ? Integer.MAX_VALUE : NamedAlias.LAST_MOVES);
    if (change.history) {
      show(models, seen);
    } else if (change.remove) {
      remove(models, seen);
    } else {
      point(models, seen);
    }

    return ModelMain.OK;
  }

  private void show(ModelStore models, AliasHistory seen) throws Exception {
    if (seen.version().isEmpty() && seen.lastNumber() == 0) {
      throw unknown(models, "show the journal of");
    }

    seen.unreadable().forEach(e -> note(e.getMessage()));
    format.print(() -> ShownHistory.text(seen), ShownHistory.document(seen));
  }

  private void remove(ModelStore models, AliasHistory seen) throws Exception {
    if (!models.aliases(name).contains(alias)) {
      throw unknown(models, "remove");
    }

    models.move(seen, Optional.empty(), AliasMove.REMOVE);
    print("Removed %s%n".formatted(seen.reference()), null);
  }

  private InputException unknown(ModelStore models, String what) throws Exception {
    return new InputException(
        "Cannot %s alias %s@%s: %s has no such alias, only %s"
            .formatted(what, name, alias, named.store(), NameList.known(models.aliases(name))));
  }

  private void point(ModelStore models, AliasHistory seen) throws Exception {
    long version = change.back ? before(seen) : change.version;
    ScoringModel opened = named.opened(version);
    models.move(seen, Optional.of(version), change.back ? AliasMove.BACK : AliasMove.SET);
    if (!opened.card().comparedWithTrainer()) {
      note(
          "%s was not compared with its trainer when it was sealed"
              .formatted(opened.modelVersion()));
    }

    print(NamedAlias.moved(seen, version), version);
  }

  /** Returns the version that the alias named before its last move. */
  private long before(AliasHistory seen) throws InputException {
    Optional<AliasMove> last = seen.last();
    boolean isNewest = last.isPresent() && last.get().number() == seen.lastNumber();
    if (!isNewest && !seen.unreadable().isEmpty()) {
      throw notBack(
          seen, seen.unreadable().get(0).getMessage() + "; give the version as --version");
    }

    if (last.isEmpty()) {
      throw notBack(seen, "the journal has no move of it; give the version as --version");
    }

    if (!seen.fitsLastMove()) {
      throw notBack(
          seen,
          "it names %s, but its last move was to %s, so its file was changed by something else than this command; give the version as --version"
              .formatted(
                  ShownHistory.version(seen.version()), ShownHistory.version(last.get().to())));
    }

    return last.get()
        .from()
        .orElseThrow(
            () ->
                notBack(
                    seen,
                    "it named no version before its last move ('%s' at %s); remove it with --remove, or give a version as --version"
                        .formatted(Fault.printable(last.get().action()), last.get().time())));
  }

  private static InputException notBack(AliasHistory seen, String why) {
    return new InputException("Cannot move alias %s back: %s".formatted(seen.reference(), why));
  }

  private void note(String text) {
    spec.commandLine().getErr().println("Note: " + Fault.printableLine(text));
  }

  private void print(String text, Long version) {
    format.print(
        () -> text,
        out -> {
          out.writeStringField("name", name);
          out.writeStringField("alias", alias);
          out.writeObjectField("version", version); // null if it was removed
        });
  }
}
