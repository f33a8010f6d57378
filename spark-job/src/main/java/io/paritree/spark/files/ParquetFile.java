package io.paritree.spark.files;

import java.io.IOException;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;

/** A Parquet file that is being written. Not thread-safe. */
public abstract class ParquetFile {
  private final Path path;
  private final DigestedFile digested;
  private long rows;

  ParquetFile(Path path, DigestedFile digested) {
    this.path = path;
    this.digested = digested;
  }

  abstract void put(InternalRow row) throws IOException;

  abstract long length() throws IOException;

  abstract void end() throws IOException;

  public final void write(InternalRow row) {
    try {
      put(row);
    } catch (IOException | RuntimeException | FSError e) {
      throw failure(path, e);
    }

    rows++;
  }

  public final long rows() {
    return rows;
  }

  /** Returns the length that the file would have if it ended here, its last pages uncompressed. */
  final long bytes() {
    try {
      return length();
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  public final String name() {
    return path.getName();
  }

  /** Returns the SHA-256 of the file, which must be closed, in 64 digits; may be called once. */
  public final String sha256() {
    return digested.sha256();
  }

  public final void close() {
    try {
      end();
    } catch (IOException | RuntimeException | FSError e) {
      throw failure(path, e);
    }
  }

  /** Returns an exception that names the file and the root cause. */
  static RuntimeException failure(Path path, Throwable failure) {
    return new IllegalStateException(
        "Cannot write %s: %s".formatted(path, reason(failure)), failure);
  }

  /** Returns the message of the root cause. */
  static String reason(Throwable failure) {
    Throwable reason = failure;
    while (reason.getCause() != null) {
      reason = reason.getCause();
    }

    return reason.getMessage();
  }
}
