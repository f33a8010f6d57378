package io.paritree.model.rows;

import io.paritree.Fault;
import io.paritree.FaultCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows that a schema refuses: the first of them, and the number of rows for each column and
 * kind of fault with an example.
 *
 * <p>Keeps {@value #SHOWN} rows and one entry per column and kind of fault, however many rows are
 * added. Not thread-safe.
 */
public final class FaultSummary {
  /** What to do about text where a number, a boolean or a missing value is expected. */
  public static final String OTHER_TEXT =
      "write numbers and booleans as JSON does (0.5 and not .5 or 0,5; true, false, 1 or 0), and leave missing cells empty or give their text as \"missing\"";

  private static final int SHOWN = 20;

  private final List<String> first = new ArrayList<>();
  private final Map<List<Object>, Entry> entries = new LinkedHashMap<>();
  private long rows;

  /**
   * One kind of fault in one column.
   *
   * @param example the first such fault
   * @param place file and line of the example
   * @param rows number of rows that have it
   */
  public record Entry(Fault example, String place, long rows) {
    /** Returns it in one line, with what to do where that is known. */
    public String text() {
      String cure = cure();
      return "%s of %s rows: got %s, expected %s (%s)%s"
          .formatted(
              example.code().code()
                  + (example.field().isEmpty()
                      ? ""
                      : " in '" + Fault.printable(example.field()) + "'"),
              rows,
              example.got(),
              example.expected(),
              place,
              cure.isEmpty() ? "" : "; " + cure);
    }

    /** Returns what to do about it; empty if that is not known. */
    public String cure() {
      String got = example.got();
      boolean isText = got.length() > 2 && got.startsWith("\"") && got.endsWith("\"");
      return example.code() == FaultCode.WRONG_TYPE && isText && example.hint().isEmpty()
          ? OTHER_TEXT
          : example.hint();
    }
  }

  /**
   * Adds a refused row.
   *
   * @param place its file and line
   */
  void add(String place, List<Fault> faults) {
    rows++;
    if (first.size() < SHOWN) {
      first.add(place + ": " + CsvScoring.listed(faults));
    }

    for (Fault fault : faults) {
      entries.merge(
          List.of(fault.field(), fault.code()),
          new Entry(fault, place, 1),
          (known, added) -> new Entry(known.example(), known.place(), known.rows() + 1));
    }
  }

  /** Adds a row of a block if it has faults; returns whether it has. */
  public boolean addIfRefused(CsvRows block, int row) {
    List<Fault> faults = block.faults(row);
    if (faults.isEmpty()) {
      return false;
    }

    add(block.place(row), faults);
    return true;
  }

  /** Returns the number of refused rows. */
  public long rows() {
    return rows;
  }

  /** Returns one line for each of the first refused rows, with all its faults. */
  public List<String> firstRows() {
    return List.copyOf(first);
  }

  /** Returns the kinds of faults by column, the most frequent first. */
  public List<Entry> entries() {
    return entries.values().stream()
        .sorted(Comparator.comparingLong(Entry::rows).reversed())
        .toList();
  }

  /** Returns the most frequent kinds of faults in one line. */
  public String text() {
    List<String> shown = entries().stream().limit(SHOWN).map(Entry::text).toList();
    int more = entries.size() - shown.size();
    return String.join(" | ", shown) + (more > 0 ? " | and %s more kinds".formatted(more) : "");
  }
}
