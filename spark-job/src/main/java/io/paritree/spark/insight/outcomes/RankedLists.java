package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.paritree.outcome.OutcomeRow;
import io.paritree.outcome.RankOutcome;
import io.paritree.spark.task.JavaSerialized;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/** The lists of a ranking, measured where their rows are together. */
final class RankedLists {
  private RankedLists() {}

  /**
   * Measures lists.
   *
   * @param rows of {@link JoinedScores} that are measured, with a list
   * @param places which of the results the rows of a group are of, by the number of the group
   * @return the results by their places; none of rows that are not there
   */
  static Map<Integer, RankOutcome> of(Dataset<Row> rows, Map<Long, int[]> places) {
    HashMap<Long, int[]> ofGroups = new HashMap<>(places);
    Map<Integer, RankOutcome> measured = new HashMap<>();
    inOrder(rows)
        .javaRDD()
        .mapPartitionsToPair(own -> measured(own, ofGroups))
        .reduceByKey(RankedLists::sum)
        .collect()
        .forEach(
            own -> {
              RankOutcome all = new RankOutcome();
              all.add(own._2.value());
              measured.put(own._1, all);
            });
    return measured;
  }

  /** Returns rows list by list: number of the group, list, score, outcome, weight. */
  private static Dataset<Row> inOrder(Dataset<Row> rows) {
    return rows.select(
            col(RowGroup.NUMBER),
            col(PublishedScores.LIST),
            col(PublishedScores.SCORE),
            coalesce(col(LabelRows.OUTCOME), lit(0.0)),
            coalesce(col(LabelRows.WEIGHT), lit(1.0)))
        .repartition(col(PublishedScores.LIST))
        .sortWithinPartitions(col(PublishedScores.LIST), col(PublishedScores.SCORE));
  }

  /** Returns a row of {@link #inOrder}. */
  private static OutcomeRow row(Row row) {
    return new OutcomeRow(
        row.getDouble(2), row.getDouble(3), Double.NaN, row.getDouble(4), 1, row.getLong(1));
  }

  private static Iterator<Tuple2<Integer, JavaSerialized<RankOutcome>>> measured(
      Iterator<Row> rows, Map<Long, int[]> places) {
    Map<Integer, RankOutcome> outcomes = new HashMap<>();
    while (rows.hasNext()) {
      Row next = rows.next();
      OutcomeRow row = row(next);
      for (int place : places.get(next.getLong(0))) {
        outcomes.computeIfAbsent(place, any -> new RankOutcome()).add(row);
      }
    }

    outcomes.values().forEach(RankOutcome::end);
    List<Tuple2<Integer, JavaSerialized<RankOutcome>>> all =
        outcomes.entrySet().stream()
            .map(own -> new Tuple2<>(own.getKey(), new JavaSerialized<>(own.getValue())))
            .toList();
    return all.iterator();
  }

  private static JavaSerialized<RankOutcome> sum(
      JavaSerialized<RankOutcome> one, JavaSerialized<RankOutcome> other) {
    RankOutcome all = new RankOutcome();
    all.add(one.value());
    all.add(other.value());
    all.end();
    return new JavaSerialized<>(all);
  }
}
