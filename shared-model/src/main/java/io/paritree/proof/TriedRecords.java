package io.paritree.proof;

import io.paritree.Sha256;
import io.paritree.feature.Schema;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * All records of a trial, in a file: so many that memory need not hold them. Any thread may read
 * them, block by block.
 *
 * <p>The file has of each value of each record its length in bytes of UTF-8 (four bytes), and the
 * bytes.
 */
public final class TriedRecords {
  /** So many records are in a block, but for the last one. */
  public static final int BLOCK = 4_096;

  private final Schema schema;
  private final Path file;
  private final int count;
  private final String sha256;
  private final List<Long> starts; // of each block, and the end of the file

  private TriedRecords(Schema schema, Path file, int count, String sha256, List<Long> starts) {
    this.schema = schema;
    this.file = file;
    this.count = count;
    this.sha256 = sha256;
    this.starts = List.copyOf(starts);
  }

  /** Writes records to a file. */
  public static TriedRecords write(Schema schema, Iterator<TriedRecord> records, Path file)
      throws IOException {
    List<Long> starts = new ArrayList<>();
    MessageDigest digest = Sha256.digest();
    int count = 0;
    try (OutputStream bytes = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        DataOutputStream out = new DataOutputStream(new DigestOutputStream(bytes, digest))) {
      long at = 0;
      for (; records.hasNext(); count++) {
        if (count % BLOCK == 0) {
          starts.add(at);
        }

        TriedRecord record = records.next();
        for (int field = 0; field < record.fields(); field++) {
          byte[] value = record.value(field).getBytes(StandardCharsets.UTF_8);
          out.writeInt(value.length);
          out.write(value);
          at += Integer.BYTES + value.length;
        }
      }

      starts.add(at);
    }

    return new TriedRecords(schema, file, count, Sha256.hex(digest), starts);
  }

  /** Returns the schema that the fields are of. */
  public Schema schema() {
    return schema;
  }

  /** Returns how many records there are. */
  public int count() {
    return count;
  }

  /** Returns the SHA-256 of the file: the same records have the same. */
  public String sha256() {
    return sha256;
  }

  /** Returns how many blocks there are. */
  public int blocks() {
    return starts.size() - 1;
  }

  /** Reads a block. */
  public TriedBlock block(int index) throws IOException {
    long from = starts.get(index);
    byte[] bytes = new byte[Math.toIntExact(starts.get(index + 1) - from)];
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(from);
      in.readFully(bytes);
    }

    List<TriedRecord> records = new ArrayList<>();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    for (int record = index * BLOCK; record < Math.min(count, (index + 1) * BLOCK); record++) {
      String[] values = new String[schema.fields().size()];
      for (int field = 0; field < values.length; field++) {
        values[field] = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
      }

      records.add(new TriedRecord(values));
    }

    return new TriedBlock(schema, index * BLOCK, records);
  }

  /** Reads one record. */
  public TriedRecord record(int number) throws IOException {
    return block(number / BLOCK).records().get(number % BLOCK);
  }
}
