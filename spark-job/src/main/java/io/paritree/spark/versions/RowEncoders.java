package io.paritree.spark.versions;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.GetColumnByOrdinal;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.encoders.ExpressionEncoder;
import org.apache.spark.sql.catalyst.encoders.package$;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.CreateNamedStruct;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.KnownNotNull;
import org.apache.spark.sql.catalyst.expressions.KnownNullable;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.classic.ExpressionUtils$;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.ObjectType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * Encoders between a function and the rows of a Dataset as Spark itself holds them. Spark's own
 * encoder of {@code Row} makes an object of each value, and of each row an object of objects.
 *
 * <p>The constructors and the {@code copy} of these classes of Spark differ, so that they are found
 * by name.
 */
public final class RowEncoders {
  private RowEncoders() {}

  /**
   * Returns an encoder that reads all columns of a Dataset, in order, and cannot write. The next
   * row may be in the memory of this one, so that what outlasts it is to be copied.
   *
   * @param columns the columns of the Dataset
   */
  public static Encoder<InternalRow> reading(StructType columns) {
    List<Expression> inputs = new ArrayList<>();
    for (StructField column : columns.fields()) {
      inputs.add(new GetColumnByOrdinal(inputs.size(), column.dataType()));
    }

    ExpressionEncoder<InternalRow> any = any(InternalRow.class);
    return with(any, any.objSerializer(), new WholeRow(inputs));
  }

  /**
   * Returns an encoder that writes columns of rows, and cannot read. Spark does not keep the rows.
   * A query that reads a field of a struct in such a column is wrong, except by {@link #whole}.
   *
   * @param row all columns of a row, with different names
   * @param written the names of the columns that are written
   */
  public static Encoder<JoinedRow> writing(StructType row, List<String> written) {
    // The object is a row, and to Spark a row is what a struct is.
    Expression object = new BoundReference(0, row, false);
    List<Expression> columns = new ArrayList<>();
    for (String name : written) {
      columns.add(Literal.create(name, DataTypes.StringType));
      columns.add(new GetStructField(object, row.fieldIndex(name), Option.empty()));
    }

    // Another type than the other encoder's objects have: where both are the same, Spark hands
    // the objects of one function to the next one, without encoders.
    return with(
        any(JoinedRow.class),
        SparkLists.create(CreateNamedStruct.class, SparkLists.scala(columns)),
        new GetColumnByOrdinal(0, new ObjectType(JoinedRow.class)));
  }

  /**
   * Returns a column that {@link #writing} made, so that it is always read as a whole. Of its
   * structs, Spark would leave out the fields that a query does not read, and count the others
   * anew, while the rows stay as they are.
   */
  public static Column whole(String name, boolean isNullable) {
    Expression column = UnresolvedAttribute.quoted(name);
    Expression tagged = isNullable ? new KnownNullable(column) : new KnownNotNull(column);
    return column(tagged);
  }

  /** Returns an expression as a column of the API. */
  static Column column(Expression expression) {
    return SparkVersion.running().hasApiWithoutExpressions()
        ? (Column) SparkLists.call(ExpressionUtils$.MODULE$, "column", expression)
        : SparkLists.create(Column.class, expression);
  }

  /** Returns an encoder of this type, to be given expressions of our own. */
  @SuppressWarnings("unchecked") // an encoder has the type of the one that it is made of
  private static <T> ExpressionEncoder<T> any(Class<T> type) {
    return (ExpressionEncoder<T>)
        SparkLists.call(package$.MODULE$, "encoderFor", Encoders.kryo(type));
  }

  @SuppressWarnings("unchecked") // likewise
  private static <T> Encoder<T> with(
      ExpressionEncoder<T> any, Expression serializer, Expression deserializer) {
    return (Encoder<T>)
        (SparkVersion.running().hasApiWithoutExpressions()
            ? SparkLists.call(
                any, "copy", SparkLists.call(any, "encoder"), serializer, deserializer)
            : SparkLists.call(any, "copy", serializer, deserializer, any.clsTag()));
  }
}
