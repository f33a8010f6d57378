package io.paritree.spark.versions;

import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.trees.TreeNode;

/** What an expression implements where Spark was compiled by Scala 2.12, with the types there. */
interface ExpressionOfScala212 {
  scala.collection.Seq<Expression> children();

  TreeNode<Expression> withNewChildrenInternal(scala.collection.IndexedSeq<Expression> children);
}
