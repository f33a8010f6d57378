package io.paritree.spark.insight.audit;

import io.paritree.model.RecordedModels;
import io.paritree.output.DataFile;
import io.paritree.output.PartitionValue;
import io.paritree.output.RunReport;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.StoredRuns;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.FileGroups;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.RunMarks;
import io.paritree.spark.tables.TableFile;
import io.paritree.spark.tables.TableToRead;
import io.paritree.spark.tables.formats.AskedScores;
import io.paritree.store.Location;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Scores in a version of a table. Which run has written a partition, the marks of the version say,
 * and the report of the run that names its files.
 */
final class AuditedTable implements AuditedOutput {
  private final SparkSession session;
  private final PinnedTable table;
  private final StoredRuns runs;
  private final List<String> keys;
  private final Map<String, List<TableFile>> files = new TreeMap<>();
  private final Optional<RunMarks> marks;
  private final Map<String, List<StoredRuns.Written>> written;

  private AuditedTable(SparkSession session, PinnedTable table, StoredRuns runs, List<String> keys)
      throws IOException {
    this.session = session;
    this.table = table;
    this.runs = runs;
    this.keys = keys;
    this.marks = table.marks();
    this.written = marks.isPresent() ? runs.written(marks.get()::isPublished) : Map.of();
    for (TableFile file : table.files()) {
      List<PartitionValue> values = new ArrayList<>();
      for (String column : table.partitionColumns()) {
        String value = Objects.requireNonNullElse(file.partition().get(column), "");
        values.add(new PartitionValue(column, value));
      }

      files.computeIfAbsent(PartitionValue.path(values), any -> new ArrayList<>()).add(file);
    }
  }

  /**
   * Finds a table and its newest version.
   *
   * @throws RefusedException if there is none, or nothing is known of its files
   */
  static AuditedTable of(SparkSession session, AskedScores asked)
      throws RefusedException, IOException {
    PinnedTable table = asked.tableFormat().input(session, new TableToRead(asked.table(), ""));
    if (table.version().isEmpty() || table.location().isEmpty()) {
      throw new RefusedException(
          "Cannot audit table %s: nothing is known of its files and versions"
              .formatted(asked.table()));
    }

    OutputPlace place = asked.place(table.location(), HadoopPaths.settingsByName(session));
    return new AuditedTable(session, table, new StoredRuns(place), asked.keys());
  }

  @Override
  public OutputPlace place() {
    return runs.place();
  }

  @Override
  public String shown() {
    return table.asked().name();
  }

  @Override
  public String version() {
    return table.version();
  }

  /** Returns the partitions that have files, and those that a run has left without rows. */
  @Override
  public List<String> partitions() {
    Set<String> all = new TreeSet<>(files.keySet());
    all.addAll(written.keySet());
    return List.copyOf(all);
  }

  @Override
  public Optional<AuditedPartition> partition(String partition) {
    Map<String, Location> own = new HashMap<>();
    for (TableFile file : files.getOrDefault(partition, List.of())) {
      own.put(file.path().getName(), HadoopPaths.located(file.path()));
    }

    return written.getOrDefault(partition, List.of()).stream()
        .filter(run -> run.report().start().model().isPresent())
        .filter(run -> own.keySet().equals(names(run.partition().files(), own.isEmpty())))
        .findFirst()
        .map(run -> partition(run, own));
  }

  /**
   * Returns the names of the files of a run; of a partition without rows, no file is in a table.
   */
  private static Set<String> names(List<DataFile> files, boolean isEmpty) {
    return files.stream()
        .filter(file -> !isEmpty || file.rows() > 0)
        .map(DataFile::name)
        .collect(Collectors.toSet());
  }

  private AuditedPartition partition(StoredRuns.Written known, Map<String, Location> own) {
    RunReport.Start start = known.report().start();
    RunReport.Model model = start.model().orElseThrow();
    RunReport.Partition partition = known.partition();
    return new AuditedPartition(
        partition.path(),
        table.version(),
        known.run(),
        new RecordedModels.Recorded(model.version(), model.digest()),
        new AuditedPartition.Rows(partition.read(), partition.scored(), partition.quarantined()),
        keys,
        List.of(),
        Optional.of(AuditedDirectory.input(start)),
        Instant.parse(start.startedAt()),
        partition.files().stream()
            .filter(file -> own.containsKey(file.name()))
            .map(file -> new AuditedFile(own.get(file.name()), file))
            .toList(),
        List.of());
  }

  @Override
  public String absence(String partition) {
    return marks.isEmpty()
        ? "its run: some files are partitioned in another way than the table is now, so that it does not say who has written them"
        : "its run: no report in %s names exactly its files and rows; another program has written or changed them, or the report was removed"
            .formatted(runs.place().runs());
  }

  @Override
  public boolean isBeingPublished() {
    return false; // a version does not change
  }

  @Override
  public List<String> foreign(AuditedPartition partition) {
    return List.of(); // the table's log names its files
  }

  @Override
  public Optional<Dataset<Row>> rows(AuditedPartition partition) {
    Map<String, Set<String>> values = new HashMap<>();
    for (Map.Entry<String, String> value : PartitionValue.texts(partition.partition()).entrySet()) {
      String text = value.getValue();
      values.put(value.getKey(), Set.of(Objects.requireNonNullElse(text, "")));
    }

    Map<TableFile, Integer> own = new HashMap<>();
    files.getOrDefault(partition.partition(), List.of()).forEach(file -> own.put(file, 0));
    return Optional.of(
        table.rows(session, values).filter(FileGroups.of(table, own).column().isNotNull()));
  }

  @Override
  public Optional<Location> quarantine(AuditedPartition partition) throws IOException {
    return runs.quarantine(partition.run());
  }
}
