package io.paritree.lookup.parquet;

import io.paritree.lookup.build.LongRowException;
import io.paritree.store.FileEntry;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.crypto.ParquetCryptoRuntimeException;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/** Reads published Parquet files row by row, within limits: anyone may have changed them. */
final class RowFiles {
  private static final int ROWS_PER_LOOK = 4_096;

  /** A file whose few bytes say that it has endless rows is read until it is mended. */
  private static final int ROWS_PER_LOOK_AT_FILE = 1 << 20;

  private static final int MAGIC_BYTES = 4;

  /** What is read of a footer takes some times its bytes. */
  private static final int HEAP_PER_FOOTER = 32;

  /** The compressions whose libraries the server has. */
  private static final Set<CompressionCodecName> CODECS =
      Set.of(CompressionCodecName.ZSTD, CompressionCodecName.UNCOMPRESSED);

  /** What is done after each row. */
  @FunctionalInterface
  interface AfterRow {
    void row() throws IOException;
  }

  @FunctionalInterface
  private interface Reading<T> {
    T from(ParquetFileReader reader) throws IOException;
  }

  private RowFiles() {}

  /** Returns true if Parquet's reader can be loaded; otherwise this class cannot. */
  static boolean isThere() {
    PrimitiveType type = Types.required(PrimitiveTypeName.INT64).named("any");
    return type.stringifier() != null && ParquetFileReader.class.getName() != null;
  }

  /** Checks the footer of a file, and returns the length of its values before compression. */
  static long uncompressed(StoredFile file) throws IOException {
    return read(
        file,
        reader -> {
          long bytes = 0;
          for (BlockMetaData group : reader.getRowGroups()) {
            check(group);
            bytes = Math.addExact(bytes, Math.max(0, group.getTotalByteSize()));
          }

          return bytes;
        });
  }

  /** A row group is in memory while its rows are read. */
  private static void check(BlockMetaData group) throws UnusableRowsException {
    long most = Runtime.getRuntime().maxMemory() / 4;
    long bytes = 0;
    for (ColumnChunkMetaData column : group.getColumns()) {
      if (column.getTotalSize() < 0 || column.getStartingPos() < 0 || group.getRowCount() < 0) {
        throw new UnusableRowsException("it is damaged: a size in its footer is negative");
      }

      bytes += Math.min(column.getTotalSize(), most + 1); // cannot overflow
      if (bytes > most) {
        throw new UnusableRowsException(
            "a row group has %s bytes, but with this heap the server reads at most %s (-Xmx)"
                .formatted(group.getCompressedSize(), most));
      }

      if (!CODECS.contains(column.getCodec())) {
        throw new UnusableRowsException(
            "it is compressed by %s, but the server reads only %s"
                .formatted(column.getCodec(), CODECS));
      }
    }
  }

  /** Gives all rows of a file to {@code rows}. */
  static void read(StoredFile file, RowFile.Rows rows, AfterRow after) throws IOException {
    read(
        file,
        reader -> {
          for (BlockMetaData group : reader.getRowGroups()) {
            check(group); // the file may be another one than the footer's
          }

          FileEntry before = file.store().regular(file.location());
          RowFile read = new RowFile(reader, LimitedPages::new, rows);
          for (long row = 0; next(read); row++) {
            after.row();
            if (row % ROWS_PER_LOOK == 0 && Thread.currentThread().isInterrupted()) {
              throw new InterruptedIOException("The server is being stopped");
            } else if (row % ROWS_PER_LOOK_AT_FILE == 0
                && !file.store().regular(file.location()).equals(before)) {
              throw new IOException("%s has changed meanwhile".formatted(file.location()));
            }
          }

          return null;
        });
  }

  private static boolean next(RowFile file) throws IOException {
    try {
      return file.next();
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private static ParquetFileReader open(StoredFile file) throws IOException {
    try {
      return ParquetFileReader.open(file, options());
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  /** Returns the failure of the store, if there was one; otherwise, the file is damaged. */
  private static IOException damaged(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StoredFile.StoreException store) {
        return (IOException) store.getCause();
      }
    }

    return new UnusableRowsException("it is damaged: " + failure.getMessage(), failure);
  }

  /** Parquet's reader takes the memory that the end of a file says. */
  private static void checkFooter(StoredFile file) throws IOException {
    int end = Integer.BYTES + MAGIC_BYTES;
    if (file.length() < end + MAGIC_BYTES) {
      return; // is refused by the reader
    }

    try (SeekableInputStream in = file.newStream()) {
      in.seek(file.length() - end);
      byte[] tail = new byte[end];
      in.readFully(tail);
      long bytes = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
      boolean isEncrypted = tail[end - 1] == 'E'; // PARE in place of PAR1
      long most = Runtime.getRuntime().maxMemory() / HEAP_PER_FOOTER;
      if (bytes < 0 || bytes > most) {
        throw new UnusableRowsException(
            "its footer has %s bytes, but with this heap the server reads at most %s (-Xmx)"
                .formatted(bytes, most));
      } else if (!isEncrypted && bytes <= file.length() - end - MAGIC_BYTES) {
        in.seek(file.length() - end - bytes);
        byte[] footer = new byte[(int) bytes];
        in.readFully(footer);
        FooterLimits.check(footer);
      }
    }
  }

  private static <T> T read(StoredFile file, Reading<T> reading) throws IOException {
    try {
      checkFooter(file);
    } catch (StoredFile.StoreException e) {
      throw (IOException) e.getCause();
    } catch (EOFException e) {
      throw new UnusableRowsException(
          "Cannot index %s: it is damaged: it ends early".formatted(file.location()), e);
    } catch (UnusableRowsException e) {
      throw new UnusableRowsException(
          "Cannot index %s: %s".formatted(file.location(), e.getMessage()), e);
    }

    try (ParquetFileReader reader = open(file)) {
      if (reader.getFileMetaData().getEncryptionType() != FileMetaData.EncryptionType.UNENCRYPTED) {
        throw encrypted(file, null);
      }

      return reading.from(reader);
    } catch (ParquetCryptoRuntimeException e) {
      throw encrypted(file, e);
    } catch (UnusableRowsException | LimitedPages.LimitException | LongRowException e) {
      throw new UnusableRowsException(
          "Cannot index %s: %s".formatted(file.location(), e.getMessage()), e);
    } catch (OutOfMemoryError | StackOverflowError e) {
      throw new UnusableRowsException(
          "Cannot index %s: to read it takes more memory than the server has: %s"
              .formatted(file.location(), e.getMessage()),
          null); // without the frames of a stack that was too deep
    } catch (RuntimeException e) { // Parquet's reader throws many types for damage
      throw new UnusableRowsException(
          "Cannot index %s: it is damaged: %s".formatted(file.location(), e), e);
    }
  }

  /** Compares the checksums of pages: a flipped bit may be another score. */
  private static ParquetReadOptions options() {
    return ParquetReadOptions.builder()
        .usePageChecksumVerification(true)
        .withCodecFactory(new LimitedPages.Codecs())
        .build();
  }

  private static UnusableRowsException encrypted(StoredFile file, Throwable cause) {
    return new UnusableRowsException(
        "Cannot index %s: it is encrypted, and an index is not".formatted(file.location()), cause);
  }
}
