package io.paritree.spark.outcomes;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The scores of rows of a task that have all in common but the score.
 *
 * @param label that was stored with them; null if none was
 * @param bins of the scores ({@link ScoreCounts#bin}), in ascending order
 * @param rows the scores in each bin
 * @param least score
 * @param most the highest score
 * @param absent rows without a score
 */
record CountedScores(
    RowGroup group, String label, int[] bins, long[] rows, double least, double most, long absent)
    implements Serializable {
  /** Bins are pages of bins, of which few are used: scores of a model are near to each other. */
  private static final int PAGE_BITS = 7;

  private static final int PAGE = 1 << PAGE_BITS;
  private static final int PAGES = 1 << 16 - PAGE_BITS;
  private static final int FIRST_BIN = Short.MIN_VALUE;

  /**
   * All scores of a task.
   *
   * @param areAll whether the task has read all of its rows: it ends where there are too many
   *     groups, or too many values of a column of {@code --by}
   */
  record OfTask(ArrayList<CountedScores> counted, boolean areAll) implements Serializable {}

  /** The scores of some rows while they are counted. */
  private static final class Counts {
    private final long[][] pages = new long[PAGES][];
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;
    private long absent;

    void add(double score) {
      int bin = ScoreCounts.bin(score) - FIRST_BIN;
      long[] page = pages[bin >> PAGE_BITS];
      if (page == null) {
        page = new long[PAGE];
        pages[bin >> PAGE_BITS] = page;
      }

      page[bin & PAGE - 1]++;
      least = Math.min(least, score);
      most = Math.max(most, score);
    }

    CountedScores counted(RowGroup group, String label) {
      int room = PAGE * (int) Stream.of(pages).filter(Objects::nonNull).count();
      int[] bins = new int[room];
      long[] rows = new long[room];
      int size = 0;
      for (int page = 0; page < PAGES; page++) {
        for (int bin = 0; pages[page] != null && bin < PAGE; bin++) {
          if (pages[page][bin] > 0) {
            bins[size] = FIRST_BIN + page * PAGE + bin;
            rows[size] = pages[page][bin];
            size++;
          }
        }
      }

      return new CountedScores(
          group, label, Arrays.copyOf(bins, size), Arrays.copyOf(rows, size), least, most, absent);
    }
  }

  /**
   * Counts scores.
   *
   * @param rows a group's columns ({@link RowGroup#columns}), then the label and the score, which
   *     may be null
   */
  static OfTask of(Iterator<InternalRow> rows, int levels, int segments) {
    int width = RowGroup.width(levels, segments) + 1;
    List<Set<UTF8String>> values = new ArrayList<>();
    for (int index = 0; index < segments; index++) {
      values.add(new HashSet<>());
    }

    boolean areAll = true;
    Map<List<UTF8String>, Counts> all = new HashMap<>();
    UTF8String[] texts = new UTF8String[width];
    UTF8String[] last = null;
    Counts counts = null;
    while (areAll && rows.hasNext()) {
      InternalRow row = rows.next();
      for (int at = 0; at < width; at++) {
        texts[at] = row.isNullAt(at) ? null : row.getUTF8String(at);
      }

      if (!Arrays.equals(texts, last)) {
        counts = all.get(Arrays.asList(texts));
        last = copy(texts);
        if (counts == null) {
          counts = new Counts();
          all.put(Arrays.asList(last), counts);
          areAll = all.size() <= ScoreCounts.MOST_GROUPS;
          for (int index = 0; index < segments; index++) {
            values.get(index).add(last[levels + 1 + index]);
            areAll &= values.get(index).size() <= ScoreCounts.MOST_SEGMENTS;
          }
        }
      }

      if (row.isNullAt(width)) {
        counts.absent++;
      } else {
        counts.add(row.getDouble(width));
      }
    }

    ArrayList<CountedScores> counted = new ArrayList<>();
    all.forEach(
        (key, own) ->
            counted.add(
                own.counted(
                    RowGroup.of(at -> text(key.get(at)), levels, segments),
                    text(key.get(width - 1)))));
    return new OfTask(counted, areAll);
  }

  /** Copies texts, whose bytes the next row may replace. */
  private static UTF8String[] copy(UTF8String[] texts) {
    UTF8String[] copied = new UTF8String[texts.length];
    for (int at = 0; at < texts.length; at++) {
      copied[at] = texts[at] == null ? null : texts[at].clone();
    }

    return copied;
  }

  private static String text(UTF8String text) {
    return text == null ? null : text.toString();
  }
}
