package io.paritree.spark.insight.outcomes;

import io.paritree.NameList;
import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.PartitionValue;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.report.FailedException;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.CatalogTable;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.RunMarks;
import io.paritree.spark.tables.TableToRead;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * Published scores as they were when they were found, with the columns that they have there.
 *
 * @param levels the partition columns, outermost first
 * @param version of the table; empty for a directory
 * @param place where their state is; empty if that is not known
 * @param quarantined the keys of rows that could not be scored
 * @param packages that have scored the rows
 */
record FoundScores(
    Dataset<Row> rows,
    List<String> levels,
    String version,
    Optional<OutputPlace> place,
    QuarantinedKeys quarantined,
    ScoringPackages packages) {

  /**
   * Finds the scores.
   *
   * @param place where they were published to; empty for a table
   * @throws RefusedException if there are none
   * @throws FailedException if rows of a partition cannot be seen, since it is being replaced
   */
  static FoundScores of(SparkSession session, OutcomeQuery query, Optional<OutputPlace> place)
      throws RefusedException, FailedException, IOException {
    return place.isPresent() ? ofDirectory(session, query, place.get()) : ofTable(session, query);
  }

  private static FoundScores ofDirectory(
      SparkSession session, OutcomeQuery query, OutputPlace place)
      throws RefusedException, FailedException, IOException {
    List<PartitionManifest> published = published(query, place);
    if (published.isEmpty()) {
      throw new RefusedException(
          "Cannot measure %s: no published partition was found in it%s; give the --output of a scoring run"
              .formatted(query.published().name(), days(query)));
    }

    List<Location> files = new ArrayList<>();
    for (PartitionManifest own : published) {
      for (DataFile file : own.files()) {
        files.add(place.partition(own.partition()).resolve(file.name()));
      }
    }

    if (files.isEmpty()) {
      throw new RefusedException(
          "Cannot measure %s: its partitions%s have no row"
              .formatted(query.published().name(), days(query)));
    }

    Dataset<Row> rows =
        ParquetRows.ofFiles(session, place.output(), query.published().name(), files);
    KnownPartitions known = KnownPartitions.of(published);
    return new FoundScores(
        rows,
        List.copyOf(PartitionValue.texts(published.get(0).partition()).keySet()),
        "",
        Optional.of(place),
        QuarantinedKeys.of(session, query, place, known),
        known.packages());
  }

  /** Returns what is published, when no run is replacing any of it. */
  private static List<PartitionManifest> published(OutcomeQuery query, OutputPlace place)
      throws FailedException, IOException {
    for (int look = 1; true; look++) {
      SortedMap<String, String> replaced = place.beingReplaced();
      List<PartitionManifest> published = place.published();
      replaced.putAll(place.beingReplaced());
      replaced.keySet().removeIf(partition -> !isAsked(query, partition));
      if (replaced.isEmpty()) {
        published.removeIf(own -> !isAsked(query, own.partition()));
        return published;
      } else if (look == Outcomes.LOOKS) {
        throw new FailedException(
            "Cannot measure %s: not all rows of %s can be seen, since run %s is replacing them, or was killed then; try again when it has ended, or run the job again, which completes it"
                .formatted(
                    query.published().name(),
                    NameList.known(List.copyOf(replaced.keySet())),
                    replaced.get(replaced.firstKey())));
      }

      LockSupport.parkNanos(Outcomes.PAUSE_NANOS);
    }
  }

  private static boolean isAsked(OutcomeQuery query, String partition) {
    return query.published().isOf(PartitionValue.texts(partition).values());
  }

  private static String days(OutcomeQuery query) {
    return query.published().from().map(" from %s"::formatted).orElse("")
        + query.published().to().map(" to %s"::formatted).orElse("");
  }

  private static FoundScores ofTable(SparkSession session, OutcomeQuery query)
      throws RefusedException, IOException {
    TableToRead asked = new TableToRead(query.published().table(), "");
    PinnedTable table = query.published().tableFormat().input(session, asked);
    Optional<OutputPlace> place = Optional.empty();
    if (!table.location().isEmpty()) {
      Map<String, String> hadoop = HadoopPaths.settingsByName(session);
      place = Optional.of(query.published().place(table.location(), hadoop));
    }

    Optional<RunMarks> marks = place.isEmpty() ? Optional.empty() : table.marks();
    QuarantinedKeys quarantined = QuarantinedKeys.UNKNOWN;
    ScoringPackages packages = ScoringPackages.UNKNOWN;
    if (marks.isPresent()) {
      KnownPartitions known =
          KnownPartitions.of(place.get(), marks.get(), partition -> isAsked(query, partition));
      quarantined = QuarantinedKeys.of(session, query, place.get(), known);
      packages = known.packages();
    }

    return new FoundScores(
        rows(session, query, table),
        table.partitionColumns(),
        table.version(),
        place,
        quarantined,
        packages);
  }

  private static Dataset<Row> rows(SparkSession session, OutcomeQuery query, PinnedTable table)
      throws RefusedException {
    Dataset<Row> rows = table.rows(session, Map.of());
    if (query.published().from().isEmpty() && query.published().to().isEmpty()) {
      return rows;
    }

    List<String> levels = table.partitionColumns();
    Set<List<String>> measured = levels.isEmpty() ? new HashSet<>() : partitions(rows, levels);
    measured.removeIf(own -> !query.published().isOf(own));
    if (measured.isEmpty()) {
      throw new RefusedException(
          "Cannot measure %s: no partition was found in it%s"
              .formatted(query.published().name(), days(query)));
    }

    Map<String, Set<String>> values = values(levels, measured);
    Dataset<Row> some =
        table instanceof CatalogTable catalog
            ? catalog.where(values).rows(session, Map.of())
            : table.rows(session, values);
    return levels.size() == 1 ? some : some.filter(isAny(levels, measured));
  }

  /** Values of several columns may have been found in other combinations, too. */
  private static Column isAny(List<String> levels, Set<List<String>> partitions) {
    Column[] columns = levels.stream().map(FoundScores::text).toArray(Column[]::new);
    Object[] values =
        partitions.stream()
            .map(
                own ->
                    functions.array(
                        own.stream()
                            .map(value -> functions.lit(value).cast(DataTypes.StringType))
                            .toArray(Column[]::new)))
            .toArray();
    return functions.array(columns).isin(values);
  }

  private static Column text(String level) {
    return PublishedScores.text(PublishedScores.column(level));
  }

  /** Returns the values of partitions by their columns; an empty text for a null. */
  private static Map<String, Set<String>> values(
      List<String> levels, Set<List<String>> partitions) {
    Map<String, Set<String>> values = new HashMap<>();
    for (List<String> partition : partitions) {
      for (int level = 0; level < levels.size(); level++) {
        values
            .computeIfAbsent(levels.get(level), any -> new HashSet<>())
            .add(Objects.requireNonNullElse(partition.get(level), ""));
      }
    }

    return values;
  }

  private static Set<List<String>> partitions(Dataset<Row> rows, List<String> levels) {
    Column[] columns = levels.stream().map(FoundScores::text).toArray(Column[]::new);
    Set<List<String>> partitions = new HashSet<>();
    for (Row row : rows.select(columns).distinct().collectAsList()) {
      List<String> values = new ArrayList<>();
      for (int level = 0; level < columns.length; level++) {
        values.add(row.getString(level));
      }

      partitions.add(values);
    }

    return partitions;
  }
}
