package io.paritree.serving;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;

/** The rows of a partition whose index the server builds, with a Parquet file that lies. */
final class BrokenRows {
  private static final int END = 8;
  private static final long[] NUMBERS = {
    -1, 0, 1, 1 << 20, 100 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 40, Long.MAX_VALUE
  };

  private final PublishedRows rows;
  private final String partition;
  private final Random random;
  private final Path file;
  private final byte[] content;
  private final int footerAt;

  BrokenRows(PublishedRows rows, String partition, Random random) throws IOException {
    this.rows = rows;
    this.partition = partition;
    this.random = random;
    this.file = rows.file(partition);
    this.content = Files.readAllBytes(file);
    this.footerAt =
        content.length
            - END
            - ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getInt(content.length - END);
  }

  /** Breaks them; returns how. */
  String broken(BrokenOutput kind) throws IOException {
    return switch (kind) {
      case PARQUET_FOOTER -> random.nextInt(3) == 0 ? flipped(footerAt, content.length) : footer();
      case PARQUET_PAGES -> flipped(4, footerAt);
      case PARQUET_SIZES -> header(random.nextInt(4), random.nextInt(5), number());
      case GIANT_ROWS -> {
        int mebibytes = 9 + random.nextInt(30);
        rows.publish(partition, 0, 1, "x".repeat(mebibytes << 20));
        yield mebibytes + " MiB";
      }
      case QUARANTINE -> quarantine();
      default -> throw new IllegalArgumentException(kind.name());
    };
  }

  private long number() {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private void write(byte[] to) throws IOException {
    Files.write(file, to);
    Path manifest = rows.manifest(partition);
    Files.writeString(
        manifest,
        Files.readString(manifest).replaceAll("(\"bytes\" ?: ?)[0-9]+", "$1" + to.length));
  }

  private String flipped(int from, int to) throws IOException {
    byte[] flipped = content.clone();
    int flips = 1 + random.nextInt(20);
    for (int count = 0; count < flips; count++) {
      flipped[from + random.nextInt(to - from)] = (byte) random.nextInt(256);
    }

    write(flipped);
    return flips + " bytes";
  }

  private FileMetaData meta() throws IOException {
    return Util.readFileMetaData(
        new ByteArrayInputStream(content, footerAt, content.length - footerAt));
  }

  private void write(byte[] rows, FileMetaData meta) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(rows);
    Util.writeFileMetaData(meta, all);
    int length = all.size() - rows.length;
    all.writeBytes(
        ByteBuffer.allocate(END)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(length)
            .put(content, content.length - 4, 4)
            .array());
    write(all.toByteArray());
  }

  private String footer() throws IOException {
    FileMetaData meta = meta();
    RowGroup group = meta.getRow_groups().get(0);
    ColumnMetaData column =
        group.getColumns().get(random.nextInt(group.getColumnsSize())).getMeta_data();
    long number = number();
    int how = random.nextInt(15);
    if (how == 14) {
      return endless();
    }

    switch (how) {
      case 0 -> meta.setNum_rows(number);
      case 1 -> group.setNum_rows(number);
      case 2 -> group.setTotal_byte_size(number);
      case 3 -> column.setTotal_compressed_size(number);
      case 4 -> column.setTotal_uncompressed_size(number);
      case 5 -> column.setData_page_offset(number);
      case 6 -> column.setDictionary_page_offset(number);
      case 7 -> column.setNum_values(number);
      case 8 -> column.setCodec(CompressionCodec.values()[random.nextInt(8)]);
      case 9 -> meta.getSchema().get(0).setNum_children((int) number);
      case 10 -> deepen(meta);
      case 11 -> meta.setCreated_by("x".repeat(1 << 10 + random.nextInt(13)));
      case 12 -> {
        List<RowGroup> groups = new ArrayList<>();
        for (int count = 0; count < 1 << random.nextInt(12); count++) {
          groups.add(group);
        }

        meta.setRow_groups(groups);
      }
      default -> {
        SchemaElement element = meta.getSchema().get(1 + random.nextInt(meta.getSchemaSize() - 1));
        element.setRepetition_type(FieldRepetitionType.REPEATED);
      }
    }

    write(Arrays.copyOf(content, footerAt), meta);
    return "footer, %s, %s".formatted(how, number);
  }

  /** Puts a footer in place that says it has a list of many members, and ends. */
  String endless() throws IOException {
    byte[] footer = {0x15, 2, 0x19, (byte) 0xfc, (byte) 0x80, (byte) 0xc2, (byte) 0xd7, 0x2f, 0x48};
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(content, 0, footerAt);
    all.writeBytes(footer);
    all.writeBytes(
        ByteBuffer.allocate(END)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(footer.length)
            .put(content, content.length - 4, 4)
            .array());
    write(all.toByteArray());
    return "endless footer";
  }

  /** Puts a column into many groups. */
  private void deepen(FileMetaData meta) {
    List<SchemaElement> schema = new ArrayList<>(meta.getSchema());
    SchemaElement group = new SchemaElement("g");
    group.setNum_children(1);
    group.setRepetition_type(FieldRepetitionType.REQUIRED);
    int depth = 1 << 4 + random.nextInt(12);
    for (int count = 0; count < depth; count++) {
      schema.add(1, group);
    }

    meta.setSchema(schema);
  }

  /**
   * Changes the header of the first page of a column, and moves what follows it.
   *
   * @param at number of the column
   * @param how which member is changed
   */
  String header(int at, int how, long number) throws IOException {
    FileMetaData meta = meta();
    List<ColumnChunk> chunks = meta.getRow_groups().get(0).getColumns();
    ColumnMetaData chosen = chunks.get(at).getMeta_data();
    int from = (int) start(chosen);
    boolean isDictionary = chosen.isSetDictionary_page_offset();
    ByteArrayInputStream in = new ByteArrayInputStream(content, from, content.length - from);
    PageHeader header = Util.readPageHeader(in);
    int bytes = content.length - from - in.available();
    header.unsetCrc(); // a hostile writer would give the right one
    int size = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number));
    switch (how) {
      case 0 -> header.setUncompressed_page_size(size);
      case 1 -> header.setCompressed_page_size(size);
      case 2 -> {
        if (isDictionary && header.isSetDictionary_page_header()) {
          header.getDictionary_page_header().setNum_values(size);
        } else {
          header.getData_page_header().setNum_values(size);
        }
      }
      case 3 -> {
        Encoding encoding = Encoding.values()[Math.floorMod(number, Encoding.values().length)];
        if (isDictionary && header.isSetDictionary_page_header()) {
          header.getDictionary_page_header().setEncoding(encoding);
        } else {
          header.getData_page_header().setEncoding(encoding);
        }
      }
      default -> {
        header.setUncompressed_page_size(size);
        chosen.setNum_values(number);
        meta.setNum_rows(number);
        meta.getRow_groups().get(0).setNum_rows(number);
      }
    }

    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(content, 0, from);
    Util.writePageHeader(header, all);
    int moved = all.size() - from - bytes;
    all.write(content, from + bytes, footerAt - from - bytes);
    chosen.setTotal_compressed_size(chosen.getTotal_compressed_size() + moved);
    for (ColumnChunk chunk : chunks) {
      ColumnMetaData column = chunk.getMeta_data();
      if (column.getData_page_offset() > from) {
        column.setData_page_offset(column.getData_page_offset() + moved);
      }

      if (column.isSetDictionary_page_offset() && column.getDictionary_page_offset() > from) {
        column.setDictionary_page_offset(column.getDictionary_page_offset() + moved);
      }
    }

    write(all.toByteArray(), meta);
    return "page of %s, %s, %s".formatted(chosen.getPath_in_schema(), how, number);
  }

  private static long start(ColumnMetaData column) {
    return column.isSetDictionary_page_offset()
        ? column.getDictionary_page_offset()
        : column.getData_page_offset();
  }

  private String quarantine() throws IOException {
    try (Stream<Path> all = Files.walk(rows.path().getParent())) {
      Path quarantine =
          all.filter(one -> one.endsWith("q.zstd.parquet"))
              .filter(one -> one.toString().contains("run" + rows.runs() + "-"))
              .findFirst()
              .orElseThrow();
      byte[] whole = Files.readAllBytes(quarantine);
      int how = random.nextInt(4);
      switch (how) {
        case 0 -> Files.write(quarantine, Arrays.copyOf(whole, random.nextInt(whole.length)));
        case 1 -> {
          for (int count = 0; count < 10; count++) {
            whole[random.nextInt(whole.length)] = (byte) random.nextInt(256);
          }

          Files.write(quarantine, whole);
        }
        case 2 -> Files.write(quarantine, content); // of other columns
        default -> {
          Files.delete(quarantine);
          Files.createSymbolicLink(quarantine, Path.of("/dev/zero"));
        }
      }

      return "quarantine, " + how;
    }
  }
}
