package io.paritree.spark.history;

import io.paritree.output.RunDrift;
import io.paritree.profile.Profile;
import io.paritree.rule.Rule;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.tables.TableToWrite;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;

/**
 * What a run appends to the table of drift: what it has compared, once, when it has ended. A run
 * with very many rows appends them in parts, as its groups end. Not thread-safe.
 */
public final class DriftHistory {
  private final SparkSession session;
  private final HistoryTable table;
  private final String name;
  private final HistoryRows form;
  private final List<HistoryRows.Compared> pending = new ArrayList<>();
  private long pendingRows;
  private int parts;

  /**
   * @param table a path, or a name in a catalog
   * @param name of the run, which no other run has
   * @param run its id
   * @param at when it began
   */
  public DriftHistory(
      SparkSession session,
      TableToWrite table,
      String name,
      String run,
      Instant at,
      List<Rule> rules) {
    this.session = session;
    this.table = table(table);
    this.name = name;
    this.form =
        new HistoryRows(
            run,
            at,
            rules.stream()
                .collect(Collectors.toMap(Rule::text, Function.identity(), (one, same) -> one)));
  }

  /** Returns the table of drift at a place. */
  public static HistoryTable table(TableToWrite place) {
    return new HistoryTable(place, "drift", "--drift-table", HistoryColumn.schema());
  }

  /** Adds a partition; it is written later. */
  public void add(RunDrift.Partition drift, Profile profile) {
    HistoryRows.Compared compared = new HistoryRows.Compared(drift, profile);
    pending.add(compared);
    pendingRows += compared.size();
  }

  /** Returns whether there is so much that it is not to be kept in memory. */
  public boolean isLarge() {
    return pendingRows >= HistoryTable.PART_ROWS;
  }

  /** Writes what was added. */
  public void write() throws RefusedException, IOException, AnalysisException {
    parts = table.append(session, name, parts, pending.stream().flatMap(form::of).iterator());
    pending.clear();
    pendingRows = 0;
  }
}
