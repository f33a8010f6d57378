package io.paritree.proof;

import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.Engine;
import io.paritree.forest.FastWays;
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
  SPEC,
  /** The specification for many rows at once, which {@link Recheck} and audits use. */
  STEPS,
  /** The fast engine, a row at a time, as a server scores a record. */
  ONE,
  /** The fast engine, in blocks, as a JVM without vectors scores them. */
  BLOCKS,
  /** The fast engine, in blocks of columns, by the JDK's vectors. */
  WIDE,
  /** libxgboost. */
  XGBOOST;

  /** Returns what users call it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the way to score records of a model; empty for {@link #WIDE} where it is not there.
   *
   * @param files of the model
   * @throws UnsupportedModelException if libxgboost is not there, or cannot score the model
   */
  public Optional<Way> of(ScoringModel model, ModelFiles files) throws ModelException {
    return switch (this) {
      case SPEC -> way(model, model.specification(), Grouping.ROWS);
      case STEPS -> way(model, Recheck.second(model), Grouping.ROWS);
      case ONE -> way(model, model.engine(), Grouping.ONE_BY_ONE);
      case BLOCKS -> way(model, FastWays.narrow(model.engine()), Grouping.ROWS);
      case WIDE ->
          FastWays.wide(model.engine()).flatMap(engine -> way(model, engine, Grouping.COLUMNS));
      case XGBOOST -> way(model, Opening.open(files, EngineKind.XGBOOST).engine(), Grouping.ROWS);
    };
  }

  private Optional<Way> way(ScoringModel model, Engine engine, Grouping grouping) {
    return Optional.of(new EngineWay(word(), engine, grouping, model.outputs()));
  }
}
