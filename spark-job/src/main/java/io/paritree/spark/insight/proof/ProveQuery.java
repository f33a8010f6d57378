package io.paritree.spark.insight.proof;

import io.paritree.spark.tables.TableToRead;
import io.paritree.spark.tables.formats.AskedFormat;
import io.paritree.store.CallsAtOnce;
import java.util.List;
import java.util.Optional;

/**
 * What is tried.
 *
 * @param model as for scripts/score
 * @param input of which rows are tried
 * @param natural how many of them at most
 * @param mostUntried the share of them that a way may leave out
 * @param adversarial how many generated records
 * @param seed of these
 * @param ways the ways that must be tried; empty for all that are there
 * @param scratch where Spark writes tables of the records; empty for a local directory
 * @param server that is asked
 */
public record ProveQuery(
    String model,
    Rows input,
    int natural,
    double mostUntried,
    int adversarial,
    long seed,
    List<String> ways,
    String scratch,
    Server server) {
  public ProveQuery {
    ways = List.copyOf(ways);
  }

  /**
   * A server that serves the model.
   *
   * @param url its address; empty for none
   * @param token that callers need; empty for none
   * @param program that starts one if there is no address; empty for none
   */
  public record Server(String url, String token, String program) {
    @Override
    public String toString() {
      return url;
    }
  }

  /**
   * The rows.
   *
   * @param path a directory or file; empty for none
   * @param table that is read instead; empty for none
   * @param tableFormat the format that it must have
   * @param calls how many calls of a store are made at the same time
   */
  public record Rows(
      String path, Optional<TableToRead> table, AskedFormat tableFormat, CallsAtOnce calls) {

    /** Returns what is read; empty for none. */
    public String name() {
      return table.map(TableToRead::name).orElse(path);
    }
  }
}
