package io.paritree.profile;

import java.io.Serializable;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What is counted of sampled rows, by their levels; the levels that cannot be in the sample any
 * more are dropped. See {@link Sampling}. Not thread-safe.
 *
 * @param <C> what is counted of the rows of a level
 */
final class LevelCounts<C extends Counts<C>> implements Serializable {
  private static final int LEVELS = Long.SIZE + 1;

  private final long most;
  private final boolean isWhole; // all rows are in the sample, whatever their levels
  private final TreeMap<Integer, Level<C>> levels = new TreeMap<>(); // those with rows
  private long total; // of the rows of all levels
  private int least;

  /** The rows of a level. */
  private static final class Level<C extends Counts<C>> implements Serializable {
    private final C counts;
    private long rows; // faulty ones, of which nothing is counted, among them
    private long counted;

    Level(C counts) {
      this.counts = counts;
    }

    Level<C> plus(Level<C> other) {
      rows += other.rows;
      counted += other.counted;
      counts.add(other.counts);
      return this;
    }
  }

  /**
   * @param rows how many rows there are; 0 if that is not known
   */
  LevelCounts(long most, long rows) {
    this.most = most;
    this.isWhole = most == Sampling.ALL || rows > 0 && rows <= most;
    this.least = most == 0 ? LEVELS : Sampling.least(rows, most);
  }

  /** Returns whether a row with this hash may be in the sample. */
  boolean takes(long hash) {
    return level(hash) >= least;
  }

  private int level(long hash) {
    return isWhole ? 0 : Sampling.level(hash);
  }

  /** Adds a row that may be in the sample; returns what is counted of its level. */
  C next(long hash, Supplier<C> none) {
    Level<C> own = level(hash, none);
    own.counted++;
    return own.counts;
  }

  /** Adds a row of which nothing is counted. */
  void skip(long hash, Supplier<C> none) {
    if (takes(hash)) {
      level(hash, none);
    }
  }

  private Level<C> level(long hash, Supplier<C> none) {
    Level<C> own = levels.computeIfAbsent(level(hash), any -> new Level<>(none.get()));
    own.rows++;
    total++;
    shrink();
    return own;
  }

  /** Drops levels until there are no more rows than asked for. */
  private void shrink() {
    while (total > most) {
      drop();
    }
  }

  /** Drops the level with the most rows. */
  void drop() {
    Level<C> dropped = levels.remove(least);
    total -= dropped == null ? 0 : dropped.rows;
    least++;
  }

  /** Drops all levels below one. */
  void keepLevel(int level) {
    while (least < level) {
      drop();
    }
  }

  /** Adds another's rows, which are some of the same number of rows. */
  void add(LevelCounts<C> other) {
    keepLevel(other.least);
    other
        .levels
        .tailMap(least)
        .forEach(
            (level, more) -> {
              total += more.rows;
              levels.merge(level, more, Level::plus);
            });
    shrink();
  }

  void pack() {
    levels.values().forEach(level -> level.counts.pack());
  }

  /** Returns the number of counted rows in the sample. */
  long rows() {
    return levels.values().stream().mapToLong(level -> level.counted).sum();
  }

  /**
   * Adds all levels.
   *
   * @param none counts of no row, which receive all
   */
  C sum(C none) {
    levels.values().forEach(level -> none.add(level.counts));
    return none;
  }
}
