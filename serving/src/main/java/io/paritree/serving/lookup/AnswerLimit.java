package io.paritree.serving.lookup;

import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig;

/** How many bytes an answer of many stored rows may have: rows are as long as their columns are. */
final class AnswerLimit {
  private static final int BODIES = 16;

  private AnswerLimit() {}

  /**
   * Checks the written bytes of an answer.
   *
   * @param rows how many rows it has
   * @throws ProblemException with 413 if it is too long
   */
  static void check(int rows, JsonBytes json, ServingConfig.Limits limits) {
    long bytes = (long) BODIES * limits.body();
    if (json.length() > bytes) {
      throw new ProblemException(
          Problems.TOO_MANY_ROWS.of(
              Math.max(1, rows - 1),
              ", because their answers may have %s bytes together (16 times limits.body)"
                  .formatted(bytes)));
    }
  }
}
