package io.paritree.spark.versions.rows;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.DataTypes;

/**
 * Two floats as one long, which is never null: a null float is NaN. Half as many columns, none of
 * which can be null, are less work for Spark to write into a row and for others to copy and read.
 *
 * <p>Immutable and thread-safe.
 */
public final class FloatPair extends ColumnsExpression {
  FloatPair(Expression first, Expression second) {
    super(List.of(first, second), DataTypes.LongType);
  }

  /** Returns two columns of floats as one, by their plain names, not quoted. */
  public static Column of(String first, String second) {
    return RowEncoders.column(
        new FloatPair(UnresolvedAttribute.quoted(first), UnresolvedAttribute.quoted(second)));
  }

  /** Returns the first float of a pair. */
  public static float first(long pair) {
    return Float.intBitsToFloat((int) (pair >>> Integer.SIZE));
  }

  /** Returns the second float of a pair. */
  public static float second(long pair) {
    return Float.intBitsToFloat((int) pair);
  }

  @Override
  ColumnsExpression on(List<Expression> others) {
    return new FloatPair(others.get(0), others.get(1));
  }

  @Override
  public Object eval(InternalRow row) {
    return (long) bits(columns().get(0).eval(row)) << Integer.SIZE
        | bits(columns().get(1).eval(row)) & 0xFFFFFFFFL;
  }

  private static int bits(Object value) {
    return Float.floatToRawIntBits(value == null ? Float.NaN : (float) value);
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode given) {
    ExprCode first = columns().get(0).genCode(context);
    ExprCode second = columns().get(1).genCode(context);
    String pair = context.freshName("pair");
    String code =
        "%s%n%s%nlong %s = (long) %s << 32 | %s & 0xFFFFFFFFL;%n"
            .formatted(first.code(), second.code(), pair, bits(first), bits(second));
    return result(code, pair);
  }

  @Override
  public String toString() {
    return "floatpair(%s, %s)".formatted(columns().get(0), columns().get(1));
  }

  private static String bits(ExprCode value) {
    return "Float.floatToRawIntBits(%s ? Float.NaN : %s)".formatted(value.isNull(), value.value());
  }
}
