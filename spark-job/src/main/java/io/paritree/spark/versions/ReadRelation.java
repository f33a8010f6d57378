package io.paritree.spark.versions;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;

/** What a reader of Spark reads: a relation if it is a table, another plan if it is a view. */
public final class ReadRelation {
  private ReadRelation() {}

  public static LogicalPlan of(Dataset<Row> read) {
    LogicalPlan plan = read.queryExecution().analyzed();
    while (plan instanceof SubqueryAlias alias) {
      plan = alias.child();
    }

    return plan;
  }
}
