package io.paritree.spark.audit;

/** Which engine scores the rows of an audit; none is the engine of the job. */
public enum AuditEngine {
  /** The plain loops over trees, which every other engine is compared with. */
  SPEC,
  /** libxgboost, through XGBoost4J. */
  XGBOOST
}
