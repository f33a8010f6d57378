package io.paritree.model;

/** Which engine scores. All give the same bits. */
public enum EngineKind {
  /** The pure Java engine; the default, and the only one inside the server. */
  FOREST,
  /** libxgboost through XGBoost4J, the reference of the outside world. */
  XGBOOST
}
