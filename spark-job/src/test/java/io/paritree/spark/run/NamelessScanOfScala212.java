package io.paritree.spark.run;

import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.trees.TreeNode;
import org.apache.spark.sql.execution.SparkPlan;

/** What a {@link NamelessScan} implements where Spark was compiled by Scala 2.12. */
interface NamelessScanOfScala212 {
  scala.collection.Seq<Attribute> output();

  scala.collection.Seq<SparkPlan> children();

  TreeNode<SparkPlan> withNewChildrenInternal(scala.collection.IndexedSeq<SparkPlan> children);
}
