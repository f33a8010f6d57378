package io.paritree.spark.commit;

import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.DataFile;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.tables.AskedOutput;
import io.paritree.spark.tables.IcebergName;
import io.paritree.spark.tables.IcebergReference;
import io.paritree.spark.tables.TableFormat;
import io.paritree.spark.versions.IcebergRuntime;
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
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

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
  private final String location;
  private final Optional<IcebergReference> reference;
  private Optional<Table> table;
  private Map<String, org.apache.iceberg.DataFile> described = Map.of();

  /**
   * @param reference what the name means; empty if the table is not there
   */
  private IcebergOutput(
      Configuration hadoop,
      AskedOutput asked,
      String location,
      Optional<IcebergReference> reference) {
    super(asked, reference.map(found -> IcebergState.of(found.table(), found.branch())));
    this.hadoop = hadoop;
    this.location = location;
    this.reference = reference;
    this.table = reference.map(IcebergReference::table);
  }

  static IcebergOutput at(SparkSession session, AskedOutput asked)
      throws RefusedException, IOException {
    Configuration hadoop = HadoopPaths.settings(session);
    IcebergName name = IcebergName.of(asked.name());
    String location = qualified(name.table(), hadoop);
    HadoopTables tables = new HadoopTables(hadoop);
    if (tables.exists(location)) {
      return of(session, asked, location, tables.load(location));
    } else if (!name.selector().isEmpty()) {
      throw refused(
          asked,
          "there is no Iceberg table at %s, of which '%s' could be a branch"
              .formatted(name.table(), name.selector()));
    } else if (TableFormat.AUTO.at(location, hadoop) == TableFormat.ICEBERG) {
      throw refused(
          asked, "the directory is that of an Iceberg table of a catalog; give the table's name");
    }

    return new IcebergOutput(hadoop, asked, location, Optional.empty());
  }

  static IcebergOutput of(SparkSession session, AskedOutput asked, Table table)
      throws RefusedException, IOException {
    table.refresh();
    return of(session, asked, qualified(table.location(), HadoopPaths.settings(session)), table);
  }

  private static IcebergOutput of(
      SparkSession session, AskedOutput asked, String location, Table table)
      throws RefusedException {
    IcebergReference reference = IcebergReference.of(session, asked.name(), table);
    Optional<String> problem = reference.writeProblem(session);
    if (problem.isPresent()) {
      throw refused(asked, problem.get());
    }

    return new IcebergOutput(
        HadoopPaths.settings(session), asked, location, Optional.of(reference));
  }

  private Optional<String> branchName() {
    return reference.flatMap(IcebergReference::branch);
  }

  @Override
  public Optional<String> branch() {
    return reference.flatMap(IcebergReference::shownBranch);
  }

  private static String qualified(String location, Configuration hadoop) throws IOException {
    Path path = new Path(location);
    return path.getFileSystem(hadoop).makeQualified(path).toString();
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public Location directory(Location of) {
    return of.resolve("data");
  }

  @Override
  public Map<String, Integer> fieldIds() {
    return table
        .map(found -> TypeUtil.indexByName(found.schema().asStruct()))
        .orElse(Map.of()); // before it is made, nothing is written
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

  @Override
  void describe(List<PreparedPartition> partitions, Map<String, List<DataFile>> files) {
    Location directory = directory(HadoopPaths.located(new Path(location)));
    described = IcebergCommit.described(table.orElseThrow(), directory, partitions, files);
  }

  @Override
  TableTransaction begin(String name, Map<String, String> metadata) {
    Location directory = directory(HadoopPaths.located(new Path(location)));
    return new IcebergCommit(
        table.orElseThrow(), branchName(), directory, name, metadata, described);
  }

  /** Returns the properties of a table that the job does not honour. */
  static List<String> unfitProperties(Table table) {
    return PROPERTIES.keySet().stream().filter(table.properties()::containsKey).sorted().toList();
  }

  @Override
  List<String> unfitFeatures() {
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

    if (state().map(IcebergState.class::cast).orElseThrow().hasOtherPartitioning()) {
      problems.add(
          "has files that are partitioned in an older way; rewrite them first (rewrite_data_files)");
    }

    return problems;
  }

  /** Iceberg has no whole numbers of one or two bytes. */
  @Override
  DataType stored(DataType type) {
    return type.equals(DataTypes.ByteType) || type.equals(DataTypes.ShortType)
        ? DataTypes.IntegerType
        : type;
  }

  /** Iceberg has values of partitions, not texts. */
  @Override
  List<String> spelledOtherwise(List<String> partitions) {
    return List.of();
  }

  @Override
  public long rows(List<String> partitions) {
    IcebergState known = (IcebergState) state().orElseThrow();
    return partitions.stream().mapToLong(known::rows).sum();
  }

  @Override
  void create(StructType columns, List<String> partitionColumns) {
    Schema schema = IcebergRuntime.schema(columns);
    PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
    partitionColumns.forEach(spec::identity);
    try {
      new HadoopTables(hadoop).create(schema, spec.build(), Map.of(), location);
    } catch (AlreadyExistsException | CommitFailedException e) {
      // another run has made it, and its columns are checked
    }

    table = Optional.of(new HadoopTables(hadoop).load(location));
  }

  @Override
  void addColumns(List<StructField> columns) {
    UpdateSchema update = table.orElseThrow().updateSchema();
    Schema added = IcebergRuntime.schema(new StructType(columns.toArray(StructField[]::new)));
    // Without a parent, a name with a dot is that of a column.
    added.columns().forEach(column -> update.addColumn(null, column.name(), column.type()));
    update.commit();
  }

  @Override
  TableState newest() {
    table.orElseThrow().refresh();
    return IcebergState.of(table.orElseThrow(), branchName());
  }
}
