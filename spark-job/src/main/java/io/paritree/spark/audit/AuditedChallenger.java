package io.paritree.spark.audit;

import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.output.ReportedChallenger;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.tables.SqlName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Another model whose scores of the rows were published beside them.
 *
 * @param name by which the run has called it
 */
record AuditedChallenger(String name, ModelFiles files, ScoringModel model) {
  private static final String VERSION = ScoreColumns.ofChallenger(ScoreColumns.MODEL_VERSION, "");

  /** Returns the columns that it gives, by the columns that they are published in. */
  Map<String, String> columns() {
    Map<String, String> columns = new LinkedHashMap<>();
    List<String> own =
        new ArrayList<>(ScoreColumns.of(model.outputs(), model.engine().scores(), 0).names());
    own.add(ScoreColumns.MODEL_VERSION);
    own.forEach(column -> columns.put(ScoreColumns.ofChallenger(column, name), column));
    return columns;
  }

  /** Returns the published columns of its scores. */
  List<String> numbers() {
    return ScoreColumns.of(model.outputs(), model.engine().scores(), 0).scores().stream()
        .map(column -> ScoreColumns.ofChallenger(column, name))
        .toList();
  }

  private static Optional<ReportedChallenger> reported(AuditedPartition partition, String name) {
    return partition.challengers().stream().filter(one -> one.name().equals(name)).findFirst();
  }

  /**
   * Returns why a challenger has not scored all rows that it can; empty if it has. Where no report
   * says it, rows do: whether it has failed, or has found a fault, is not known then.
   */
  static Optional<String> failure(AuditedPartition partition, String name, Dataset<Row> rows) {
    Optional<ReportedChallenger> reported = reported(partition, name);
    if (reported.isPresent()) {
      return Optional.of(reported.get().leftOut()).filter(why -> !why.isEmpty());
    }

    Column version = SqlName.column(ScoreColumns.ofChallenger(ScoreColumns.MODEL_VERSION, name));
    return rows.where(version.isNull()).isEmpty()
        ? Optional.empty()
        : Optional.of("rows have none, and the report of the run was removed");
  }

  /**
   * Returns which models have scored published rows beside the one that acts, by their names: as
   * the columns say it in files, or the report of the run.
   *
   * @param stored the columns of published rows
   */
  static Map<String, AuditedPartition.Model> of(AuditedPartition partition, StructType stored) {
    Map<String, AuditedPartition.Model> found = new LinkedHashMap<>();
    List<String> names = Arrays.asList(stored.fieldNames());
    int scores = names.indexOf(ScoreColumns.MODEL_VERSION);
    for (String column : names) {
      // Columns of challengers are before the version of the model itself.
      if (column.startsWith(VERSION) && names.indexOf(column) < scores) {
        String name = column.substring(VERSION.length());
        reported(partition, name)
            .filter(one -> !one.digest().isEmpty())
            .ifPresent(
                one ->
                    found.put(name, new AuditedPartition.Model(name, one.version(), one.digest())));
        for (StructField field : stored.fields()) {
          Metadata origin = field.metadata();
          if (field.name().endsWith("_" + name) && origin.contains("paritree.digest")) {
            found.put(
                name,
                new AuditedPartition.Model(
                    name,
                    origin.getString("paritree.version"),
                    origin.getString("paritree.digest")));
          }
        }
      }
    }

    return found;
  }
}
