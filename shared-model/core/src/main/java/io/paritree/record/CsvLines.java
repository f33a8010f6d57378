package io.paritree.record;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.paritree.Fault;
import io.paritree.NameList;
import io.paritree.feature.NearestName;
import io.paritree.feature.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The header and the lines of a CSV file, as the bytes of their cells.
 *
 * <p>RFC 4180: commas, double quotes, LF or CRLF. Cells are neither trimmed nor decoded; a quoted
 * empty cell is the same as an empty one. A byte order mark is skipped. An empty line is skipped
 * too, unless the file has one column: there it is an empty cell. Holds one line at a time. Not
 * thread-safe.
 */
public final class CsvLines implements AutoCloseable {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
  private static final int MAX_REASON = 100;
  private static final List<String> OTHER_SEPARATORS = List.of(";", "\t", "|");

  /** What files that are no CSV begin with. */
  private static final Map<String, String> OTHER_FORMATS =
      Map.of(
          "\u001f\u008b", "it is compressed with gzip",
          "PAR1\u0015", "it is a Parquet file",
          "PK\u0003\u0004", "it is a ZIP archive, as Excel's files are");

  private static final int LONGEST_START = 5;

  private final String origin;
  private final Line current = new Line();
  private final CsvReader<Line> reader;
  private final CloseableIterator<Line> lines;
  private final List<String> columns;

  /** The index of each column; if several have the same name, of the first one. */
  private final Map<String, Integer> columnIndexes = new HashMap<>();

  private CsvLines(InputStream in, String origin, boolean strict, int maxColumns)
      throws IOException, RecordFormatException {
    this.origin = origin;
    // One char per byte: quotes and commas are ASCII, so the bytes of a cell stay unchanged.
    this.reader =
        CsvReader.builder()
            .skipEmptyLines(false)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowUnclosedQuote(false)
            .build(current, checkedStart(in), StandardCharsets.ISO_8859_1);
    this.lines = reader.iterator();
    this.columns = strict ? header(maxColumns) : headerOfPart();
  }

  /**
   * Opens a file and reads its header.
   *
   * @param in closed together with this
   * @param origin names the file in messages
   * @throws RecordFormatException if there is no header, or it has a column twice
   */
  public static CsvLines open(InputStream in, String origin)
      throws IOException, RecordFormatException {
    return open(in, origin, Integer.MAX_VALUE);
  }

  /**
   * Opens a file as {@link #open(InputStream, String)} does, if it has at most {@code maxColumns}
   * columns: their names take many times the memory of a narrow header.
   *
   * @param in closed together with this
   * @param origin names the file in messages
   * @throws RecordFormatException if there is no header, or it has a column twice or too many
   *     columns
   */
  public static CsvLines open(InputStream in, String origin, int maxColumns)
      throws IOException, RecordFormatException {
    return open(in, origin, true, maxColumns);
  }

  /**
   * Opens one of many files of a table: empty lines before the header are skipped, a file without a
   * header has no columns, and several columns may have the same name; the calling code checks the
   * columns that it reads.
   *
   * @param in closed together with this
   * @param origin names the file in messages
   * @throws RecordFormatException if quotes are wrong
   */
  public static CsvLines openPart(InputStream in, String origin)
      throws IOException, RecordFormatException {
    return open(in, origin, false, Integer.MAX_VALUE);
  }

  private static CsvLines open(InputStream in, String origin, boolean strict, int maxColumns)
      throws IOException, RecordFormatException {
    try {
      return new CsvLines(in, origin, strict, maxColumns);
    } catch (IOException | RecordFormatException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** Returns the stream after a byte order mark, if it begins with one. */
  private InputStream checkedStart(InputStream in) throws IOException, RecordFormatException {
    PushbackInputStream pushback = new PushbackInputStream(in, LONGEST_START);
    byte[] start = pushback.readNBytes(LONGEST_START);
    String text = new String(start, StandardCharsets.ISO_8859_1);
    for (Map.Entry<String, String> format : OTHER_FORMATS.entrySet()) {
      if (text.startsWith(format.getKey())) {
        throw new RecordFormatException(
            "Cannot read %s: %s, expected CSV as text".formatted(origin, format.getValue()));
      }
    }

    int mark = BYTE_ORDER_MARK.length;
    boolean isMarked =
        start.length >= mark && Arrays.equals(start, 0, mark, BYTE_ORDER_MARK, 0, mark);
    pushback.unread(start, isMarked ? mark : 0, start.length - (isMarked ? mark : 0));
    return pushback;
  }

  private List<String> header(int maxColumns) throws IOException, RecordFormatException {
    if (!advance() || (current.count == 1 && current.length(0) == 0)) {
      throw new RecordFormatException(
          "Cannot read %s: its first line is empty, expected the names of the columns"
              .formatted(origin));
    }

    if (current.count > maxColumns) {
      throw new RecordFormatException(
          "Cannot read %s: its header has %s columns, at most %s are read"
              .formatted(origin, current.count, maxColumns));
    }

    List<String> names = new ArrayList<>();
    NameList twice = NameList.ofWrong();
    for (int cell = 0; cell < current.count; cell++) {
      if (!Utf8.isWellFormed(current.bytes, current.start(cell), current.length(cell))) {
        throw new RecordFormatException(
            "Cannot read %s: the name of column %s is not in UTF-8".formatted(origin, cell + 1));
      }

      String name = text(cell);
      names.add(name);
      if (columnIndexes.putIfAbsent(name, cell) != null) {
        twice.add("'" + Fault.printable(name, MAX_REASON) + "'");
      }
    }

    if (!twice.isEmpty()) {
      throw new RecordFormatException(
          "Cannot read %s: its header names %s twice, expected each column once"
              .formatted(origin, twice));
    }

    return List.copyOf(names);
  }

  private List<String> headerOfPart() throws IOException, RecordFormatException {
    while (advance()) {
      if (!current.empty) {
        List<String> names = new ArrayList<>();
        for (int cell = 0; cell < current.count; cell++) {
          names.add(text(cell));
          columnIndexes.putIfAbsent(names.get(cell), cell);
        }

        return List.copyOf(names);
      }
    }

    return List.of();
  }

  /** Returns that the columns seem to be separated otherwise, as a clause; empty if they do not. */
  public String otherSeparator() {
    return OTHER_SEPARATORS.stream()
        .filter(separator -> columns.size() == 1 && columns.get(0).contains(separator))
        .findFirst()
        .map(
            separator ->
                "; the whole header is one column, since columns are separated by commas, not by '%s'"
                    .formatted(Fault.printable(separator)))
        .orElse("");
  }

  /** Returns the names of the columns, in the file's order. */
  public List<String> columns() {
    return columns;
  }

  /**
   * Returns the wanted columns that the file lacks, as a text that names the nearest columns that
   * it has; empty if it lacks none.
   */
  public Optional<String> lacking(Collection<String> wanted) {
    NameList lacking = NameList.ofWrong();
    Hints hints = new Hints();
    for (String column : wanted) {
      if (column(column) < 0) {
        String hint =
            hints
                .nearest(column, name -> NearestName.of(name, columns))
                .map(near -> " (it has '%s')".formatted(Fault.printable(near)))
                .orElse("");
        lacking.add("'%s'%s".formatted(Fault.printable(column), hint));
      }
    }

    return lacking.isEmpty() ? Optional.empty() : Optional.of(lacking.toString());
  }

  /**
   * Returns the index in {@link #columns} of the column with exactly this name, the first one if
   * several have it; -1 if none has.
   */
  public int column(String name) {
    return columnIndexes.getOrDefault(name, -1);
  }

  /**
   * Goes to the next line.
   *
   * @return false at the end of the file
   * @throws RecordFormatException if quotes are wrong: the end of the line cannot be determined
   */
  public boolean next() throws IOException, RecordFormatException {
    while (advance()) {
      if (columns.size() == 1 || !current.empty) {
        return true;
      }
    }

    return false;
  }

  private boolean advance() throws IOException, RecordFormatException {
    try {
      if (!lines.hasNext()) {
        return false;
      }

      lines.next();
      return true;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (CsvParseException e) {
      throw new RecordFormatException(
          "Cannot read %s from line %s on: %s"
              .formatted(origin, current.number, Fault.printable(reason(e), MAX_REASON)),
          e);
    }
  }

  private static String reason(CsvParseException e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }

    return String.valueOf(deepest.getMessage());
  }

  /** Returns the number of the file's line at which the current line starts, counted from 1. */
  public long number() {
    return current.number;
  }

  /** Returns the number of cells of the current line. */
  public int cells() {
    return current.count;
  }

  /** Returns a cell of the current line, ill-formed bytes replaced; empty if there is none. */
  public String text(int cell) {
    return cell < current.count
        ? new String(
            current.bytes, current.start(cell), current.length(cell), StandardCharsets.UTF_8)
        : "";
  }

  /** Returns a copy of the bytes of a cell of the current line; empty if there is none. */
  public byte[] copy(int cell) {
    return cell < current.count
        ? Arrays.copyOfRange(current.bytes, current.start(cell), current.ends[cell])
        : new byte[0];
  }

  /** Returns the current line as it is written in the file, ill-formed bytes replaced. */
  public String line() {
    StringBuilder line = new StringBuilder();
    for (int cell = 0; cell < current.count; cell++) {
      line.append(cell == 0 ? "" : ",");
      line.append(current.quoted[cell] ? '"' + text(cell).replace("\"", "\"\"") + '"' : text(cell));
    }

    return line.toString();
  }

  byte[] bytes() {
    return current.bytes;
  }

  int start(int cell) {
    return current.start(cell);
  }

  int length(int cell) {
    return current.length(cell);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  /** The bytes of the cells of one line, one cell after the other. */
  private static final class Line extends AbstractBaseCsvCallbackHandler<Line> {
    private byte[] bytes = new byte[1024];
    private int[] ends = new int[64];
    private boolean[] quoted = new boolean[64];
    private int count;
    private boolean empty;
    private long number = 1;

    int start(int cell) {
      return cell == 0 ? 0 : ends[cell - 1];
    }

    int length(int cell) {
      return ends[cell] - start(cell);
    }

    @Override
    protected void handleBegin(long startingLineNumber) {
      number = startingLineNumber;
      count = 0;
      empty = false;
    }

    @Override
    protected void handleField(int cell, char[] chars, int offset, int length, boolean isQuoted) {
      int start = start(cell);
      if (bytes.length < start + length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, start + length));
      }

      if (ends.length <= cell) {
        ends = Arrays.copyOf(ends, 2 * ends.length);
        quoted = Arrays.copyOf(quoted, ends.length);
      }

      for (int at = 0; at < length; at++) {
        bytes[start + at] = (byte) chars[offset + at];
      }

      ends[cell] = start + length;
      quoted[cell] = isQuoted;
      count = cell + 1;
    }

    @Override
    protected void handleEmpty() {
      ends[0] = 0;
      quoted[0] = false;
      count = 1;
      empty = true;
    }

    @Override
    protected Line buildRecord() {
      return this;
    }
  }
}
