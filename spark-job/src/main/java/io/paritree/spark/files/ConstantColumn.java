package io.paritree.spark.files;

import io.paritree.spark.versions.DataPages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * A text column that has the same value in all rows, such as the model's version.
 *
 * <p>Parquet's writers hash and compare a text in each row, which costs as much as writing a float.
 * Here a row group has one page of the column for any number of rows: a dictionary of one value,
 * and one run. Parquet's writers produce the same in the end. Immutable.
 *
 * @param column a text column at the top level, nullable or not
 */
record ConstantColumn(ColumnDescriptor column, Binary value) {

  /** Returns the column of a schema with this name. */
  static ConstantColumn of(MessageType schema, String name, String value) {
    return new ConstantColumn(
        schema.getColumnDescription(new String[] {name}), Binary.fromString(value));
  }

  /** Returns the schema without the column. */
  MessageType others(MessageType schema) {
    List<Type> fields =
        schema.getFields().stream()
            .filter(field -> !field.getName().equals(column.getPath()[0]))
            .toList();
    return new MessageType(schema.getName(), fields);
  }

  /** Writes the column of a row group. */
  @SuppressWarnings(
      "deprecation") // the encodings of version 1 pages, which Parquet's writers use too
  void write(PageWriter pages, int rows) throws IOException {
    Statistics<?> statistics = Statistics.createStats(column.getPrimitiveType());
    statistics.updateStats(value);
    DataPages.write(
        new DataPages.Page(
            column,
            page(rows),
            rows,
            statistics,
            (long) rows * value.length(),
            Encoding.PLAIN_DICTIONARY),
        pages);
    BytesInput dictionary =
        BytesInput.concat(BytesInput.fromInt(value.length()), BytesInput.from(value.getBytes()));
    pages.writeDictionaryPage(new DictionaryPage(dictionary, 1, Encoding.PLAIN_DICTIONARY));
  }

  /**
   * Returns the definition levels, if there are any, then the dictionary indexes; each is one run.
   */
  private BytesInput page(int rows) throws IOException {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    if (column.getMaxDefinitionLevel() > 0) {
      ByteArrayOutputStream levels = new ByteArrayOutputStream();
      writeRun(rows, levels);
      levels.write(column.getMaxDefinitionLevel());
      BytesUtils.writeIntLittleEndian(page, levels.size());
      levels.writeTo(page);
    }

    page.write(0); // bits of a dictionary index: none, because there is one value
    writeRun(rows, page);
    return BytesInput.from(page.toByteArray());
  }

  private static void writeRun(int rows, ByteArrayOutputStream to) throws IOException {
    BytesUtils.writeUnsignedVarLong((long) rows << 1, to);
  }
}
