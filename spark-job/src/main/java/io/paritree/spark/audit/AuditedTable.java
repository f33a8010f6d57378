package io.paritree.spark.audit;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionValue;
import io.paritree.output.RunReport;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.SqlName;
import io.paritree.spark.tables.TableFile;
import io.paritree.spark.tables.TableToRead;
import io.paritree.store.Location;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Scores in a version of a table. Which run has written a partition, the reports of runs say, which
 * name its files.
 */
final class AuditedTable implements AuditedOutput {
  private final SparkSession session;
  private final PinnedTable table;
  private final StoredRuns runs;
  private final List<String> keys;
  private final Map<String, List<TableFile>> files = new TreeMap<>();
  private final Map<Set<String>, Written> written = new HashMap<>();

  /** What a run has written. */
  private record Written(String run, RunReport report, RunReport.Partition partition) {}

  private AuditedTable(
      SparkSession session, PinnedTable table, StoredRuns runs, List<String> keys) {
    this.session = session;
    this.table = table;
    this.runs = runs;
    this.keys = keys;
  }

  /**
   * Finds a table and its newest version.
   *
   * @throws RefusedException if there is none, or nothing is known of its files
   */
  static AuditedTable of(SparkSession session, AuditQuery.Scores asked)
      throws RefusedException, IOException {
    PinnedTable table = asked.tableFormat().input(session, new TableToRead(asked.table(), ""));
    if (table.version().isEmpty() || table.location().isEmpty()) {
      throw new RefusedException(
          "Cannot audit table %s: nothing is known of its files and versions"
              .formatted(asked.table()));
    }

    OutputPlace place =
        OutputPlace.of(
            table.location(), asked.stateDirectory(), HadoopPaths.settingsByName(session));
    AuditedTable audited = new AuditedTable(session, table, new StoredRuns(place), asked.keys());
    audited.read();
    return audited;
  }

  private void read() throws IOException {
    for (TableFile file : table.files()) {
      List<PartitionValue> values = new ArrayList<>();
      for (String column : table.partitionColumns()) {
        String value = Objects.requireNonNullElse(file.partition().get(column), "");
        values.add(new PartitionValue(column, value));
      }

      files.computeIfAbsent(PartitionValue.path(values), any -> new ArrayList<>()).add(file);
    }

    for (Map.Entry<String, RunReport> run : runs.reports().entrySet()) {
      for (RunReport.Partition own : run.getValue().partitions().scored()) {
        Set<String> names = new HashSet<>();
        own.files().forEach(file -> names.add(file.name()));
        written.put(names, new Written(run.getKey(), run.getValue(), own));
      }
    }
  }

  @Override
  public String shown() {
    return table.asked().name();
  }

  @Override
  public String version() {
    return table.version();
  }

  @Override
  public List<String> partitions() {
    return List.copyOf(files.keySet());
  }

  @Override
  public Optional<AuditedPartition> partition(String partition) {
    Map<String, Location> own = new HashMap<>();
    for (TableFile file : files.getOrDefault(partition, List.of())) {
      own.put(file.path().getName(), HadoopPaths.located(file.path()));
    }

    Written known = written.get(own.keySet());
    if (known == null || known.report.start().model().isEmpty()) {
      return Optional.empty();
    }

    RunReport.Start start = known.report.start();
    RunReport.Model model = start.model().get();
    List<AuditedFile> audited = new ArrayList<>();
    for (DataFile file : known.partition.files()) {
      audited.add(new AuditedFile(own.get(file.name()), file));
    }

    return Optional.of(
        new AuditedPartition(
            partition,
            table.version(),
            known.run,
            new AuditedPartition.Model(model.name(), model.version(), model.digest()),
            new AuditedPartition.Rows(
                known.partition.read(), known.partition.scored(), known.partition.quarantined()),
            keys,
            List.of(),
            Optional.of(AuditedDirectory.input(start)),
            Instant.parse(start.startedAt()),
            audited));
  }

  @Override
  public String absence() {
    return "no report in %s names exactly its files: another program has written or rewritten it, or the report was removed"
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
    Column isOf = functions.lit(true);
    for (Map.Entry<String, String> value : PartitionValue.texts(partition.partition()).entrySet()) {
      String text = value.getValue();
      values.put(value.getKey(), Set.of(Objects.requireNonNullElse(text, "")));
      Column column = SqlName.column(value.getKey()).cast("string");
      isOf = isOf.and(text == null ? column.isNull() : column.equalTo(text));
    }

    return Optional.of(table.rows(session, values).filter(isOf));
  }

  @Override
  public Optional<Location> quarantine(AuditedPartition partition) throws IOException {
    return runs.quarantine(partition.run());
  }
}
