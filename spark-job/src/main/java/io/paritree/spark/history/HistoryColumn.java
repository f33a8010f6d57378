package io.paritree.spark.history;

import java.util.Locale;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of the table of drift, in their order. */
enum HistoryColumn {
  RUN(DataTypes.StringType),
  AT(DataTypes.TimestampType),
  PARTITION(DataTypes.StringType),
  SUBJECT(DataTypes.StringType),
  KIND(DataTypes.StringType),
  BASELINE(DataTypes.StringType),
  ROWS(DataTypes.LongType),
  PROFILED(DataTypes.LongType),
  VALUE(DataTypes.DoubleType),
  VALUE_BASELINE(DataTypes.DoubleType),
  PSI(DataTypes.DoubleType),
  PSI_NOISE(DataTypes.DoubleType),
  JS(DataTypes.DoubleType),
  LINF(DataTypes.DoubleType),
  MISSING(DataTypes.DoubleType),
  MISSING_BASELINE(DataTypes.DoubleType),
  UNSEEN(DataTypes.DoubleType),
  UNSEEN_BASELINE(DataTypes.DoubleType),
  FAULTS(DataTypes.DoubleType),
  IMPACT(DataTypes.DoubleType),
  RULE(DataTypes.StringType),
  VERDICT(DataTypes.StringType);

  private final DataType type;

  HistoryColumn(DataType type) {
    this.type = type;
  }

  /** Returns all columns; each may have nulls. */
  static StructType schema() {
    StructType schema = new StructType();
    for (HistoryColumn column : values()) {
      schema = schema.add(column.name().toLowerCase(Locale.ROOT), column.type);
    }

    return schema;
  }
}
