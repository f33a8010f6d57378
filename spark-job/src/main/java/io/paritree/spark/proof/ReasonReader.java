package io.paritree.spark.proof;

import io.paritree.output.ReasonsForm;
import io.paritree.proof.AnsweredReasons;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * Reads the reasons of scored rows.
 *
 * @param list the column with them; negative without one
 * @param base the column with what they are added to; negative without one
 * @param rest the column with what all other fields add; negative without one
 * @param to receives them
 */
record ReasonReader(int list, int base, int rest, AnsweredReasons to) {

  /**
   * @param columns of the rows
   */
  ReasonReader(List<String> columns, AnsweredReasons to) {
    this(
        columns.indexOf(ReasonsForm.COLUMN),
        columns.indexOf(ReasonsForm.BASE),
        columns.indexOf(ReasonsForm.REST),
        to);
  }

  /** Reads what a row says of a record; a row without reasons says nothing. */
  void read(Row row, int record) {
    if (list < 0 || row.isNullAt(list)) {
      return;
    }

    to.begin(record);
    for (Object each : row.getList(list)) {
      Row reason = (Row) each;
      to.add(
          record,
          reason.<String>getAs("field"),
          reason.<String>getAs("code"),
          reason.<Float>getAs("contribution"));
    }

    if (base >= 0 && !row.isNullAt(base) && !row.isNullAt(rest)) {
      to.sums(record, row.getFloat(base), row.getFloat(rest));
    }
  }
}
