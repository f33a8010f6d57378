package io.paritree.spark.insight.outcomes;

import io.paritree.output.QuarantineColumns;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.StoredRuns;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The keys of rows that could not be scored.
 *
 * @param rows {@code key_0}, ...; empty if there are none
 * @param areAll whether none are missing: what runs leave may have been removed
 */
record QuarantinedKeys(Optional<Dataset<Row>> rows, boolean areAll) {
  static final QuarantinedKeys UNKNOWN = new QuarantinedKeys(Optional.empty(), false);

  /** Returns the keys of the rows of partitions that runs could not score. */
  static QuarantinedKeys of(
      SparkSession session, OutcomeQuery query, OutputPlace place, KnownPartitions known)
      throws IOException {
    Optional<Dataset<Row>> all = Optional.empty();
    boolean areAll = known.areAll();
    for (Map.Entry<String, Set<String>> run : known.faulty().entrySet()) {
      Optional<Location> directory = new StoredRuns(place).quarantine(run.getKey());
      if (directory.isEmpty()) {
        areAll = false;
        continue;
      }

      Dataset<Row> rows = session.read().parquet(HadoopPaths.pattern(directory.get()));
      if (query.keys().stream().allMatch(name -> PublishedScores.has(rows.schema(), name))) {
        Dataset<Row> keys = keys(query, rows, run.getValue());
        all = Optional.of(all.map(before -> before.unionByName(keys)).orElse(keys));
      } else {
        areAll = false;
      }
    }

    return new QuarantinedKeys(all, areAll);
  }

  private static Dataset<Row> keys(OutcomeQuery query, Dataset<Row> rows, Set<String> partitions) {
    List<Column> columns = new ArrayList<>();
    for (int index = 0; index < query.keys().size(); index++) {
      columns.add(PublishedScores.column(query.keys().get(index)).as(PublishedScores.key(index)));
    }

    Column partition = PublishedScores.column(QuarantineColumns.PARTITION);
    return rows.filter(partition.isin(partitions.toArray())).select(columns.toArray(Column[]::new));
  }

  /** Returns how many of them have a label; empty if that is not known. */
  OptionalLong withLabel(LabelTable labels, OutcomeQuery query) {
    if (!areAll) {
      return OptionalLong.empty();
    } else if (rows.isEmpty()) {
      return OptionalLong.of(0);
    }

    String[] keys = PublishedScores.keys(query.keys().size());
    return OptionalLong.of(rows.get().join(labels.rows(), keys, "left_semi").count());
  }
}
