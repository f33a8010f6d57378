package io.paritree.spark.run;

import io.paritree.feature.Schema;
import io.paritree.spark.output.OutputColumns;
import io.paritree.spark.score.Quarantine;
import io.paritree.spark.settings.JobSettings;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks the names of columns: none may occur twice in the output or in the quarantine.
 *
 * @param problems receives what prevents the run
 */
record NameCheck(JobSettings settings, List<String> problems) {
  /**
   * Checks the columns of a run.
   *
   * @param carried keys and passed columns
   * @param partitionColumns the partition columns of the output
   */
  void check(
      OutputColumns columns, List<String> carried, List<String> partitionColumns, Schema schema) {
    Set<String> own = new HashSet<>();
    for (String name : columns.names()) {
      if (!own.add(name)) {
        problems.add(
            "column '%s' would be written twice; give the challenger that it is of another name"
                .formatted(name));
      }
    }

    Set<String> seen = new HashSet<>();
    for (String name : carried) {
      if (own.contains(name)) {
        problems.add(
            "column '%s' is requested as a key or passed column, but the job itself writes a column"
                    .formatted(name)
                + " of this name");
      }

      if (!seen.add(name)) {
        problems.add(
            "column '%s' is requested twice among keys and passed columns".formatted(name));
      }
    }

    if (!settings.input().groupBy().isEmpty()
        && !partitionColumns.contains(settings.input().groupBy())) {
      problems.add(
          "column '%s' of --group-by is not a partition column of the output; these are %s"
              .formatted(settings.input().groupBy(), partitionColumns));
    }

    for (String name : partitionColumns) {
      if (own.contains(name)) {
        problems.add(
            "partition column '%s' has the name of a column of the output".formatted(name));
      }

      if (!settings.output().partition().isEmpty() && seen.contains(name)) {
        problems.add(
            "column '%s' is requested as a key or passed column, but is the output's partition"
                .formatted(name));
      }
    }

    Set<String> read = new LinkedHashSet<>();
    carried.forEach(name -> read.add(name));
    schema.fields().forEach(field -> read.add(field.column()));
    for (String name : Quarantine.ADDED.fieldNames()) {
      if (read.contains(name)) {
        problems.add(
            "column '%s' has the name of a column that the quarantine adds; rename it"
                .formatted(name));
      }
    }
  }
}
