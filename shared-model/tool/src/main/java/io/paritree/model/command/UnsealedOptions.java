package io.paritree.model.command;

import io.paritree.ModelException;
import io.paritree.feature.CategoryCodeFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.VocabularyFeature;
import io.paritree.model.Assumptions;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.RoundsChoice;
import io.paritree.model.ScoringModel;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a command's user may state about an unsealed model; a sealed one has no open choices. */
final class UnsealedOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--category-codes",
      description =
          "The values of categories that an unsealed model file does not list are their codes.")
  private boolean categoryCodes;

  @Option(
      names = "--offset",
      paramLabel = "COLUMN",
      description =
          "The margins of an unsealed model begin with this column, its trainer's base margin; once"
              + " per output.")
  private List<String> offsets = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "all|best|N",
      description =
          "The rounds of an unsealed model to score (default: best for a model that XGBoost's"
              + " scikit-learn wrapper saved, otherwise all).")
  private String rounds;

  /**
   * Opens a model, and reports on the standard error what its trainer may have done otherwise.
   *
   * @throws ParameterException if an option does not apply to the model
   */
  ScoringModel open(ModelFiles files, EngineKind kind) throws ModelException {
    if (rounds != null && !rounds.matches(RoundsChoice.FORM)) {
      throw usage("Invalid --rounds '%s': expected all, best or a number from 1", rounds);
    }

    ScoringModel opened = reopen(files, kind);
    if (opened.sealed() && (categoryCodes || rounds != null || !offsets.isEmpty())) {
      throw usage(
          "Cannot use --category-codes, --offset or --rounds with %s: it is sealed, with its categories, its offsets and its rounds",
          opened.modelVersion());
    }

    List<Feature> features = opened.schema().features();
    boolean hasCodes = features.stream().anyMatch(CategoryCodeFeature.class::isInstance);
    boolean hasValues = features.stream().anyMatch(VocabularyFeature.class::isInstance);
    if (categoryCodes && hasValues && !hasCodes) {
      throw usage(
          "Cannot use --category-codes with %s: the model file lists the values of its categories, so these are read, and not codes",
          files.origin());
    }

    PrintWriter err = spec.commandLine().getErr();
    opened.card().earlyStopping().ifPresent(text -> err.println("Note: " + text));
    if (!opened.sealed()) {
      opened.card().offsets().ifPresent(text -> err.println("Note: " + text));
      opened.card().remarks().forEach(text -> err.println("Note: " + text));
    }

    return opened;
  }

  /** Opens a model that was opened before, with another engine. */
  ScoringModel reopen(ModelFiles files, EngineKind kind) throws ModelException {
    return Opening.open(
        files, kind, new Assumptions(categoryCodes, offsets, Optional.ofNullable(rounds)));
  }

  private ParameterException usage(String message, Object... values) {
    return new ParameterException(spec.commandLine(), message.formatted(values));
  }
}
