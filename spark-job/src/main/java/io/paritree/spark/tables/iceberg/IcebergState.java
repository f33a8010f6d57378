package io.paritree.spark.tables.iceberg;

import io.paritree.spark.tables.PartitionText;
import io.paritree.spark.tables.TableState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * What a snapshot of an Iceberg table says about its partitions.
 *
 * <p>Each file that a run adds is marked with the run's identity, and how many files the partition
 * has. Whatever another writer does to a partition leaves files without the mark, fewer files, or
 * deletes. So the marks say what the last commit to the partition was, also when its snapshot has
 * expired. A file of Iceberg has no tags; the mark is among the bounds of its columns, as the bound
 * of a column that no table has, which readers pass over as they do with columns that were dropped.
 * A partition without rows has no file: there the summary of the snapshot has the identity.
 */
final class IcebergState extends TableState {
  /** The summary's key for the identities of partitions without rows. */
  static final String WITHOUT_ROWS = "paritree.without-rows";

  /** Below the ids that Iceberg reserves, and above the ids that columns get. */
  private static final int MARK = Integer.MAX_VALUE - 1_000_000;

  /** Of the SHA-256 of a file, as a text. */
  private static final int SHA256 = MARK + 1;

  private final Schema schema;
  private final PartitionSpec spec;
  private final Map<String, Set<String>> files = new HashMap<>();
  private final Map<String, Set<String>> marks = new HashMap<>();
  private final Map<String, Long> rows = new HashMap<>();
  private final Map<String, Set<String>> identities = new HashMap<>();
  private final Set<String> withoutRows = new HashSet<>();
  private final Set<Long> abandoned = new HashSet<>(); // snapshots that the table was set back from
  private boolean hasOtherPartitioning;

  private IcebergState(Table table, Schema schema, Snapshot snapshot) {
    super(
        snapshot == null ? -1 : snapshot.snapshotId(),
        idOf(table),
        () -> IcebergRuntime.columns(schema),
        table.spec().fields().stream()
            .map(field -> schema.findColumnName(field.sourceId()))
            .toList(),
        "%s %s %s %s"
            .formatted(
                schema,
                schema.identifierFieldIds(),
                table.spec(),
                IcebergOutput.unfitProperties(table)));
    this.schema = schema;
    this.spec = table.spec();
    table.snapshots().forEach(any -> abandoned.add(any.snapshotId()));
    if (snapshot != null) {
      read(table);
    }
  }

  /** Returns a table's id; empty if it has none, as some of the first version. */
  private static String idOf(Table table) {
    try {
      return table.uuid().toString();
    } catch (RuntimeException e) {
      return "";
    }
  }

  /** Returns the state of a table that was just refreshed. */
  static IcebergState of(Table table) {
    return at(table, table.currentSnapshot());
  }

  /** Returns the state at a snapshot. */
  static IcebergState at(Table table, Snapshot snapshot) {
    return new IcebergState(table, table.schema(), snapshot);
  }

  private void read(Table table) {
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(version()).includeColumnStats().planFiles()) {
      for (FileScanTask task : tasks) {
        if (task.file().specId() == spec.specId()) {
          add(task.file(), task.deletes());
        } else {
          hasOtherPartitioning = true;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    for (Snapshot ancestor : SnapshotUtil.ancestorsOf(version(), table::snapshot)) {
      String identities = ancestor.summary().getOrDefault(WITHOUT_ROWS, "");
      withoutRows.addAll(Arrays.asList(identities.split(" ")));
      abandoned.remove(ancestor.snapshotId());
    }
  }

  private void add(DataFile file, List<DeleteFile> deletes) {
    StringBuilder text = new StringBuilder(file.location());
    for (DeleteFile delete : deletes) {
      text.append(' ').append(delete.location()).append(' ').append(delete.contentOffset());
    }

    Map<String, String> values = values(spec, schema, file);
    if (values.containsValue("")) {
      return; // empty text is another value than null to Iceberg only: no run has such a partition
    }

    String partition = PartitionText.path(partitionColumns(), values);
    files.computeIfAbsent(partition, name -> new TreeSet<>()).add(text.toString());
    marks
        .computeIfAbsent(partition, name -> new TreeSet<>())
        .add(deletes.isEmpty() ? mark(file) : "rows are deleted");
    rows.merge(partition, file.recordCount(), Long::sum);
    if (!mark(file).isEmpty()) {
      identities
          .computeIfAbsent(partition, name -> new HashSet<>())
          .add(TableState.identity(mark(file)));
    }
  }

  private static String mark(DataFile file) {
    Map<Integer, ByteBuffer> bounds = file.lowerBounds();
    ByteBuffer mark = bounds == null ? null : bounds.get(MARK);
    return mark == null ? "" : StandardCharsets.UTF_8.decode(mark.duplicate()).toString();
  }

  /** Returns the bounds of a file's columns with its mark, and its SHA-256 if that is known. */
  static Map<Integer, ByteBuffer> marked(
      Map<Integer, ByteBuffer> bounds,
      String identity,
      int filesOfPartition,
      Optional<String> sha256) {
    Map<Integer, ByteBuffer> marked = new HashMap<>(bounds == null ? Map.of() : bounds);
    marked.put(MARK, StandardCharsets.UTF_8.encode(TableState.mark(identity, filesOfPartition)));
    sha256.ifPresent(digest -> marked.put(SHA256, StandardCharsets.UTF_8.encode(digest)));
    return marked;
  }

  /** Returns the values of a file's partition as texts, by the columns; null where they are. */
  static Map<String, String> values(PartitionSpec spec, Schema schema, ContentFile<?> file) {
    Map<String, String> values = new HashMap<>();
    List<PartitionField> fields = spec.fields();
    for (int at = 0; at < fields.size(); at++) {
      PartitionField field = fields.get(at);
      Type result = field.transform().getResultType(schema.findType(field.sourceId()));
      values.put(
          schema.findColumnName(field.sourceId()),
          IcebergPartitionColumn.text(file, at, field.transform(), result));
    }

    return values;
  }

  @Override
  public boolean includes(long commit) {
    return !abandoned.contains(commit);
  }

  @Override
  public Set<String> partitions() {
    return files.keySet();
  }

  @Override
  public Set<String> identities(String partition) {
    return identities.getOrDefault(partition, Set.of());
  }

  /** Returns how many rows a partition's files have, deleted rows included. */
  long rows(String partition) {
    return rows.getOrDefault(partition, 0L);
  }

  @Override
  public Set<String> files(String partition) {
    return files.getOrDefault(partition, Set.of());
  }

  @Override
  public Set<String> marks(String partition) {
    return marks.getOrDefault(partition, Set.of());
  }

  @Override
  public boolean hasEmpty(String identity) {
    return withoutRows.contains(identity);
  }

  /** Returns whether some files are partitioned in another way than the table is now. */
  boolean hasOtherPartitioning() {
    return hasOtherPartitioning;
  }
}
