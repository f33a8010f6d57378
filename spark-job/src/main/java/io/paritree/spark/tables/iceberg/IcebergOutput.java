package io.paritree.spark.tables.iceberg;

import io.paritree.output.DataFile;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.OutputTable;
import io.paritree.spark.tables.PlannedColumns;
import io.paritree.spark.tables.TableState;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.spark.tables.TableTransaction;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** An Iceberg table that a run writes to. */
final class IcebergOutput extends OutputTable {
  /** Properties by which a table has its files elsewhere, or encrypted, and their problems. */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "write.data.path",
          "has its files in another directory (write.data.path), which the job does not honour",
          "write.location-provider.impl",
          "chooses the places of its files itself (write.location-provider.impl), which the job does"
              + " not honour",
          "encryption.key-id",
          "is encrypted, which the job does not honour");

  /** Types that Spark has as text and bytes, which files of them do not have. */
  private static final Set<Type.TypeID> UNFIT = Set.of(Type.TypeID.UUID, Type.TypeID.FIXED);

  private final Configuration hadoop;
  private Optional<Table> table;
  private Optional<Table> planned = Optional.empty(); // as it is to be
  private Map<String, org.apache.iceberg.DataFile> described = Map.of();

  /**
   * @param table empty if it is not there
   */
  private IcebergOutput(
      Configuration hadoop, TableToWrite asked, String location, Optional<Table> table) {
    super(asked, location, table.<TableState>map(IcebergState::of).orElse(TableState.ABSENT));
    this.hadoop = hadoop;
    this.table = table;
  }

  static IcebergOutput at(SparkSession session, TableToWrite asked)
      throws RefusedException, IOException {
    Configuration hadoop = HadoopPaths.settings(session);
    Optional<String> problem = IcebergBranches.problem(asked.name());
    if (problem.isPresent()) {
      throw asked.refused(problem.get());
    }

    Path directory = HadoopPaths.qualified(new Path(asked.name()), hadoop);
    String location = directory.toString();
    HadoopTables tables = new HadoopTables(hadoop);
    if (tables.exists(location)) {
      return of(session, asked, location, tables.load(location));
    } else if (IcebergFormat.hasLog(directory.getFileSystem(hadoop), directory)) {
      throw asked.refused(
          "the directory is that of an Iceberg table of a catalog; give the table's name");
    }

    return new IcebergOutput(hadoop, asked, location, Optional.empty());
  }

  static IcebergOutput of(SparkSession session, TableToWrite asked, Table table)
      throws RefusedException, IOException {
    table.refresh();
    Path directory =
        HadoopPaths.qualified(new Path(table.location()), HadoopPaths.settings(session));
    return of(session, asked, directory.toString(), table);
  }

  private static IcebergOutput of(
      SparkSession session, TableToWrite asked, String location, Table table)
      throws RefusedException {
    Optional<String> problem = IcebergBranches.problem(session, asked, table);
    if (problem.isPresent()) {
      throw asked.refused(problem.get());
    }

    return new IcebergOutput(HadoopPaths.settings(session), asked, location, Optional.of(table));
  }

  @Override
  public Location directory(Location of) {
    return of.resolve("data");
  }

  @Override
  public Map<String, Integer> fieldIds() {
    return planned
        .or(() -> table)
        .map(IcebergOutput::ids)
        .orElse(Map.of()); // before it is planned, nothing is written
  }

  private static Map<String, Integer> ids(Table of) {
    return TypeUtil.indexByName(of.schema().asStruct());
  }

  @Override
  public Optional<String> encryptionProblem() {
    return Optional.of(
        "Hadoop's settings encrypt columns of the files, which Iceberg's readers do not decrypt");
  }

  @Override
  public Optional<String> lookupProblem() {
    return Optional.of(
        "--lookup-index cannot be used with a table of Iceberg: servers look up rows of tables of Delta only");
  }

  /** Returns the directory of the table's files. */
  Location files() {
    return directory(HadoopPaths.located(new Path(location())));
  }

  /** Returns a file of the run as commits have it. */
  org.apache.iceberg.DataFile described(DataFile file) {
    return described.get(file.name());
  }

  @Override
  protected void describe(
      List<PreparedPartition> partitions, Map<String, List<DataFile>> files, CallsAtOnce calls)
      throws IOException {
    Table of = planned.or(() -> table).orElseThrow();
    described = IcebergCommit.described(of, files(), partitions, files, calls);
  }

  @Override
  protected TableTransaction begin(String name, Map<String, String> metadata) {
    TableState now = found().isPresent() ? newest() : TableState.ABSENT;
    Optional<Transaction> change = columnsToCome(now).map(this::make);
    return new IcebergCommit(
        this,
        change.map(Transaction::table).or(() -> table).orElseThrow(),
        now,
        change,
        name,
        metadata);
  }

  /** Returns the table, which another run may have made since this one began; empty if none has. */
  Optional<Table> found() {
    HadoopTables tables = new HadoopTables(hadoop);
    if (table.isEmpty() && tables.exists(location())) {
      table = Optional.of(tables.load(location()));
    }

    return table;
  }

  /** Begins a transaction that makes the table. */
  private Transaction make(PlannedColumns columns) {
    Schema schema = IcebergRuntime.schema(columns.schema());
    PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
    columns.partitionColumns().forEach(spec::identity);
    return CheckedOperations.of(
        new HadoopTables(hadoop)
            .newCreateTableTransaction(location(), schema, spec.build(), Map.of()));
  }

  @Override
  protected List<String> plan(PlannedColumns columns) {
    planned = Optional.of(make(columns).table());
    return List.of();
  }

  /** Readers find columns by their ids, which the files have. */
  @Override
  protected boolean fitsPlan(TableState now) {
    return ids(table.orElseThrow()).equals(fieldIds());
  }

  /** Returns the properties of a table that the job does not honour. */
  static List<String> unfitProperties(Table table) {
    return PROPERTIES.keySet().stream().filter(table.properties()::containsKey).sorted().toList();
  }

  @Override
  protected List<String> unfitFeatures(TableState state) {
    List<String> problems = new ArrayList<>();
    Table own = table.orElseThrow();
    unfitProperties(own).forEach(property -> problems.add(PROPERTIES.get(property)));
    for (PartitionField field : own.spec().fields()) {
      String source = own.schema().findColumnName(field.sourceId());
      if (!field.transform().isIdentity() || source.contains(".")) {
        problems.add(
            "is partitioned by %s(%s), and the job writes partitions by values of columns only"
                .formatted(field.transform(), source));
      }
    }

    for (Types.NestedField column : own.schema().columns()) {
      if (column.isRequired()) {
        problems.add(
            "has the column '%s', which is NOT NULL; the job does not check that"
                .formatted(column.name()));
      }
    }

    TypeUtil.indexById(own.schema().asStruct())
        .forEach(
            (id, field) -> {
              if (UNFIT.contains(field.type().typeId())) {
                problems.add(
                    "has the column '%s', which is %s; the job does not write such values"
                        .formatted(own.schema().findColumnName(id), field.type()));
              }
            });

    if (((IcebergState) state).hasOtherPartitioning()) {
      problems.add(
          "has files that are partitioned in an older way; rewrite them first (rewrite_data_files)");
    }

    return problems;
  }

  /** Iceberg has no whole numbers of one or two bytes. */
  @Override
  protected DataType stored(DataType type) {
    return type.equals(DataTypes.ByteType) || type.equals(DataTypes.ShortType)
        ? DataTypes.IntegerType
        : type;
  }

  @Override
  public long rows(List<String> partitions) {
    IcebergState known = (IcebergState) state();
    return partitions.stream().mapToLong(known::rows).sum();
  }

  @Override
  protected TableState newest() {
    Table now = found().orElseThrow();
    now.refresh();
    return IcebergState.of(now);
  }
}
