package io.paritree.spark.input;

import io.paritree.spark.versions.SparkVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataType;

/**
 * Compares the types that columns have in files of Parquet, as Spark reads them: writers annotate
 * and store the same values differently.
 *
 * @param sql how Spark reads Parquet
 * @param problems receives a message for each type that cannot be read
 */
record StoredTypes(SQLConf sql, List<String> problems) {
  /** Returns the type of a column in a file; if Spark does not read it, that is a problem. */
  Optional<DataType> of(String name, FileSchema file) {
    Type parquet = file.types().get(name);
    if (parquet.isPrimitive()
        && parquet.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation timestamp
        && timestamp.getUnit() == LogicalTypeAnnotation.TimeUnit.NANOS) {
      problems.add(
          ("column '%s' of file %s holds timestamps in nanoseconds, which Spark does not read; write"
                  + " it in microseconds (pandas and pyarrow: coerce_timestamps='us')")
              .formatted(name, file.file().name()));
      return Optional.empty();
    }

    try {
      MessageType alone = new MessageType("one", parquet);
      return Optional.of(
          new ParquetToSparkSchemaConverter(sql).convert(alone).fields()[0].dataType());
    } catch (Exception e) {
      // Scala throws Spark's checked AnalysisException without declaring it.
      problems.add(
          "column '%s' of file %s has a type that Spark does not read: %s"
              .formatted(name, file.file().name(), parquet));
      return Optional.empty();
    }
  }

  /**
   * Returns a column in the type that holds its values of all files; if there is none, that is a
   * problem.
   *
   * @param column has its type in the first file
   */
  ReadColumn widest(ReadColumn column, List<FileSchema> schemas) {
    FileSchema first = schemas.get(0);
    Map<DataType, FileSchema> types = new LinkedHashMap<>();
    types.put(column.type(), first);
    Type seen = first.types().get(column.name());
    for (FileSchema file : schemas) {
      if (file.columns().contains(column.name())) {
        Type type = file.types().get(column.name());
        if (!type.equals(seen)) {
          of(column.name(), file).ifPresent(own -> types.putIfAbsent(own, file));
          seen = type;
        }
      }
    }

    Optional<DataType> widest = Widening.widest(types.keySet());
    SparkVersion spark = SparkVersion.running();
    if (widest.isPresent()
        && !spark.readsWidenedColumns()
        && !Widening.areStoredAlike(types.keySet())) {
      problems.add(
          "column '%s' is %s, depending on the file, which Spark %s does not read as one column; Spark 4.0 does"
              .formatted(
                  column.name(),
                  types.keySet().stream().map(DataType::sql).collect(Collectors.joining(" or ")),
                  spark.text()));
    }

    if (widest.isEmpty()) {
      types.forEach(
          (own, file) -> {
            if (file != first) {
              problems.add(differs(column, own, file, first));
            }
          });
    }

    return new ReadColumn(column.name(), widest.orElse(column.type()), -1);
  }

  private static String differs(
      ReadColumn column, DataType own, FileSchema file, FileSchema first) {
    return "column '%s' is %s (%s) in file %s, but %s (%s) in file %s"
        .formatted(
            column.name(),
            own.sql(),
            shown(file.types().get(column.name())),
            file.file().name(),
            column.type().sql(),
            shown(first.types().get(column.name())),
            first.file().name());
  }

  private static String shown(Type type) {
    return type.toString().replace(" " + type.getName(), "");
  }
}
