package io.paritree.spark.insight.audit;

import io.paritree.spark.sql.Scorer;

/** Which engine scores the rows of an audit; none is the engine of the job. */
public enum AuditEngine {
  /** The plain loops over trees, which every other engine is compared with. */
  SPEC(Scorer.SPECIFICATION),
  /** libxgboost, through XGBoost4J. */
  XGBOOST(Scorer.LIBXGBOOST);

  private final Scorer scorer;

  AuditEngine(Scorer scorer) {
    this.scorer = scorer;
  }

  Scorer scorer() {
    return scorer;
  }
}
