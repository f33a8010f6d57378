package io.paritree.spark.insight.audit;

import io.paritree.feature.Schema;
import io.paritree.output.PartitionValue;
import io.paritree.output.ScoredInput;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.DirectoryInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.Input;
import io.paritree.spark.input.InputCheck;
import io.paritree.spark.input.InputDigest;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.InputPartition;
import io.paritree.spark.input.InputRows;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.input.TableInput;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.CatalogTable;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.TableToRead;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The rows that a partition was made of, as they are now.
 *
 * @param rows with the columns that were asked for
 * @param cells columns whose texts are read as cells of CSV are
 * @param change what says that they are not those that were scored; empty if nothing does
 * @param isRecorded whether it is known which files were scored; if not, only their times are
 *     compared
 */
record AuditedInput(
    Dataset<Row> rows, Set<String> cells, Optional<String> change, boolean isRecorded) {
  /**
   * Finds them.
   *
   * @param schema of the model that reads them
   * @param carried columns of them that were published, too
   * @throws RefusedException saying what is missing
   */
  static AuditedInput of(
      SparkSession session,
      AuditQuery query,
      AuditedPartition partition,
      Schema schema,
      List<String> carried)
      throws RefusedException, IOException {
    Input listing = listing(session, query, partition);
    List<String> problems = new ArrayList<>();
    List<InputPartition> same = named(listing, partition);
    boolean isNamed = !same.isEmpty();
    List<InputPartition> sources = isNamed ? same : listing.partitions();
    InputCheck check =
        new InputCheck(
            InputFormat.PARQUET,
            listing,
            schema,
            carried,
            List.of(),
            query.published().calls(),
            problems);
    CheckedInput checked = check.check(sources, session, () -> {});
    refuse(listing.shown(), problems);
    Set<String> cells = new HashSet<>();
    for (ReadColumn column : checked.read()) {
      if (column.isPartition()) {
        cells.add(column.name());
      }
    }

    Dataset<Row> rows = InputRows.of(session, listing, checked);
    boolean isKnown =
        partition.input().filter(own -> !own.digest().isEmpty()).isPresent()
            || listing instanceof TableInput && (isNamed || listing.partitionColumns().isEmpty());
    return new AuditedInput(rows, cells, change(listing, sources, partition), isKnown);
  }

  private static void refuse(String input, List<String> problems) throws RefusedException {
    if (!problems.isEmpty()) {
      throw new RefusedException("the input %s: %s".formatted(input, String.join("; ", problems)));
    }
  }

  private static Input listing(SparkSession session, AuditQuery query, AuditedPartition partition)
      throws RefusedException, IOException {
    AuditQuery.Rows asked = query.input();
    Optional<ScoredInput> recorded = partition.input();
    boolean isGiven = !asked.path().isEmpty() || !asked.table().isEmpty();
    if (!isGiven && recorded.isEmpty()) {
      throw new RefusedException(
          "the input: the report of run %s, which says what it read, was removed; give --input or --input-table"
              .formatted(partition.run()));
    }

    String path = isGiven ? asked.path() : recorded.get().path();
    boolean isTable =
        isGiven
            ? !asked.table().isEmpty()
            : !recorded.get().version().isEmpty() || !path.contains("/");
    List<String> problems = new ArrayList<>();
    Input listing;
    if (isTable) {
      String name = isGiven ? asked.table() : path;
      String version = asked.version();
      if (version.isEmpty()) {
        version = recorded.map(ScoredInput::version).orElse("");
      }

      PinnedTable table =
          query.published().tableFormat().input(session, new TableToRead(name, version));
      if (version.isEmpty() && !(table instanceof CatalogTable)) {
        throw new RefusedException(
            "the version of table %s that was scored: give it as --input-version".formatted(name));
      }

      listing = TableInput.of(table, PartitionChoice.ALL, problems);
    } else {
      Map<String, String> hadoop = HadoopPaths.settingsByName(session);
      Location located = FileStore.located(path, hadoop);
      listing =
          DirectoryInput.read(
              FileStore.of(located, hadoop), query.published().calls(), located, problems);
    }

    refuse(path, problems);
    return listing;
  }

  /**
   * Returns the input's partition of the same name; empty if the run has named it.
   *
   * @throws RefusedException if its own is not there
   */
  private static List<InputPartition> named(Input listing, AuditedPartition partition)
      throws RefusedException {
    List<InputPartition> same =
        listing.partitions().stream()
            .filter(own -> PartitionValue.canonical(own.path()).equals(partition.partition()))
            .toList();
    if (same.isEmpty()
        && !listing.partitionColumns().isEmpty()
        && partition.levels().equals(Set.copyOf(listing.partitionColumns()))) {
      throw new RefusedException(
          "the input: %s has no partition %s".formatted(listing.shown(), partition.partition()));
    }

    return same;
  }

  /** Returns what says that files are not those that were scored. */
  private static Optional<String> change(
      Input listing, List<InputPartition> sources, AuditedPartition partition) {
    if (listing.isOfRows()) {
      return Optional.of(
          "%s has no versions, so its rows may have changed".formatted(listing.shown()));
    }

    List<InputFile> files = sources.stream().flatMap(source -> source.files().stream()).toList();
    String digest = partition.input().map(ScoredInput::digest).orElse("");
    if (digest.equals(new InputDigest(listing).of(files).digest())) {
      return Optional.empty();
    }

    boolean isPinned = listing instanceof TableInput;
    String version = partition.input().map(ScoredInput::version).orElse("");
    if (isPinned && (digest.isEmpty() || !version.equals(listing.version()))) {
      return version.equals(listing.version())
          ? Optional.empty()
          : Optional.of(
              "version %s of the input is not version %s, which was scored"
                  .formatted(listing.version(), version));
    }

    String newer =
        files.stream()
            .filter(file -> file.modifiedMillis() > partition.scoredAt().toEpochMilli())
            .map(InputFile::name)
            .limit(3)
            .collect(Collectors.joining(", "));
    if (!newer.isEmpty()) {
      return Optional.of("files of the input were written since: " + newer);
    }

    return digest.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the input has %s files, which are not the %s that were scored"
                .formatted(files.size(), partition.input().map(ScoredInput::files).orElse(0L)));
  }
}
