package io.paritree.spark.versions;

import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.codegen.GenerateSafeProjection$;
import scala.Function1;

/** Values of expressions by the code that Spark generates. */
final class Generated {
  private Generated() {}

  @SuppressWarnings("unchecked") // a projection makes rows of rows
  static Object value(WholeRow expression, InternalRow input) {
    Function1<InternalRow, InternalRow> projection =
        (Function1<InternalRow, InternalRow>)
            SparkLists.call(
                GenerateSafeProjection$.MODULE$, "generate", SparkLists.scala(List.of(expression)));
    return projection.apply(input).get(0, expression.dataType());
  }
}
