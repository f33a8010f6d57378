package io.paritree.spark.versions.scans;

import io.paritree.spark.versions.SparkLists;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.Option;
import scala.collection.Iterator;
import scala.collection.immutable.Map;

/**
 * Parquet files whose rows have more columns than the files: those are computed. Spark's own reader
 * reads the files, and what is computed of its batches is put beside their columns.
 *
 * <p>Not a {@link ParquetFileFormat}: accelerators would read the files in its place, and find none
 * of the computed columns. Equal where the computed columns are, so that Spark does not take one
 * model's scores for another's. Immutable and thread-safe.
 *
 * @param columns what is computed
 */
public record ComputedFormat(ComputedColumns columns)
    implements FileFormat, FormatOfScala212, DataSourceRegister, Serializable {
  private static final ParquetFileFormat PARQUET = new ParquetFileFormat();
  private static final String IN_BATCHES = "returning_batch";

  /** Returns what plans call the format; readers do not know it. */
  @Override
  public String shortName() {
    return "parquet with computed columns";
  }

  @Override
  public String toString() {
    return "Parquet, with " + columns;
  }

  /** Returns whether the scan reads batches, and not rows. */
  @Override
  public boolean supportBatch(SparkSession session, StructType schema) {
    String rows = session.conf().get("spark.sql.parquet.columnarReaderBatchSize");
    String isOffHeap = session.conf().get("spark.sql.columnVector.offheap.enabled");
    return Integer.parseInt(rows) <= columns.mostRows()
        && !Boolean.parseBoolean(isOffHeap)
        && PARQUET.supportBatch(session, read(schema, new StructType()));
  }

  @Override
  public Option<scala.collection.immutable.Seq<String>> vectorTypes(
      StructType required, StructType partitions, SQLConf settings) {
    return PARQUET.vectorTypes(required, partitions, settings);
  }

  @Override
  public boolean isSplitable(SparkSession session, Map<String, String> options, Path file) {
    return PARQUET.isSplitable(session, options, file);
  }

  @Override
  public boolean supportDataType(DataType type) {
    return PARQUET.supportDataType(type);
  }

  @Override
  public Function1<PartitionedFile, Iterator<InternalRow>> buildReaderWithPartitionValues(
      SparkSession session,
      StructType data,
      StructType partitions,
      StructType required,
      scala.collection.immutable.Seq<Filter> filters,
      Map<String, String> options,
      Configuration hadoop) {
    return buildReaderWithPartitionValues(
        session,
        data,
        partitions,
        required,
        (scala.collection.Seq<Filter>) filters,
        options,
        hadoop);
  }

  @Override
  @SuppressWarnings("unchecked") // as Spark declares it
  public Function1<PartitionedFile, Iterator<InternalRow>> buildReaderWithPartitionValues(
      SparkSession session,
      StructType data,
      StructType partitions,
      StructType required,
      scala.collection.Seq<Filter> filters,
      Map<String, String> options,
      Configuration hadoop) {
    List<Filter> known =
        SparkLists.java(filters).stream().map(Filter.class::cast).filter(this::isOfFiles).toList();
    StructType read = read(required, partitions);
    Function1<PartitionedFile, Iterator<InternalRow>> reader =
        (Function1<PartitionedFile, Iterator<InternalRow>>)
            SparkLists.call(
                PARQUET,
                "buildReaderWithPartitionValues",
                session,
                read(data, new StructType()),
                partitions,
                read,
                SparkLists.scala(known),
                options,
                hadoop);
    StructType all = with(read, partitions);
    boolean isInBatches = options.get(IN_BATCHES).exists(value -> value.equals("true"));
    return new ComputedReader(
        reader, columns, all, places(with(required, partitions), all), isInBatches);
  }

  /** Returns whether files can be asked: a computed column would be missing in all of them. */
  private boolean isOfFiles(Filter filter) {
    return Arrays.stream(filter.references()).noneMatch(this::isComputed);
  }

  private boolean isComputed(String column) {
    return Arrays.asList(columns.computed().fieldNames()).contains(column);
  }

  /**
   * Returns the columns of the files that are read: those that are required, then those that the
   * required computed columns need. They are not in the columns that Spark gives if it leaves out
   * what a query does not name.
   *
   * @param partitions the columns of directory names, which are read anyway
   */
  private StructType read(StructType required, StructType partitions) {
    StructType read = new StructType();
    boolean isAnyComputed = false;
    for (StructField field : required.fields()) {
      if (isComputed(field.name())) {
        isAnyComputed = true;
      } else {
        read = read.add(field);
      }
    }

    List<String> there = Arrays.asList(with(read, partitions).fieldNames());
    for (StructField input : columns.inputs().fields()) {
      read = isAnyComputed && !there.contains(input.name()) ? read.add(input) : read;
    }

    return read;
  }

  private static StructType with(StructType some, StructType others) {
    StructType all = some;
    for (StructField field : others.fields()) {
      all = all.add(field);
    }

    return all;
  }

  /** Returns where each column of a row is: in what is read, or after it, where it is computed. */
  private int[] places(StructType row, StructType read) {
    List<String> computed = Arrays.asList(columns.computed().fieldNames());
    return Arrays.stream(row.fieldNames())
        .mapToInt(
            name ->
                computed.contains(name)
                    ? read.size() + computed.indexOf(name)
                    : read.fieldIndex(name))
        .toArray();
  }

  @Override
  public Option<StructType> inferSchema(
      SparkSession session,
      Map<String, String> options,
      scala.collection.immutable.Seq<FileStatus> files) {
    return inferSchema(session, options, (scala.collection.Seq<FileStatus>) files);
  }

  @Override
  public Option<StructType> inferSchema(
      SparkSession session, Map<String, String> options, scala.collection.Seq<FileStatus> files) {
    throw new UnsupportedOperationException("The columns of the files are known.");
  }

  @Override
  public OutputWriterFactory prepareWrite(
      SparkSession session, Job job, Map<String, String> options, StructType rows) {
    throw new UnsupportedOperationException("Computed columns are not written to where they are.");
  }
}
