package io.paritree.spark.score;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.output.QuarantineColumns;
import io.paritree.output.StoredFaults;
import io.paritree.spark.files.Encryption;
import io.paritree.spark.files.ParquetFile;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.task.FaultExamples;
import io.paritree.spark.task.InputBlock;
import io.paritree.spark.task.PartitionCounts;
import io.paritree.spark.task.SourceFile;
import io.paritree.spark.task.TaskPlan;
import io.paritree.spark.task.WrittenFile;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The rows of one task attempt that cannot be scored: their values, their source and their faults.
 *
 * <p>The file is opened when the first such row is added. Not thread-safe.
 */
public final class Quarantine {
  /** The source file's path below the input. */
  public static final String FILE = "_source_file";

  /** The row's index in its file, from 0; a CSV file's header and empty lines do not count. */
  public static final String ROW = "_source_row";

  /** The text of a malformed CSV line; null for other rows. */
  public static final String LINE = "_source_line";

  /** The codes of the row's faults, each once. */
  public static final String CODES = "_codes";

  /** The row's faults, as {@link FaultList} has them. */
  public static final String FAULTS = QuarantineColumns.LIST;

  /** The columns that the quarantine adds to the columns of the input. */
  public static final StructType ADDED =
      new StructType()
          .add(FILE, DataTypes.StringType)
          .add(ROW, DataTypes.LongType)
          .add(LINE, DataTypes.StringType)
          .add(CODES, DataTypes.createArrayType(DataTypes.StringType, false))
          .add(FAULTS, FaultList.TYPE)
          .add(QuarantineColumns.PARTITION, DataTypes.StringType)
          .add(QuarantineColumns.FAULTS, DataTypes.StringType);

  private static final int MAX_LINE = 100_000;

  private final TaskPlan plan;
  private final ParquetWriters writers;
  private final Path directory;
  private final String name;
  private final CopiedColumns copied;
  private final SpecificInternalRow row;
  private final FaultExamples examples;
  private final boolean showsValues;
  private ParquetFile file;

  /**
   * @param examples receives one of each kind of fault in each field
   */
  Quarantine(
      TaskPlan plan, ParquetWriters writers, Path directory, String name, FaultExamples examples) {
    this.examples = examples;
    this.plan = plan;
    this.writers = writers;
    this.directory = directory;
    this.name = name;
    this.row = new SpecificInternalRow(plan.output().quarantine());
    // Cells that are encrypted in the quarantine must not be readable in a report.
    this.showsValues = !Encryption.isConfigured(writers.hadoop());
    int own = plan.output().quarantine().size() - ADDED.size();
    int[] columns =
        Arrays.stream(plan.output().quarantine().fieldNames())
            .limit(own)
            .mapToInt(plan::indexOf)
            .toArray();
    this.copied = new CopiedColumns(plan, columns, Quarantine::copier);
  }

  /** Returns a copier that replaces ill-formed bytes in texts, which may be the row's fault. */
  private static Copier copier(DataType type) {
    return type instanceof StringType
        ? (source, from, target, to) ->
            target.update(to, UTF8String.fromString(source.getUTF8String(from).toString()))
        : Copier.of(type);
  }

  /** Returns the columns of quarantined rows. */
  public static StructType schema(List<ReadColumn> columns) {
    StructType all = new StructType();
    for (ReadColumn column : columns) {
      all = all.add(column.name(), column.type());
    }

    for (StructField added : ADDED.fields()) {
      all = all.add(added);
    }

    return all;
  }

  /**
   * Adds a row.
   *
   * @param count of the partition; receives the faults
   */
  void add(
      InputBlock block,
      SourceFile source,
      String partition,
      PartitionCounts count,
      int at,
      List<Fault> faults) {
    List<Fault> reported =
        faults.get(0).code() == FaultCode.MALFORMED_RECORD ? faults.subList(0, 1) : faults;
    List<String> distinct = reported.stream().map(fault -> fault.code().code()).distinct().toList();
    count.addCodes(distinct);
    count(reported, count);
    if (plan.isSample()) {
      return;
    }

    if (file == null) {
      file = writers.open(new Path(directory, name + writers.extension()));
    }

    copied.copy(block, source, at, row);
    int columns = copied.count();
    row.update(columns, UTF8String.fromString(source.name()));
    long index = block.indexInFile(at);
    row.update(columns + 1, index < 0 ? null : index);
    String line = block.malformed(at);
    row.update(
        columns + 2,
        line == null
            ? null
            : UTF8String.fromString(line.length() > MAX_LINE ? line.substring(0, MAX_LINE) : line));
    row.update(
        columns + 3, new GenericArrayData(distinct.stream().map(UTF8String::fromString).toArray()));
    row.update(columns + 4, FaultList.of(reported));
    row.update(columns + 5, UTF8String.fromString(partition));
    row.update(columns + 6, UTF8String.fromBytes(StoredFaults.json(faults)));
    file.write(row);
  }

  private void count(List<Fault> faults, PartitionCounts count) {
    for (Fault fault : faults) {
      count.profile().addFault(fault.field(), fault.code().code());
      examples.add(
          fault.field(),
          fault.code().code(),
          () -> showsValues ? "got %s, expected %s".formatted(fault.got(), fault.expected()) : "");
    }
  }

  /** Closes the file, if there is one. */
  List<WrittenFile> close(String attempt) {
    if (file == null) {
      return List.of();
    }

    file.close();
    return List.of(new WrittenFile(attempt + "/" + file.name(), "", file.rows(), file.sha256()));
  }
}
