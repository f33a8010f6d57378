package io.paritree.proof;

import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.Engine;
import io.paritree.forest.FastWays;
import io.paritree.forest.Forest;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.Recheck;
import io.paritree.model.ScoringModel;
import io.paritree.proof.EngineWay.Grouping;
import java.util.Locale;
import java.util.Optional;

/** The ways to score records in one process; the first one says what is right. */
public enum EngineForm {
  /** The plain loops over trees, row by row. */
  SPEC(Grouping.ONE_BY_ONE),
  /** The specification for many rows at once, which {@link Recheck} and audits use. */
  STEPS(Grouping.ROWS),
  /** The fast engine, a row at a time, as a server scores a record. */
  ONE(Grouping.ONE_BY_ONE),
  /** The fast engine, in blocks, as a JVM without vectors scores them. */
  BLOCKS(Grouping.ROWS),
  /** The fast engine, in blocks of columns, by the JDK's vectors. */
  WIDE(Grouping.COLUMNS),
  /** libxgboost. */
  XGBOOST(Grouping.ROWS);

  private final Grouping grouping;

  EngineForm(Grouping grouping) {
    this.grouping = grouping;
  }

  /** Returns what users call it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the way to score records of a model; empty for {@link #WIDE} where it is not there.
   *
   * @param files of the model
   * @param asked the reasons that it gives if it can; the model must have them
   * @throws UnsupportedModelException if libxgboost is not there, or cannot score the model
   */
  public Optional<Way> of(ScoringModel model, ModelFiles files, AskedReasons asked)
      throws ModelException {
    Optional<Engine> engine =
        switch (this) {
          case SPEC -> Optional.of(model.specification());
          case STEPS -> Optional.of(Recheck.second(model));
          case ONE -> Optional.of(model.engine());
          case BLOCKS -> Optional.of(FastWays.narrow(model.engine()));
          case WIDE -> FastWays.wide(model.engine());
          case XGBOOST -> Optional.of(Opening.open(files, EngineKind.XGBOOST).engine());
        };
    if (engine.isEmpty()) {
      return Optional.empty();
    }

    EngineReasons reasons =
        asked.areAsked()
            ? explainer(model, engine.get(), asked)
                .map(explainer -> EngineReasons.of(asked, model, explainer))
                .orElse(EngineReasons.NONE)
            : EngineReasons.NONE;
    return Optional.of(new EngineWay(word(), engine.get(), grouping, model.outputs(), reasons));
  }

  /**
   * Returns what computes contributions in this way. Exact ones have a specification; fast ones are
   * what a record has alone. Those of libxgboost are comparable with exact ones only.
   */
  private Optional<Explainer> explainer(ScoringModel model, Engine engine, AskedReasons asked)
      throws UnsupportedModelException {
    return switch (this) {
      case SPEC ->
          Optional.of(
              asked.areExact() && engine instanceof Forest forest
                  ? Explainer.specification(forest)
                  : model.explainer(asked.mode()));
      case STEPS -> Optional.empty();
      case ONE, BLOCKS, WIDE -> Optional.of(model.explainer(asked.mode()));
      case XGBOOST ->
          asked.areExact() && engine instanceof Explainer explainer
              ? Optional.of(explainer)
              : Optional.empty();
    };
  }
}
