package io.paritree.spark.audit;

import io.paritree.feature.Schema;
import io.paritree.output.PartitionValue;
import io.paritree.output.ScoredInput;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.DirectoryInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.Input;
import io.paritree.spark.input.InputCheck;
import io.paritree.spark.input.InputDigest;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.InputPartition;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.input.TableInput;
import io.paritree.spark.tables.CatalogTable;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.SqlName;
import io.paritree.spark.tables.TableToRead;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * The rows that a partition was made of, as they are now.
 *
 * @param rows with the columns that were asked for
 * @param change what says that they are not those that were scored; empty if they are the same
 */
record AuditedInput(Dataset<Row> rows, Optional<String> change) {

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
    List<InputPartition> sources = sources(listing, partition);
    CheckedInput checked =
        new InputCheck(
                query.input().format(),
                listing,
                schema,
                carried,
                List.of(),
                "",
                query.input().comparison(),
                problems)
            .check(sources, session, () -> {});
    refuse(listing.shown(), problems);
    Dataset<Row> rows =
        listing instanceof TableInput table
            ? tableRows(session, table, checked)
            : directoryRows(session, listing, checked);
    return new AuditedInput(rows, change(listing, sources, partition));
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

    if (asked.format() == InputFormat.CSV) {
      throw new RefusedException("the input: rows of CSV files are not scored again");
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

      if (version.isEmpty()) {
        throw new RefusedException(
            "the version of table %s that was scored: give it as --input-version".formatted(name));
      }

      PinnedTable table = table(session, query, new TableToRead(name, version));
      PartitionChoice all =
          new PartitionChoice(List.of(), Optional.empty(), PartitionChoice.Missing.REFUSED);
      listing = TableInput.of(table, all, problems);
    } else {
      Map<String, String> hadoop = HadoopPaths.settingsByName(session);
      Location located = FileStore.located(path, hadoop);
      listing =
          DirectoryInput.read(
              FileStore.of(located, hadoop), CallsAtOnce.DEFAULT, located, problems);
    }

    refuse(path, problems);
    return listing;
  }

  private static PinnedTable table(SparkSession session, AuditQuery query, TableToRead asked)
      throws RefusedException {
    PinnedTable table = query.published().tableFormat().input(session, asked);
    if (table instanceof CatalogTable) {
      throw new RefusedException(
          "the input: table %s has no versions, so its rows are not those that were scored"
              .formatted(asked.name()));
    }

    return table;
  }

  /** Returns the input's partitions that a partition was made of; all, if it has its own name. */
  private static List<InputPartition> sources(Input listing, AuditedPartition partition) {
    List<InputPartition> same =
        listing.partitions().stream()
            .filter(own -> PartitionValue.canonical(own.path()).equals(partition.partition()))
            .toList();
    return same.isEmpty() ? listing.partitions() : same;
  }

  private static Dataset<Row> directoryRows(
      SparkSession session, Input listing, CheckedInput checked) {
    List<ReadColumn> inFiles =
        checked.columns().stream().filter(column -> !column.isPartition()).toList();
    List<ReadColumn> inNames = checked.columns().stream().filter(ReadColumn::isPartition).toList();
    List<List<InputPartition>> reads =
        inNames.isEmpty()
            ? List.of(checked.selected())
            : checked.selected().stream().map(List::of).toList();
    Dataset<Row> all = null;
    for (List<InputPartition> read : reads) {
      List<InputFile> files =
          read.stream().flatMap(partition -> partition.files().stream()).toList();
      List<Column> columns = new ArrayList<>();
      inFiles.forEach(column -> columns.add(SqlName.column(column.name())));
      for (ReadColumn column : inNames) {
        PartitionValue value = read.get(0).values().get(column.partitionLevel());
        columns.add(
            functions
                .lit(value.isNull() ? null : value.value())
                .cast(DataTypes.StringType)
                .as(column.name()));
      }

      if (files.isEmpty()) {
        continue;
      }

      Dataset<Row> own =
          listing
              .rows(session, checked.format(), inFiles, files, Map.of())
              .select(columns.toArray(Column[]::new));
      all = all == null ? own : all.union(own);
    }

    return all == null ? none(session, checked) : all;
  }

  private static Dataset<Row> none(SparkSession session, CheckedInput checked) {
    Column[] columns =
        checked.columns().stream()
            .map(column -> functions.lit(null).cast(column.type()).as(column.name()))
            .toArray(Column[]::new);
    return session.range(0).select(columns);
  }

  private static Dataset<Row> tableRows(
      SparkSession session, TableInput table, CheckedInput checked) {
    List<String> levels = table.partitionColumns();
    List<ReadColumn> columns = new ArrayList<>(checked.columns());
    for (int level = 0; level < levels.size(); level++) {
      String name = levels.get(level);
      if (columns.stream().noneMatch(column -> column.name().equals(name))) {
        columns.add(new ReadColumn(name, DataTypes.StringType, level));
      }
    }

    Map<String, Set<String>> values = new HashMap<>();
    Column isOf = functions.lit(levels.isEmpty());
    for (InputPartition source : checked.selected()) {
      Column isOfSource = functions.lit(true);
      for (PartitionValue value : source.values()) {
        Column column = SqlName.column(value.column()).cast(DataTypes.StringType);
        isOfSource =
            isOfSource.and(value.isNull() ? column.isNull() : column.equalTo(value.value()));
        values
            .computeIfAbsent(value.column(), any -> new HashSet<>())
            .add(value.isNull() ? "" : value.value());
      }

      isOf = isOf.or(isOfSource);
    }

    boolean isAll = checked.selected().size() == table.partitions().size();
    List<InputFile> files =
        checked.selected().stream().flatMap(source -> source.files().stream()).toList();
    Dataset<Row> rows =
        table.rows(session, checked.format(), columns, files, isAll ? Map.of() : values);
    return isAll ? rows : rows.filter(isOf);
  }

  /** Returns what says that files are not those that were scored. */
  private static Optional<String> change(
      Input listing, List<InputPartition> sources, AuditedPartition partition) {
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
