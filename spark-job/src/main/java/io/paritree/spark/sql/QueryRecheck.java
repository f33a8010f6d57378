package io.paritree.spark.sql;

import io.paritree.Fault;
import io.paritree.Machine;
import io.paritree.forest.Engine;
import io.paritree.model.Recheck;
import io.paritree.model.Recheck.Different;
import io.paritree.model.ScoringModel;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * Scores a share of the rows of a query again. A difference ends the task, so that Spark tries it
 * elsewhere; if that has one too, the query fails. Not thread-safe.
 */
public final class QueryRecheck {
  /**
   * The share of the rows, unless the session says another one. Less than the job's: nothing says
   * when a query ends, so each row is scored again at once and alone, which costs more.
   */
  static final double SHARE = 0.0001;

  /** Sets the share for a session. */
  public static final String SETTING = "paritree.recheck";

  private final Recheck recheck;

  QueryRecheck(ScoringModel model, Engine engine, double share, long seed) {
    this.recheck = new Recheck(model, engine, share, seed, 1);
  }

  /**
   * Returns the share that a session asks for.
   *
   * @throws IllegalArgumentException if that is no share
   */
  static double share(SparkSession session) {
    String text = session.conf().get(SETTING, "");
    if (text.isEmpty()) {
      return SHARE;
    }

    double share = Double.NaN;
    try {
      share = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      // refused below
    }

    if (share >= 0 && share <= 1) {
      return share;
    }

    throw new IllegalArgumentException(
        "Cannot use %s = '%s': expected a number from 0 to 1"
            .formatted(SETTING, Fault.printable(text)));
  }

  /**
   * Scores the chosen rows of a block again; see {@link Recheck#add}.
   *
   * @throws IllegalStateException if one differs
   */
  void check(
      float[] slots, int rowStride, int featureStride, int rows, float[] margins, float[] scores) {
    List<Different> different =
        recheck.add(slots, rowStride, featureStride, rows, margins, scores, row -> "");
    if (!different.isEmpty()) {
      throw new IllegalStateException(
          "Cannot vouch for a score: the %s on %s; the engine, Java's compiler or this machine is at fault, so run the query without it"
              .formatted(different.get(0).values(), Machine.here()));
    }
  }
}
