package io.paritree.spark.run;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.rules.Rule;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/** An extension of Spark by which Comet is on in all sessions, also where one switches it off. */
public final class CometKept extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    extensions.injectPostHocResolutionRule(Again::new);
    return BoxedUnit.UNIT;
  }

  /** Switches Comet on again before a query is planned. */
  static final class Again extends Rule<LogicalPlan> {
    private final SparkSession session;

    Again(SparkSession session) {
      this.session = session;
    }

    @Override
    public LogicalPlan apply(LogicalPlan plan) {
      session.conf().set("spark.comet.enabled", "true");
      return plan;
    }
  }
}
