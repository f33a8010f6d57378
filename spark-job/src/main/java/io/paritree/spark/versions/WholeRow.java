package io.paritree.spark.versions;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.codegen.CodeBlock;
import org.apache.spark.sql.catalyst.expressions.codegen.CodeGenerator;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.expressions.codegen.FalseLiteral$;
import org.apache.spark.sql.catalyst.expressions.codegen.JavaCode;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.ObjectType;

/**
 * The columns of a row as one object.
 *
 * <p>Where they are the columns of the row that Spark evaluates this on, in order, the object is
 * that row itself, and is filled again for the next one. Otherwise, say if a rule of the optimizer
 * replaces a column by a constant, a row is made of them. Immutable and thread-safe.
 */
final class WholeRow extends Expression implements ExpressionOfScala212, Serializable {
  private static final DataType TYPE = new ObjectType(InternalRow.class);

  /** The JVM compiles no method of more than 8,000 bytes. */
  private static final int COLUMNS_PER_METHOD = 50;

  private final List<Expression> columns;
  private final scala.collection.immutable.List<Expression> children;
  private final boolean isInput;

  WholeRow(List<Expression> columns) {
    this.columns = List.copyOf(columns);
    this.children = SparkLists.scala(columns);
    this.isInput =
        IntStream.range(0, columns.size())
            .allMatch(
                index ->
                    columns.get(index) instanceof BoundReference column
                        && column.ordinal() == index);
  }

  @Override
  public Object eval(InternalRow input) {
    return isInput
        ? input
        : new GenericInternalRow(columns.stream().map(column -> column.eval(input)).toArray());
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode given) {
    boolean isOfRow = SparkLists.call(context, "currentVars") == null;
    if (isOfRow && isInput) {
      return result("", context.INPUT_ROW());
    }

    String values = context.freshName("values");
    String row = context.freshName("row");
    StringBuilder code = new StringBuilder();
    code.append("Object[] %s = new Object[%s];%n".formatted(values, columns.size()));
    for (int first = 0; first < columns.size(); first += COLUMNS_PER_METHOD) {
      String some = put(first, values, context);
      code.append(isOfRow ? called(some, values, context) : some);
    }

    String type = GenericInternalRow.class.getName();
    code.append("%s %s = new %s(%s);%n".formatted(type, row, type, values));
    return result(code.toString(), row);
  }

  @Override
  public String toString() {
    return "wholerow(%s columns)".formatted(columns.size());
  }

  private String put(int first, String values, CodegenContext context) {
    StringBuilder code = new StringBuilder();
    int end = Math.min(first + COLUMNS_PER_METHOD, columns.size());
    for (int index = first; index < end; index++) {
      ExprCode column = columns.get(index).genCode(context);
      DataType type = columns.get(index).dataType();
      String value =
          CodeGenerator.isPrimitiveType(type)
              ? "%s.valueOf(%s)".formatted(CodeGenerator.boxedType(type), column.value())
              : column.value().toString();
      code.append(column.code()).append('\n');
      code.append("if (!%s) { %s[%s] = %s; }%n".formatted(column.isNull(), values, index, value));
    }

    return code.toString();
  }

  private static String called(String code, String values, CodegenContext context) {
    String name = context.freshName("put");
    String row = context.INPUT_ROW();
    String method =
        "private void %s(InternalRow %s, Object[] %s) {%n%s}%n".formatted(name, row, values, code);
    return "%s(%s, %s);%n".formatted(context.addNewFunction(name, method, false), row, values);
  }

  /**
   * Returns code as a part of Spark's.
   *
   * @param value the variable in which the code leaves the value
   */
  private static ExprCode result(String code, String value) {
    String escaped = code.replace("\\", "\\\\"); // as in a literal of Scala
    CodeBlock block =
        SparkLists.create(
            CodeBlock.class, SparkLists.scala(List.of(escaped)), SparkLists.scala(List.of()));
    return new ExprCode(block, FalseLiteral$.MODULE$, JavaCode.variable(value, TYPE));
  }

  @Override
  public DataType dataType() {
    return TYPE;
  }

  @Override
  public boolean nullable() {
    return false;
  }

  @Override
  public scala.collection.immutable.Seq<Expression> children() {
    return children;
  }

  @Override
  public Expression withNewChildrenInternal(
      scala.collection.immutable.IndexedSeq<Expression> changed) {
    return withNewChildrenInternal((scala.collection.IndexedSeq<Expression>) changed);
  }

  @Override
  @SuppressWarnings("unchecked") // children are expressions
  public Expression withNewChildrenInternal(scala.collection.IndexedSeq<Expression> changed) {
    return new WholeRow((List<Expression>) (List<?>) SparkLists.java(changed));
  }

  @Override
  public Expression clone() {
    return new WholeRow(columns.stream().map(column -> column.clone()).toList());
  }

  /** Spark would make copies by a constructor with as many parameters, and needs none. */
  @Override
  public int productArity() {
    return 0;
  }

  @Override
  public Object productElement(int index) {
    throw new IndexOutOfBoundsException(index);
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof WholeRow;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WholeRow row && children.equals(row.children);
  }

  @Override
  public int hashCode() {
    return children.hashCode();
  }
}
