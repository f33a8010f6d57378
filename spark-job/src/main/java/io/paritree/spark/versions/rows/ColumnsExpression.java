package io.paritree.spark.versions.rows;

import io.paritree.spark.versions.SparkLists;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.codegen.CodeBlock;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.expressions.codegen.FalseLiteral$;
import org.apache.spark.sql.catalyst.expressions.codegen.JavaCode;
import org.apache.spark.sql.types.DataType;

/**
 * An expression of our own on columns, which is never null: what Spark asks of it besides its
 * value. Immutable and thread-safe.
 */
abstract class ColumnsExpression extends Expression implements ExpressionOfScala212, Serializable {
  private final List<Expression> columns;
  private final scala.collection.immutable.List<Expression> children;
  private final DataType type;

  ColumnsExpression(List<Expression> columns, DataType type) {
    this.columns = List.copyOf(columns);
    this.children = SparkLists.scala(columns);
    this.type = type;
  }

  /** Returns the columns that the expression is on. */
  final List<Expression> columns() {
    return columns;
  }

  /** Returns the same expression on other columns. */
  abstract ColumnsExpression on(List<Expression> others);

  /**
   * Returns code as a part of Spark's.
   *
   * @param value the variable in which the code leaves the value
   */
  final ExprCode result(String code, String value) {
    String escaped = code.replace("\\", "\\\\"); // as in a literal of Scala
    CodeBlock block =
        SparkLists.create(
            CodeBlock.class, SparkLists.scala(List.of(escaped)), SparkLists.scala(List.of()));
    return new ExprCode(block, FalseLiteral$.MODULE$, JavaCode.variable(value, type));
  }

  @Override
  public final DataType dataType() {
    return type;
  }

  @Override
  public final boolean nullable() {
    return false;
  }

  @Override
  public final scala.collection.immutable.Seq<Expression> children() {
    return children;
  }

  @Override
  public final Expression withNewChildrenInternal(
      scala.collection.immutable.IndexedSeq<Expression> changed) {
    return withNewChildrenInternal((scala.collection.IndexedSeq<Expression>) changed);
  }

  @Override
  @SuppressWarnings("unchecked") // children are expressions
  public final Expression withNewChildrenInternal(scala.collection.IndexedSeq<Expression> changed) {
    return on((List<Expression>) (List<?>) SparkLists.java(changed));
  }

  @Override
  public final Expression clone() {
    return on(columns.stream().map(column -> column.clone()).toList());
  }

  /** Spark would make copies by a constructor with as many parameters, and needs none. */
  @Override
  public final int productArity() {
    return 0;
  }

  @Override
  public final Object productElement(int index) {
    throw new IndexOutOfBoundsException(index);
  }

  @Override
  public final boolean canEqual(Object other) {
    return getClass().isInstance(other);
  }

  @Override
  public final boolean equals(Object other) {
    return canEqual(other) && children.equals(((ColumnsExpression) other).children);
  }

  @Override
  public final int hashCode() {
    return 31 * getClass().hashCode() + children.hashCode();
  }
}
