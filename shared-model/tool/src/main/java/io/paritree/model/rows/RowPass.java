package io.paritree.model.rows;

import io.paritree.comparison.ComparisonCounts;
import io.paritree.comparison.ComparisonForm;
import io.paritree.comparison.DataComparison;
import io.paritree.comparison.ModelPair;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One pass of both models over the rows of a CSV file: one thread reads and encodes a block while
 * another scores and counts the one before.
 *
 * @param keys the columns that are the key of a row; none for its line
 * @param by the column whose values divide the rows; empty if they are not divided
 * @param mostMoved how many of the rows that move most are kept
 */
public record RowPass(String path, List<String> keys, String by, int mostMoved) {
  /** The most rows that are kept. */
  public static final int MOST_MOVED = 10_000;

  public RowPass {
    keys = List.copyOf(keys);
  }

  /**
   * Reads all rows and compares them.
   *
   * @throws InputException if the file or a column is missing, or the file is no CSV
   */
  public DataComparison compare(ModelPair models) throws InputException, IOException {
    List<String> members = keys.isEmpty() ? PairedRows.PLACE : keys;
    ComparisonForm form = models.form(members, by, mostMoved);
    ComparisonCounts counts = new ComparisonCounts(form);
    ExecutorService scoring = Executors.newSingleThreadExecutor(RowPass::daemon);
    try (PairedRows rows = PairedRows.open(models, path, keys, by)) {
      PairedBlock next = rows.block();
      PairedBlock other = rows.block();
      Future<?> scored = scoring.submit(() -> {});
      for (rows.read(next); next.rows() > 0; rows.read(next)) {
        await(scored);
        PairedBlock read = next;
        scored =
            scoring.submit(
                () -> {
                  read.score();
                  counts.add(read);
                });
        next = other;
        other = read;
      }

      await(scored);
    } finally {
      scoring.shutdown();
    }

    return counts.result(models.explained(form, counts.moved()));
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "comparing");
    thread.setDaemon(true);
    return thread;
  }

  private static void await(Future<?> work) throws IOException {
    try {
      work.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Cannot compare rows: interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }

      throw (RuntimeException) e.getCause();
    }
  }
}
