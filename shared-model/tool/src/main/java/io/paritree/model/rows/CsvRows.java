package io.paritree.model.rows;

import io.paritree.Fault;
import io.paritree.feature.Faults;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.record.CsvLines;
import io.paritree.record.CsvRecords;
import io.paritree.record.RecordFormatException;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The rows of a CSV file, encoded block by block.
 *
 * <p>Holds one block at a time, and reuses its arrays for the next. Not thread-safe.
 */
public final class CsvRows implements AutoCloseable {
  private static final int MAX_ROWS = 4_096;
  private static final int MAX_VALUES = 1 << 22;

  private final String origin;
  private final CsvLines lines;
  private final CsvRecords records;
  private final int width;
  private final int capacity;
  private final int[] kept;
  private final float[] slots;
  private final long[] lineNumbers;
  private final List<List<Fault>> faults = new ArrayList<>();
  private final List<String[]> cells = new ArrayList<>();
  private final Faults found = new Faults();

  private CsvRows(
      String origin, CsvLines lines, Schema schema, Engine engine, List<String> keptColumns)
      throws InputException {
    this.origin = origin;
    this.lines = lines;
    this.width = schema.width();
    int answered = Math.max(engine.trees(), Math.max(engine.outputs(), engine.scores()));
    this.capacity = Math.max(1, Math.min(MAX_ROWS, MAX_VALUES / Math.max(width, answered)));
    this.records = records(lines, origin, schema);
    Optional<String> lacking = lines.lacking(keptColumns);
    if (lacking.isPresent()) {
      throw new InputException(
          "Cannot read %s: its header has no column %s%s"
              .formatted(origin, lacking.get(), lines.otherSeparator()));
    }

    this.kept = keptColumns.stream().mapToInt(lines::column).toArray();
    this.slots = new float[capacity * width];
    this.lineNumbers = new long[capacity];
  }

  private static CsvRecords records(CsvLines lines, String origin, Schema schema)
      throws InputException {
    try {
      return new CsvRecords(lines, origin, schema);
    } catch (RecordFormatException e) {
      String cure =
          readsPlaces(schema, lines)
              ? "; a model file without names reads f0, f1, ...: rename the columns, or seal the model without a schema file and with --by-position, by which it reads the first columns in their order"
              : "";
      throw new InputException(e.getMessage() + cure, e);
    }
  }

  /**
   * Returns whether the fields are f0, f1, ..., and a file with enough columns has none of them.
   */
  private static boolean readsPlaces(Schema schema, CsvLines lines) {
    for (int index = 0; index < schema.modelWidth(); index++) {
      String column = schema.features().get(index).column();
      if (!column.equals("f" + index) || lines.column(column) >= 0) {
        return false;
      }
    }

    return lines.columns().size() >= schema.modelWidth();
  }

  /**
   * Opens a CSV file with a header; columns are found by name.
   *
   * @param path a local path, or one with a scheme
   * @param engine the engine that scores the blocks; blocks have fewer rows if it returns many
   *     values per row
   * @param keptColumns columns whose cells are kept as text, in addition to the encoded slots
   * @throws InputException if the file or a column is missing
   */
  public static CsvRows open(String path, Schema schema, Engine engine, List<String> keptColumns)
      throws InputException, IOException {
    CsvLines lines = lines(path);
    try {
      return new CsvRows(path, lines, schema, engine, keptColumns);
    } catch (InputException e) {
      lines.close();
      throw e;
    }
  }

  /** Returns whether what a path names can be read only once: a device or a pipe. */
  public static boolean isReadOnce(String path) throws IOException {
    Location location = Location.of(path);
    FileStore store = FileStore.of(location);
    if (store.find(location).filter(file -> !file.isDirectory()).isEmpty()) {
      return false;
    }

    try {
      store.regular(location);
      return false;
    } catch (UnfitFileException e) {
      return true;
    }
  }

  /** Opens the lines of a CSV file. */
  public static CsvLines lines(String path) throws InputException, IOException {
    Location location = Location.of(path);
    FileStore store = FileStore.of(location);
    if (store.find(location).filter(FileEntry::isDirectory).isPresent()) {
      throw new InputException(
          "Cannot read %s: it is a directory, expected a CSV file".formatted(path));
    }

    try {
      return CsvLines.open(store.open(location), path);
    } catch (NoSuchFileException e) {
      throw new InputException("Cannot read %s: there is no such file".formatted(path), e);
    } catch (RecordFormatException e) {
      throw new InputException(e.getMessage(), e);
    }
  }

  /**
   * Reads the next block.
   *
   * @return the number of its rows; 0 at the end of the file
   */
  public int next() throws InputException, IOException {
    faults.clear();
    cells.clear();
    int row = 0;
    try {
      while (row < capacity) {
        found.clear();
        if (!records.next(slots, row * width, found)) {
          break;
        }

        lineNumbers[row] = lines.number();
        faults.add(found.list());
        if (kept.length > 0) {
          cells.add(IntStream.of(kept).mapToObj(lines::text).toArray(String[]::new));
        }

        row++;
      }
    } catch (RecordFormatException e) {
      throw new InputException(e.getMessage(), e);
    }

    return row;
  }

  /** From now on, counts missing and unseen values, as {@link CsvRecords#countIn} does. */
  public void countIn(long[] missing, long[] unseen) {
    records.countIn(missing, unseen);
  }

  /** Returns the columns of the file, in its order. */
  public List<String> columns() {
    return lines.columns();
  }

  /** Returns the largest number of rows that a block may have. */
  int capacity() {
    return capacity;
  }

  /** Returns the block's slots, row after row; the slots of a row with faults are meaningless. */
  public float[] slots() {
    return slots;
  }

  public List<Fault> faults(int row) {
    return faults.get(row);
  }

  /** Returns the kept cells of a row of the block. */
  public String[] cells(int row) {
    return cells.get(row);
  }

  /** Returns the file and the line of a row of the block, for messages. */
  public String place(int row) {
    return "%s line %s".formatted(origin, lineNumbers[row]);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
