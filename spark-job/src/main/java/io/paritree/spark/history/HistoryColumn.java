package io.paritree.spark.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of the table of drift, in their order. */
enum HistoryColumn {
  RUN(DataTypes.StringType),
  AT(DataTypes.TimestampType),
  PARTITION(DataTypes.StringType),
  SLICE(DataTypes.StringType),
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

  /**
   * Returns why a table with some columns does not fit; empty if it does. Others are left alone.
   */
  static Optional<String> problem(StructType table) {
    Map<String, DataType> types = new HashMap<>();
    for (StructField column : table.fields()) {
      types.put(column.name().toLowerCase(Locale.ROOT), column.dataType());
    }

    List<String> wrong = new ArrayList<>();
    for (StructField column : schema().fields()) {
      DataType type = types.get(column.name());
      if (type == null) {
        wrong.add("has no column " + column.name());
      } else if (!type.equals(column.dataType())) {
        wrong.add(
            "has the column %s as %s, where %s is expected"
                .formatted(column.name(), type.simpleString(), column.dataType().simpleString()));
      }
    }

    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "it %s%s; --drift-table needs a table with the columns of drift"
                .formatted(
                    wrong.get(0),
                    wrong.size() == 1
                        ? ""
                        : ", and %s other columns do not fit".formatted(wrong.size() - 1)));
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
