package io.paritree.spark.versions.scans;

import io.paritree.spark.versions.SparkLists;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection$;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.Function1;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/**
 * Reads files, as the tasks of a scan do, and adds computed columns. Each file has buffers of its
 * own, because one task may read two at the same time. Immutable and thread-safe.
 */
final class ComputedReader extends AbstractFunction1<PartitionedFile, Iterator<InternalRow>>
    implements Serializable {
  private final Function1<PartitionedFile, Iterator<InternalRow>> reader;
  private final ComputedColumns columns;
  private final StructType read;
  private final int[] places;
  private final int[] wanted;
  private final boolean isInBatches;

  /**
   * @param reader Spark's own
   * @param read the columns that it reads
   * @param places of the columns of a result: in {@code read}, or after it, if they are computed
   * @param isInBatches whether the reader gives batches, and so must this one
   */
  ComputedReader(
      Function1<PartitionedFile, Iterator<InternalRow>> reader,
      ComputedColumns columns,
      StructType read,
      int[] places,
      boolean isInBatches) {
    this.reader = reader;
    this.columns = columns;
    this.read = read;
    this.places = places;
    this.wanted =
        Arrays.stream(places)
            .filter(place -> place >= read.size())
            .map(place -> place - read.size())
            .toArray();
    this.isInBatches = isInBatches;
  }

  @Override
  @SuppressWarnings({"deprecation", "unchecked"}) // which Scalas have both; batches pass as rows
  public Iterator<InternalRow> apply(PartitionedFile file) {
    Iterator<InternalRow> from = reader.apply(file);
    java.util.Iterator<?> given = JavaConverters.asJavaIterator(from);
    java.util.Iterator<?> result =
        isInBatches
            ? batches((java.util.Iterator<ColumnarBatch>) given, file.filePath().toString())
            : rows((java.util.Iterator<InternalRow>) given);
    return (Iterator<InternalRow>) (Iterator<?>) JavaConverters.asScalaIterator(result);
  }

  private java.util.Iterator<ColumnarBatch> batches(
      java.util.Iterator<ColumnarBatch> from, String file) {
    ComputedColumns.OfBatches computing =
        wanted.length == 0
            ? batch -> new ColumnVector[0]
            : columns.ofBatches(read, wanted.clone(), file);
    return new Mapped<>(from, batch -> with(batch, computing.of(batch)));
  }

  /** Returns a batch with the columns of the result. */
  private ColumnarBatch with(ColumnarBatch batch, ColumnVector[] computed) {
    ColumnVector[] all = new ColumnVector[places.length];
    int next = 0;
    for (int index = 0; index < all.length; index++) {
      int place = places[index];
      all[index] = place < read.size() ? batch.column(place) : computed[next++];
    }

    return new ColumnarBatch(all, batch.numRows());
  }

  private java.util.Iterator<InternalRow> rows(java.util.Iterator<InternalRow> from) {
    // Rows that are views of a batch cannot be kept; these can.
    UnsafeProjection whole = UnsafeProjection$.MODULE$.create(read);
    UnsafeProjection result = projection();
    java.util.Iterator<InternalRow> kept = new Mapped<>(from, whole::apply);
    return new Mapped<InternalRow, InternalRow>(
        wanted.length == 0 ? kept : columns.ofRows(read, kept), result::apply);
  }

  /** Returns what makes a row of the result of a row that is read and computed. */
  private UnsafeProjection projection() {
    StructField[] computed = columns.computed().fields();
    List<BoundReference> references =
        IntStream.of(places)
            .mapToObj(
                place -> {
                  StructField field =
                      place < read.size() ? read.fields()[place] : computed[place - read.size()];
                  return new BoundReference(place, field.dataType(), field.nullable());
                })
            .toList();
    return (UnsafeProjection)
        SparkLists.call(
            UnsafeProjection$.MODULE$,
            "create",
            SparkLists.scala(references),
            SparkLists.scala(List.of()));
  }

  /** The elements of another iterator, each as something else. */
  private record Mapped<A, B>(java.util.Iterator<? extends A> from, Function<A, B> function)
      implements java.util.Iterator<B> {
    @Override
    public boolean hasNext() {
      return from.hasNext();
    }

    @Override
    public B next() {
      return function.apply(from.next());
    }
  }
}
