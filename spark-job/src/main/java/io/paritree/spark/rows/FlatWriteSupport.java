package io.paritree.spark.rows;

import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Writes rows of plain columns as Spark's write support does, with less work for each value.
 *
 * <p>Parquet's schema and the metadata for Spark are Spark's own. No value is boxed, and a text
 * that is the same object as in the row before, such as the model's version, is not copied again.
 * Timestamps are written as they are, in microseconds, as the job's session says. Rows of columns
 * of other types are for Spark's write support. Not thread-safe.
 */
final class FlatWriteSupport extends WriteSupport<InternalRow> {
  private enum Kind {
    BOOLEAN,
    BYTE,
    SHORT,
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    TEXT,
    OTHER
  }

  private final ParquetWriteSupport spark = new ParquetWriteSupport();
  private final String[] names;
  private final Kind[] kinds;
  private final UTF8String[] lastTexts;
  private final Binary[] lastBinaries;
  private RecordConsumer consumer;

  FlatWriteSupport(StructType schema) {
    this.names = schema.fieldNames();
    this.kinds =
        Arrays.stream(schema.fields())
            .map(StructField::dataType)
            .map(FlatWriteSupport::kind)
            .toArray(Kind[]::new);
    this.lastTexts = new UTF8String[names.length];
    this.lastBinaries = new Binary[names.length];
  }

  /** Returns whether all columns are of types that this class writes. */
  static boolean writes(StructType schema) {
    return Arrays.stream(schema.fields()).noneMatch(field -> kind(field.dataType()) == Kind.OTHER);
  }

  private static Kind kind(DataType type) {
    if (type instanceof LongType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType) {
      return Kind.LONG;
    } else if (type instanceof IntegerType || type instanceof DateType) {
      return Kind.INT;
    } else if (type instanceof FloatType) {
      return Kind.FLOAT;
    } else if (type instanceof DoubleType) {
      return Kind.DOUBLE;
    } else if (type instanceof ShortType) {
      return Kind.SHORT;
    } else if (type instanceof ByteType) {
      return Kind.BYTE;
    } else if (type instanceof BooleanType) {
      return Kind.BOOLEAN;
    }

    return type instanceof StringType ? Kind.TEXT : Kind.OTHER;
  }

  @Override
  @SuppressWarnings("deprecation") // abstract, so there is no way around it
  public WriteContext init(Configuration hadoop) {
    return spark.init(hadoop);
  }

  @Override
  public void prepareForWrite(RecordConsumer consumer) {
    this.consumer = consumer;
  }

  @Override
  public void write(InternalRow row) {
    RecordConsumer to = consumer;
    to.startMessage();
    for (int at = 0; at < kinds.length; at++) {
      if (!row.isNullAt(at)) {
        to.startField(names[at], at);
        write(row, at, to);
        to.endField(names[at], at);
      }
    }

    to.endMessage();
  }

  private void write(InternalRow row, int at, RecordConsumer to) {
    switch (kinds[at]) {
      case LONG -> to.addLong(row.getLong(at));
      case FLOAT -> to.addFloat(row.getFloat(at));
      case TEXT -> to.addBinary(binary(row.getUTF8String(at), at));
      case INT -> to.addInteger(row.getInt(at));
      case DOUBLE -> to.addDouble(row.getDouble(at));
      case SHORT -> to.addInteger(row.getShort(at));
      case BYTE -> to.addInteger(row.getByte(at));
      case BOOLEAN -> to.addBoolean(row.getBoolean(at));
      default -> throw new IllegalStateException("Cannot write column '%s'".formatted(names[at]));
    }
  }

  private Binary binary(UTF8String text, int at) {
    if (text != lastTexts[at]) {
      lastTexts[at] = text;
      lastBinaries[at] = Binary.fromConstantByteArray(text.getBytes());
    }

    return lastBinaries[at];
  }
}
