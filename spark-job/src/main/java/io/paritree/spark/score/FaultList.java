package io.paritree.spark.score;

import io.paritree.Fault;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/** The faults of a row as a column, in the quarantine as in queries. */
public final class FaultList {
  /** An array of {@code field, code, got, expected}. */
  public static final ArrayType TYPE =
      DataTypes.createArrayType(
          new StructType()
              .add("field", DataTypes.StringType)
              .add("code", DataTypes.StringType)
              .add("got", DataTypes.StringType)
              .add("expected", DataTypes.StringType),
          false);

  private FaultList() {}

  /** Returns the faults as Spark holds them. */
  public static GenericArrayData of(List<Fault> faults) {
    return new GenericArrayData(faults.stream().map(FaultList::row).toArray());
  }

  private static GenericInternalRow row(Fault fault) {
    return new GenericInternalRow(texts(fault).toArray());
  }

  /** Returns the columns of a fault. */
  public static List<UTF8String> texts(Fault fault) {
    return Stream.of(fault.field(), fault.code().code(), fault.got(), fault.expected())
        .map(UTF8String::fromString)
        .toList();
  }
}
