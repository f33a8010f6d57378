package io.paritree.spark.versions.scans;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.Option;
import scala.collection.Iterator;
import scala.collection.immutable.Map;

/** What a file format implements where Spark was compiled by Scala 2.12, with the types there. */
interface FormatOfScala212 {
  Option<StructType> inferSchema(
      SparkSession session, Map<String, String> options, scala.collection.Seq<FileStatus> files);

  Function1<PartitionedFile, Iterator<InternalRow>> buildReaderWithPartitionValues(
      SparkSession session,
      StructType data,
      StructType partitions,
      StructType required,
      scala.collection.Seq<Filter> filters,
      Map<String, String> options,
      Configuration hadoop);
}
