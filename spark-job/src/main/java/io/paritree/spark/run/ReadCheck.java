package io.paritree.spark.run;

import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.Input;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.InputProblems;
import io.paritree.spark.output.OutputPartition;
import io.paritree.spark.report.FailedException;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.score.Scan;
import io.paritree.spark.task.Tally;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.SparkSession;

/** Makes sure that the rows that a group has scored are the rows of the input that was checked. */
record ReadCheck(SparkSession session, CheckedRun checked, Tally tally) {

  void check() throws RefusedException, FailedException, IOException {
    Input listing = checked.input().listing();
    listing.checkRead(tally.rows().read());
    checkEmptied();
    if (listing.goneVersion().isEmpty()) { // a version does not change
      unchanged(checked, null);
    }

    OptionalLong expected = checked.input().rowsOf(checked.files());
    if (expected.isPresent() && expected.getAsLong() != tally.rows().read()) {
      String counts =
          "Cannot publish: the input's footers, or its table's log, say %s rows, but %s were read"
              .formatted(expected.getAsLong(), tally.rows().read());
      Optional<String> condition = new Scan(session, checked.input(), checked.files()).condition();
      if (condition.isPresent() && tally.rows().read() < expected.getAsLong()) {
        throw new RefusedException(
            ("%s: Spark leaves out rows by the condition %s, as extensions for the security of rows"
                    + " do; run the job as a user who sees all rows, or score a view of those that"
                    + " are to be scored")
                .formatted(counts, condition.get()));
      }

      throw new FailedException(counts + "; a file is damaged", null);
    }

    checkAnyRow();
  }

  /**
   * Makes sure that no input file was changed or removed while it was read.
   *
   * @param failure what has happened since; null if nothing failed
   * @throws RefusedException if it is a version of a table, whose files were removed
   */
  static void unchanged(CheckedRun checked, Exception failure)
      throws RefusedException, FailedException, IOException {
    Input listing = checked.input().listing();
    List<String> changed = listing.changed(checked.inputStore(), checked.files());
    if (!changed.isEmpty()) {
      InputProblems.refuse(listing.goneVersion().stream().toList());
      throw new FailedException(
          "Cannot publish: %s of %s input files have changed since the run began, for instance %s;"
                  .formatted(changed.size(), checked.files().size(), changed.get(0))
              + " run again when the input is complete",
          failure);
    }
  }

  /**
   * Refuses to replace published rows by none where the input has no file that says so: a view or
   * table that is empty now is more often one that is just being filled.
   */
  private void checkEmptied() throws RefusedException, IOException {
    Input listing = checked.input().listing();
    if (tally.rows().read() > 0 || !checked.files().isEmpty() && !listing.isOfRows()) {
      return;
    }

    for (OutputPartition target : checked.open()) {
      long published = checked.output().publishedRows(target.partition());
      if (published > 0) {
        throw new RefusedException(
            ("Cannot publish: no row of %s was read, and %s has %s published rows, which would be"
                    + " replaced by none; run again when the input has rows, or, if there shall be"
                    + " none, remove them first")
                .formatted(
                    listing.shown(),
                    target.partition().isEmpty() ? "the output" : target.partition(),
                    published));
      }
    }
  }

  /** Refuses to replace rows by none where nothing says how many there are. */
  private void checkAnyRow() throws RefusedException {
    CheckedInput input = checked.input();
    long filled = checked.files().stream().filter(file -> !input.isEmpty(file)).count();
    boolean isCounted =
        input.format() == InputFormat.CSV || input.rowsOf(checked.files()).isPresent();
    if (tally.rows().read() == 0 && filled > 0 && !isCounted) {
      throw new RefusedException(
          ("Cannot publish: no row of %s input files was read, and only their deletes say which rows"
                  + " they have; if all were deleted, rewrite the table's files"
                  + " (rewrite_data_files) and run again; otherwise an extension of Spark leaves"
                  + " them out")
              .formatted(filled));
    }
  }
}
