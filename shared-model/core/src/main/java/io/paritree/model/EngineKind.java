package io.paritree.model;

import io.paritree.PublicApi;

/** The engine that scores. All engines give the same bits. */
@PublicApi
public enum EngineKind {
  /** The pure Java engine; the default, and the only one inside the server. */
  FOREST,
  /** libxgboost, called through XGBoost4J: the external reference. */
  XGBOOST
}
