package io.paritree.spark.versions;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.statistics.geospatial.GeospatialStatistics;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.schema.PrimitiveType;

/**
 * Writes data pages of texts with the statistics that the Parquet of this Spark keeps: sizes of
 * texts since Parquet 1.15 (Spark 4.0), and places since 1.16 (Spark 4.1), which texts have none
 * of.
 */
public final class DataPages {
  /** The newest of the known forms: older ones lack the places, or the sizes too. */
  private static final Method WRITE =
      Arrays.stream(PageWriter.class.getMethods())
          .filter(method -> method.getName().equals("writePage"))
          .filter(method -> method.getParameterCount() <= 9)
          .max(Comparator.comparing(Method::getParameterCount))
          .orElseThrow();

  private static final boolean HAS_SIZES = WRITE.getParameterCount() >= 8;
  private static final boolean HAS_PLACES = WRITE.getParameterCount() >= 9;

  private DataPages() {}

  /**
   * A data page of version 1, whose rows have one value each.
   *
   * @param column of texts at the top level, without nulls
   * @param content levels and values
   * @param statistics the smallest and the largest value
   * @param textBytes the length of all texts together
   * @param values how the values are encoded
   */
  public record Page(
      ColumnDescriptor column,
      BytesInput content,
      int rows,
      Statistics<?> statistics,
      long textBytes,
      Encoding values) {

    /** Returns how definition levels are encoded. */
    @SuppressWarnings("deprecation") // encodings of version 1 pages
    private Encoding levels() {
      return column.getMaxDefinitionLevel() > 0 ? Encoding.RLE : Encoding.BIT_PACKED;
    }
  }

  /** Writes a page. */
  @SuppressWarnings("deprecation") // version 1 pages have levels that are bit-packed
  public static void write(Page page, PageWriter to) {
    List<Object> arguments = new ArrayList<>();
    Collections.addAll(arguments, page.content, page.rows, page.rows, page.statistics);
    if (HAS_SIZES) {
      arguments.add(Sizes.of(page));
    }

    if (HAS_PLACES) {
      arguments.add(Places.of(page));
    }

    Collections.addAll(arguments, Encoding.BIT_PACKED, page.levels(), page.values);
    SparkLists.invoke(WRITE, to, arguments.toArray());
  }

  /**
   * Frees the memory of a row group's pages; Parquet 1.13, of Spark 3.5, leaves that to the heap.
   */
  public static void close(ColumnChunkPageWriteStore pages) {
    if (AutoCloseable.class.isInstance(pages)) {
      pages.close();
    }
  }

  // A class of its own for each: it is linked when it is first used.

  private static final class Sizes {
    /** Parquet decides for which levels there are histograms; all rows have the highest one. */
    private static SizeStatistics of(Page page) {
      PrimitiveType type = page.column.getPrimitiveType();
      SizeStatistics none =
          SizeStatistics.newBuilder(
                  type, page.column.getMaxRepetitionLevel(), page.column.getMaxDefinitionLevel())
              .build();
      return new SizeStatistics(
          type,
          page.textBytes,
          allInLast(page.rows, none.getRepetitionLevelHistogram()),
          allInLast(page.rows, none.getDefinitionLevelHistogram()));
    }

    private static List<Long> allInLast(long rows, List<Long> empty) {
      List<Long> histogram = new ArrayList<>(empty);
      if (!histogram.isEmpty()) {
        histogram.set(histogram.size() - 1, rows);
      }

      return histogram;
    }
  }

  private static final class Places {
    private static GeospatialStatistics of(Page page) {
      return GeospatialStatistics.newBuilder(page.column.getPrimitiveType()).build();
    }
  }
}
