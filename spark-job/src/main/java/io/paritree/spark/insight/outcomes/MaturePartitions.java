package io.paritree.spark.insight.outcomes;

import io.paritree.output.PartitionValue;
import io.paritree.spark.report.RefusedException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Which rows are so old that all of their outcomes are known.
 *
 * @param horizonDays after how many days they are; empty if all rows count
 * @param asOf the last day of labels; empty if labels have no time
 * @param dayLevel the partition column whose values are days, if they are any; -1 if none is
 */
record MaturePartitions(Optional<Integer> horizonDays, Optional<LocalDate> asOf, int dayLevel) {

  /**
   * Returns which rows are mature.
   *
   * @param scoredLevel as in {@link PublishedScores}
   * @param asOf the day of the newest label; empty if labels have no time
   */
  static MaturePartitions of(
      OutcomeQuery query, Collection<RowGroup> groups, int scoredLevel, Optional<LocalDate> asOf)
      throws RefusedException {
    Optional<Integer> horizon = query.maturity().horizonDays();
    boolean isByColumn = !query.maturity().scoredAt().isEmpty();
    int level = isByColumn ? scoredLevel : dayLevel(groups);
    if (horizon.isPresent() && asOf.isEmpty()) {
      throw new RefusedException(
          "Cannot use --horizon without a last day: give it as --as-of, or the column that says when labels were known as --label-time");
    } else if (horizon.isPresent() && level < 0 && !isByColumn) {
      throw new RefusedException(
          "Cannot use --horizon for %s: no partition column has days (yyyy-MM-dd or yyyyMMdd) only; give the column that says when a row was scored by --scored-at"
              .formatted(query.published().name()));
    }

    MaturePartitions maturity = new MaturePartitions(horizon, asOf, level);
    if (horizon.isPresent()
        && isByColumn
        && groups.stream().allMatch(group -> maturity.day(group).isEmpty())) {
      throw new RefusedException(
          "Cannot use --horizon for %s: no row has a day (yyyy-MM-dd or yyyyMMdd, a date or a timestamp) in the column '%s' of --scored-at"
              .formatted(query.published().name(), query.maturity().scoredAt()));
    }

    return maturity;
  }

  private static int dayLevel(Collection<RowGroup> groups) {
    int levels = groups.stream().mapToInt(group -> group.partition().size()).max().orElse(0);
    for (int level = levels - 1; level >= 0; level--) {
      int at = level;
      List<List<String>> known =
          groups.stream().map(RowGroup::partition).filter(own -> own.get(at) != null).toList();
      if (!known.isEmpty() && known.stream().allMatch(own -> day(own, at).isPresent())) {
        return level;
      }
    }

    return -1;
  }

  private static Optional<LocalDate> day(List<String> values, int level) {
    String value = level < 0 || level >= values.size() ? null : values.get(level);
    return value == null ? Optional.empty() : new PartitionValue("day", value).day();
  }

  /** Returns the day on which rows were scored; empty if it is not known. */
  Optional<LocalDate> day(RowGroup group) {
    return group.scored().isEmpty()
        ? day(group.partition(), dayLevel)
        : Optional.of(LocalDate.parse(group.scored()));
  }

  /** Returns the versions of the mature rows, ascending. */
  Set<String> versions(Collection<RowGroup> groups) {
    return groups.stream()
        .filter(this::isMature)
        .map(RowGroup::version)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Returns {@link RowGroup#NUMBER}, {@link JoinedScores#DAY} and {@link JoinedScores#MATURE} of
   * each group.
   */
  Dataset<Row> days(SparkSession session, Map<Long, RowGroup> groups) {
    StructType columns =
        new StructType()
            .add(RowGroup.NUMBER, DataTypes.LongType, false)
            .add(JoinedScores.DAY, DataTypes.DateType)
            .add(JoinedScores.MATURE, DataTypes.BooleanType, false);
    List<Row> rows = new ArrayList<>();
    groups.forEach(
        (number, group) ->
            rows.add(RowFactory.create(number, day(group).orElse(null), isMature(group))));
    return session.createDataFrame(rows, columns);
  }

  boolean isMature(RowGroup group) {
    return horizonDays.isEmpty()
        || day(group)
            .map(day -> !day.plusDays(horizonDays.get()).isAfter(asOf.get()))
            .orElse(false);
  }
}
