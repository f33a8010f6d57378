package io.paritree.spark.run;

import io.paritree.spark.versions.SparkLists;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.rdd.InputFileBlockHolder;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** A columnar scan that does not say from which file rows come, as those of accelerators. */
final class NamelessScan extends SparkPlan implements NamelessScanOfScala212 {
  private final SparkPlan scan;

  NamelessScan(SparkPlan scan) {
    this.scan = scan;
  }

  @Override
  public boolean supportsColumnar() {
    return scan.supportsColumnar();
  }

  @Override
  public RDD<InternalRow> doExecute() {
    return scan.execute().toJavaRDD().mapPartitions(rows -> unnamed(rows)).rdd();
  }

  @Override
  public RDD<ColumnarBatch> doExecuteColumnar() {
    return scan.executeColumnar().toJavaRDD().mapPartitions(batches -> unnamed(batches)).rdd();
  }

  private static <T> Iterator<T> unnamed(Iterator<T> all) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public T next() {
        T next = all.next();
        InputFileBlockHolder.unset();
        return next;
      }
    };
  }

  @Override
  @SuppressWarnings("unchecked") // columns are attributes
  public scala.collection.immutable.Seq<Attribute> output() {
    return SparkLists.scala(SparkLists.output(scan));
  }

  @Override
  public scala.collection.immutable.Seq<SparkPlan> children() {
    return SparkLists.scala(List.of(scan));
  }

  @Override
  public SparkPlan withNewChildrenInternal(
      scala.collection.immutable.IndexedSeq<SparkPlan> children) {
    return new NamelessScan(children.apply(0));
  }

  @Override
  public SparkPlan withNewChildrenInternal(scala.collection.IndexedSeq<SparkPlan> children) {
    return new NamelessScan(children.apply(0));
  }

  @Override
  public int productArity() {
    return 1;
  }

  @Override
  public Object productElement(int index) {
    return scan;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof NamelessScan;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamelessScan same && same.scan.equals(scan);
  }

  @Override
  public int hashCode() {
    return scan.hashCode();
  }
}
