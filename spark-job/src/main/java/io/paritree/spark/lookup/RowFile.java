package io.paritree.spark.lookup;

import java.io.IOException;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;

/** A Parquet file that the job has written, which is read row by row. Not thread-safe. */
final class RowFile implements AutoCloseable {
  private final ParquetFileReader reader;
  private final Rows rows;
  private final MessageColumnIO columns;
  private final Received received;
  private RecordReader<Boolean> records;
  private long left; // of the row group

  /** What is done with the rows of a file. */
  interface Rows {
    /** Returns the columns that are read, in the order in which their values are wanted. */
    MessageType columns(MessageType stored) throws UnusableRowsException;

    /** Returns what receives the values of these columns. */
    GroupConverter values(MessageType columns) throws UnusableRowsException;

    /**
     * Takes the row whose values have been received.
     *
     * @throws io.paritree.lookup.LongRowException if an index cannot have it
     */
    void take();
  }

  private RowFile(ParquetFileReader reader, Rows rows) throws UnusableRowsException {
    this.reader = reader;
    this.rows = rows;
    FileMetaData meta = reader.getFileMetaData();
    MessageType read = rows.columns(meta.getSchema());
    reader.setRequestedSchema(read);
    this.columns = new ColumnIOFactory(meta.getCreatedBy()).getColumnIO(read, meta.getSchema());
    this.received = new Received(rows.values(read));
  }

  /** Opens a file. */
  static RowFile open(InputFile file, ParquetReadOptions options, Rows rows) throws IOException {
    ParquetFileReader reader = ParquetFileReader.open(file, options);
    try {
      return new RowFile(reader, rows);
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /** Reads the next row; returns whether there was one. */
  boolean next() throws IOException {
    while (left == 0) {
      PageReadStore group = reader.readNextRowGroup();
      if (group == null) {
        return false;
      }

      records = columns.getRecordReader(group, received);
      left = group.getRowCount();
    }

    records.read();
    rows.take();
    left--;
    return true;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  /** Rows whose values are where the converters have put them. */
  private static final class Received extends RecordMaterializer<Boolean> {
    private final GroupConverter values;

    private Received(GroupConverter values) {
      this.values = values;
    }

    @Override
    public Boolean getCurrentRecord() {
      return Boolean.TRUE;
    }

    @Override
    public GroupConverter getRootConverter() {
      return values;
    }
  }
}
