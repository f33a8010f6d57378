package io.paritree.spark.sql;

import io.paritree.forest.Engine;
import io.paritree.model.EngineKind;
import io.paritree.model.ScoringModel;

/** What of an opened model scores rows. */
public enum Scorer {
  /** The engine of the job. */
  FAST(EngineKind.FOREST),
  /** The plain loops over trees that every engine is compared with. */
  SPECIFICATION(EngineKind.FOREST),
  /** The library that trained the model. */
  LIBXGBOOST(EngineKind.XGBOOST);

  private final EngineKind kind;

  Scorer(EngineKind kind) {
    this.kind = kind;
  }

  /** Returns how the model is opened. */
  EngineKind kind() {
    return kind;
  }

  Engine of(ScoringModel open) {
    return this == SPECIFICATION ? open.specification() : open.engine();
  }
}
