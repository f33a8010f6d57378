package io.paritree.proof;

import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.Engine;
import io.paritree.forest.FastWays;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.proof.EngineWay.Grouping;
import java.util.Locale;
import java.util.Optional;

/** The ways to score records in one process; the first one says what is right. */
public enum EngineForm {
  /** The plain loops over trees, row by row. */
  SPEC(Grouping.ONE_BY_ONE),
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
   * @throws UnsupportedModelException if libxgboost is not there, or cannot score the model
   */
  public Optional<Way> of(ScoringModel model, ModelFiles files) throws ModelException {
    Optional<Engine> engine =
        switch (this) {
          case SPEC -> Optional.of(model.specification());
          case ONE -> Optional.of(model.engine());
          case BLOCKS -> Optional.of(FastWays.narrow(model.engine()));
          case WIDE -> FastWays.wide(model.engine());
          case XGBOOST -> Optional.of(Opening.open(files, EngineKind.XGBOOST).engine());
        };
    return engine.map(found -> new EngineWay(word(), found, grouping, model.outputs()));
  }
}
