package io.paritree.spark.files;

import io.paritree.Sha256;
import java.io.IOException;
import java.security.MessageDigest;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A file whose SHA-256 is taken from the bytes that go to the store. Not thread-safe. */
final class DigestedFile implements OutputFile {
  private final HadoopOutputFile file;
  private final MessageDigest digest = Sha256.digest();

  DigestedFile(Path path, Configuration hadoop) throws IOException {
    this.file = HadoopOutputFile.fromPath(path, hadoop);
  }

  /** Returns the SHA-256 of a file that was closed, in 64 digits; may be called once. */
  String sha256() {
    return Sha256.hex(digest);
  }

  @Override
  public PositionOutputStream create(long blockSize) throws IOException {
    return new Digesting(file.create(blockSize), digest);
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSize) throws IOException {
    return new Digesting(file.createOrOverwrite(blockSize), digest);
  }

  @Override
  public boolean supportsBlockSize() {
    return file.supportsBlockSize();
  }

  @Override
  public long defaultBlockSize() {
    return file.defaultBlockSize();
  }

  @Override
  public String getPath() {
    return file.getPath();
  }

  private static final class Digesting extends PositionOutputStream {
    private final PositionOutputStream to;
    private final MessageDigest digest;

    private Digesting(PositionOutputStream to, MessageDigest digest) {
      this.to = to;
      this.digest = digest;
    }

    @Override
    public long getPos() throws IOException {
      return to.getPos();
    }

    @Override
    public void write(int value) throws IOException {
      to.write(value);
      digest.update((byte) value);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      to.write(bytes, from, count);
      digest.update(bytes, from, count);
    }

    @Override
    public void flush() throws IOException {
      to.flush();
    }

    @Override
    public void close() throws IOException {
      to.close();
    }
  }
}
